"""The benchmark: `python -m tests.bench generate N` fills a database, `python -m tests.bench run` measures it."""
