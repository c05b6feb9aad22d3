"""What is taken away: `columns` says what a record holds, once; each `write_…` says it in a format.

A writer takes a `Statement` and the ids of the records in their order, and gives pieces of the file, so that no file is
ever held whole.
"""
