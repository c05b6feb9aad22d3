"""What can only be seen from inside: `python -m tests.bench.in_process PATH…` in a fresh process prints it as JSON.

The first request of the list, a search the first time and again, the first request of each address once the bitmaps are
there, the statements that it runs, and how soon a change of one project is in the list.
"""

import json
import statistics
import sys
import time
from inspect import unwrap

import django
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from tests.bench.pages import new_client, new_request, time_page

LIST = "/projects/"
WITHOUT_RECORDS = "/about/"
TIMES = 5
TIMES_TO_RENDER = 100


def measure(paths, search):
    """Measure `{what: milliseconds}`.

    Under "first", `{path: milliseconds}` of the first request of each; under "queries", `{path: number of statements}`.
    """
    client = new_client({"accept-encoding": "gzip"})
    time_page(client, WITHOUT_RECORDS)  # imports and templates are not what the first list is about
    measured = {"first_list": time_page(client, LIST), "list": median_request(client, LIST)}
    measured["rendering"] = rendering()
    measured["first_search"] = time_page(client, search)
    measured["search"] = median_request(client, search)
    measured["first"] = {path: time_page(client, path) for path in paths}
    measured["queries"] = {path: count_queries(client, path) for path in paths}
    measured["warm_list"], measured["list_after_change"] = catch_up(client)
    return measured


def median_request(client, path):
    return statistics.median(time_page(client, path) for _time in range(TIMES))


def rendering():
    """The processor time in ms of the list’s view and template, without middleware and compression."""
    view, request = unwrap(resolve(LIST).func), new_request(LIST)
    started = time.process_time()
    for _time in range(TIMES_TO_RENDER):
        view(request).render()
    return (time.process_time() - started) * 1000 / TIMES_TO_RENDER


def count_queries(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def catch_up(client):
    """The list in ms when nothing has changed, and the next one after a project was saved. The project stays as it was.

    Both are medians. What the database itself logs about a change, such as its data version, does move.
    """
    projects = apps.get_model("cooperation", "Project").objects
    project = projects.published().order_by("id").last()
    as_it_was = {"title": project.title, "updated": project.updated, "version": project.version}
    warm, after = [], []
    try:
        for _time in range(TIMES):
            time_page(client, LIST)
            warm.append(time_page(client, LIST))
            *words, last = project.title.split()
            project.title = " ".join([last, *words])
            project.save()
            after.append(time_page(client, LIST))
    finally:
        projects.filter(pk=project.pk).update(**as_it_was)
    return statistics.median(warm), statistics.median(after)


if __name__ == "__main__":
    django.setup()
    search, *paths = sys.argv[1:]
    json.dump(measure(paths, search), sys.stdout)
