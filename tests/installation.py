"""A copy of the project in a folder of its own, in which tests run the real commands."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.settings_overview import PROJECT, environment_names

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "tests", "var")
# What the settings read, and what gunicorn reads: a test sets it or it is not there.
OWN_VARIABLES = environment_names() | {"DJANGO_SETTINGS_MODULE"}
SERVER_VARIABLES = {"GUNICORN_CMD_ARGS", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "PORT", "SCRIPT_NAME"}


def heed_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Installation:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.var = self.folder / "var"
        self.database = self.var / "portal.sqlite3"

    @classmethod
    def of(cls, parent):
        """The copy in `parent`. Its path has the characters that break addresses."""
        return cls(parent / "portal c++ 100%41")

    @classmethod
    def make(cls, parent, var=None):
        """A fresh copy in `parent`, with the `var` of another one if given."""
        installation = cls.of(parent)
        shutil.copytree(PROJECT, installation.folder, ignore=NOT_COPIED)
        if var:
            shutil.copytree(var, installation.var)
        return installation

    def run(self, *arguments, **variables):
        """Run `python` with these arguments in the folder and wait for its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment(variables),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def manage(self, *arguments, **variables):
        return self.run("manage.py", *arguments, **variables)

    def start(self, *arguments, output=subprocess.DEVNULL, **variables):
        """Start `python` with these arguments, both outputs into the open file `output`. The test ends the process."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment(variables),
            stdout=output,
            stderr=output,
            # Tests that a shell runs in the background inherit that Ctrl-C is ignored.
            preexec_fn=heed_ctrl_c,
        )

    def query(self, sql):
        """The rows that a statement gives, from the SQLite file itself."""
        connection = sqlite3.connect(self.database)
        try:
            with connection:
                return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def dump(self):
        """Everything in the database, as SQL."""
        connection = sqlite3.connect(self.database)
        try:
            return list(connection.iterdump())
        finally:
            connection.close()


def environment(variables):
    given = {name: text for name, text in os.environ.items() if name not in OWN_VARIABLES | SERVER_VARIABLES}
    return {**given, "PYTHONUTF8": "1", **variables}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(happened, process, seconds=60):
    """Wait until `happened()` is true while `process` runs; fail when it ends before, or after so many seconds."""
    for _tenth in range(seconds * 10):
        if happened():
            return
        try:
            status = process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"The process ended with status {status}.")
    raise AssertionError(f"Nothing happened in {seconds} seconds.")


def answers(port):
    """True once somebody listens on this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process):
    """End a process that a test started, whatever state it is in, and give its exit status."""
    process.terminate()
    try:
        return process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
