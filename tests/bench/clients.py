"""Clients that ask one address again and again, each in a process of its own so that they do not wait for each other.

Nothing of Django is imported here: a client costs the server's machine as little as possible.
"""

import http.client
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

HOST = "127.0.0.1"
CLIENTS = 8
SECONDS_TO_ANSWER = 300
# A slow address is asked for no longer than this, and fewer times than wanted.
SECONDS_PER_ADDRESS = 15


@dataclass(frozen=True)
class Answers:
    """What clients got: the status and the size of the last answer, and how long each answer took."""

    status: int
    compressed_bytes: int
    milliseconds: list[float]


@contextmanager
def clients():
    """Eight waiting clients; see `ask_together`."""
    context = get_context("spawn")
    start_line = context.Barrier(CLIENTS)
    with ProcessPoolExecutor(CLIENTS, mp_context=context, initializer=remember, initargs=(start_line,)) as pool:
        yield pool


def ask_alone(port, path, requests, seconds=SECONDS_PER_ADDRESS):
    """`Answers` to so many requests of this process, one after the other on one connection."""
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_ANSWER)
    connection.connect()
    milliseconds, began = [], time.perf_counter()
    while len(milliseconds) < requests and time.perf_counter() - began < seconds:
        sent = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        body = response.read()
        milliseconds.append((time.perf_counter() - sent) * 1000)
    connection.close()
    return Answers(response.status, len(body), milliseconds)


def ask_together(pool, port, path, requests, seconds=SECONDS_PER_ADDRESS):
    """`Answers` to so many requests of all eight clients at once, each with a connection of its own."""
    waiting = [pool.submit(ask_from_line, port, path, -(-requests // CLIENTS), seconds) for _client in range(CLIENTS)]
    answers = [each.result() for each in waiting]
    status = max(each.status for each in answers)
    return Answers(status, answers[0].compressed_bytes, [ms for each in answers for ms in each.milliseconds])


def remember(start_line):
    global START_LINE
    START_LINE = start_line


def ask_from_line(*question):
    START_LINE.wait(timeout=SECONDS_TO_ANSWER)
    return ask_alone(*question)
