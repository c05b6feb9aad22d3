"""Projects as CSV by django-import-export: `python -m tests.bench.import_export` prints what it took, as JSON."""

import json
import resource
import sys
import time

import django
from django.apps import apps
from import_export.resources import modelresource_factory

# All of 100,000 take it ten minutes.
MOST = 10_000


def measure():
    """`{rows, size, seconds, processor, megabytes}` of up to 10,000 projects, with themes, goals and instruments."""
    project = apps.get_model("cooperation", "Project")
    projects = project.objects.published().prefetch_related("themes", "goals", "instruments")
    projects = projects.order_by("pk")[:MOST]
    idle = peak_megabytes()
    started, used = time.perf_counter(), time.process_time()
    text = modelresource_factory(project)().export(projects).csv
    return {
        "rows": projects.count(),
        "size": len(text.encode()),
        "seconds": time.perf_counter() - started,
        "processor": time.process_time() - used,
        "megabytes": peak_megabytes() - idle,
    }


def peak_megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


if __name__ == "__main__":
    django.setup()
    json.dump(measure(), sys.stdout)
