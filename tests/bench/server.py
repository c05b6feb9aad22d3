"""Servers that run while they are measured, and what they use: read from /proc, so on Linux only."""

import http.client
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management import CommandError

from tests.bench.clients import HOST, ask_alone, ask_together
from tests.bench.table import Row
from tests.installation import PROJECT, end, environment, wait_until

WORKERS = 2
SECONDS_TO_START = 600
ROUNDS_TO_WARM_UP = 20
# A worker that has used so much processor time has imported, compiled and read what requests need.
SECONDS_OF_A_FIRST_REQUEST = 0.03


# The server of production: docs/operate.md.
PORTAL = [sys.executable, "-m", "gunicorn", "--config", "sscportal/gunicorn.py", "--log-level", "warning"]


def portal_environment(**variables):
    """The environment of a trial installation with our database: nothing else of this shell reaches the portal."""
    return environment({"DATABASE_URL": os.environ["DATABASE_URL"], **variables})


def serving_environment(port: int, workers: int = WORKERS, **variables: str) -> dict[str, str]:
    """The same for `PORTAL` at a port of this machine."""
    return portal_environment(BIND=f"{HOST}:{port}", WEB_CONCURRENCY=str(workers), **variables)


@contextmanager
def running(command, port, path, env=None):
    """The process of a server from the moment on which it answers `path`; it is ended whatever happens."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=output, stderr=output)
        try:
            try:
                wait_until(lambda: answers(port, path), process, SECONDS_TO_START)
            except AssertionError as error:
                output.seek(0)
                raise CommandError(f"The server did not start. {error}\n{output.read()[-2000:]}") from error
            yield process
        finally:
            end(process)


def answers(port, path):
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def workers_of(process):
    """The ids of the workers of the portal’s server, once all of them are there."""
    wait_until(lambda: len(children_of(process)) == WORKERS, process)
    return children_of(process)


def children_of(process):
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def processor_seconds(pid):
    """The time that a process has spent on a processor, for itself and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid, which="VmRSS"):
    """The memory that a process has in use now, or had at most (VmHWM), in MB, what it shares with others included."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith(f"{which}:"))
    return int(kilobytes) * 1024 / 1_000_000


def measure(pool, port, pids, name, path, requests, queries=None, first=None):
    """The `Row` of one address: with one client, then with eight. `pids` are the processes that answer.

    Their processor time is not all that an answer costs where a database server works for them.
    """
    before = sum(processor_seconds(pid) for pid in pids)
    alone = ask_alone(port, path, requests)
    together = ask_together(pool, port, path, requests)
    used = sum(processor_seconds(pid) for pid in pids) - before
    return Row(
        name,
        status=together.status,
        compressed_bytes=alone.compressed_bytes,
        queries=queries,
        first=first,
        processor_ms=used * 1000 / len(alone.milliseconds + together.milliseconds),
        alone=alone.milliseconds,
        together=together.milliseconds,
    )


def warm_up(pool, port, paths, pids):
    """Ask every address until every worker has had its share, so that no first time is measured."""
    at_first = {pid: processor_seconds(pid) for pid in pids}
    for _round in range(ROUNDS_TO_WARM_UP):
        for path in paths:
            ask_together(pool, port, path, requests=16, seconds=1)
        if all(processor_seconds(pid) - at_first[pid] > SECONDS_OF_A_FIRST_REQUEST for pid in pids):
            return
    raise CommandError("A worker of the server was never asked anything.")
