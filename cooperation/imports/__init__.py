"""What is brought in: from a file to a plan that can be read, and from the plan into the registry.

`iati_file` decides whether bytes are a file that can be imported, and says in one sentence why not; `read_iati` takes
from it what the registry can hold; `plan_iati` says what would become of each activity; `carry_out_iati` does it, all
or nothing.
"""
