"""Pages of the portal, asked for in this process: under a host name that its settings allow, as a visitor would."""

import time

from django.core.management import CommandError
from django.http import HttpRequest
from django.test import Client, RequestFactory

# A page may ask for its own address. Django's test client says "testserver", to which the portal does not answer.
HOST_NAME = "localhost"


def new_client(headers: dict[str, str] | None = None) -> Client:
    """Make a browser that sends these `headers` each time."""
    return Client(SERVER_NAME=HOST_NAME, headers=headers)


def new_request(path: str) -> HttpRequest:
    """Make the request for `path` that a view is called with directly, without middleware."""
    return RequestFactory(SERVER_NAME=HOST_NAME).get(path)


def time_page(client: Client, path: str) -> float:
    """Return how long the page takes, in ms. Raise CommandError unless it is there: a refusal is quick, but no page."""
    started = time.perf_counter()
    answer = client.get(path)
    milliseconds = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise CommandError(f"{path} answers {answer.status_code}.")
    return milliseconds
