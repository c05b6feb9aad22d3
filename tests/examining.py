"""Examines files as an import does and prints what it took: `python -m tests.examining FILE …`, one JSON line for each.

Each file is examined in a process of its own, forked after everything is loaded, so that its peak of memory can be told
from what the program needs anyway. Memory is in MB and counts the content of the file as well. Seconds are those of the
processor, so that another program on the machine does not count.
"""

import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import django


def report(path, examine):
    attempts = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    content = path.read_bytes()
    sys.addaudithook(lambda event, _arguments: attempts.append(event) if is_way_out(event) else None)
    start = time.process_time()
    verdict = examine(content)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "name": path.name,
        "seconds": seconds,
        "megabytes": (peak - before) / 1024,
        "attempts": attempts,
        "sentence": verdict.sentence,
        "line": verdict.line,
        "is_accepted": verdict.is_accepted,
        "is_wellformed": verdict.is_wellformed,
        "is_valid": verdict.is_valid,
    }


def is_way_out(event):
    return event == "open" or event.startswith(("socket.", "urllib.", "subprocess.", "os."))


def main(paths):
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sscportal.settings")
    django.setup()
    iati_file = import_module("cooperation.imports.iati_file")  # which asks for what was set up
    iati_file.examine(b'<iati-activities version="2.03"/>')
    iati_file.examine(b'<iati-organisations version="2.03"/>')
    for path in paths:
        child = os.fork()
        if not child:
            print(json.dumps(report(Path(path), iati_file.examine)), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
