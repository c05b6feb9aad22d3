"""The command line of the benchmark. `python -m tests.bench --help` says what there is."""

import argparse
import os
import signal
import sys
from pathlib import Path
from urllib.parse import quote

import django
from django.core.management import CommandError

from tests.installation import OWN_VARIABLES

BENCH_DATABASE = Path(__file__).resolve().parent.parent.parent / "var" / "bench.sqlite3"


def main(arguments=None):
    """Run what the command line asks for and give the exit status."""
    asked = read_arguments(arguments)
    set_django_up()
    # They need the settings that are there only now.
    from cooperation.management.commands.setup import explain_database_errors  # noqa: PLC0415
    from tests.bench import backup, desk, files, generate, measure  # noqa: PLC0415

    # Terminated, it ends its servers first, as it does after Ctrl-C.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        with explain_database_errors():
            if asked.command == "generate":
                generate.generate(asked.projects, say)
            elif asked.command == "desk":
                say(desk.run(asked.rows, asked.requests))
            elif asked.command == "backup":
                say(backup.run())
            elif asked.command == "files":
                say(files.run(asked.datasette))
            else:
                say(measure.run(asked.requests, asked.datasette))
    except CommandError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def read_arguments(arguments):
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Fills a database with generated projects and measures the portal on it. "
        "The database is the one in DATABASE_URL; without it, var/bench.sqlite3, never the portal’s own.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="generate | run | files | desk | backup")
    filling = commands.add_parser("generate", help="fill the database up to this many generated projects")
    filling.add_argument("projects", type=whole_number, metavar="N", help="so many in the end: repeating adds nothing")
    measuring = commands.add_parser("run", help="measure the database as it is and print a Markdown table")
    measuring.add_argument(
        "--requests", type=whole_number, default=200, metavar="N", help="requests for each address (default: 200)"
    )
    measuring.add_argument(
        "--datasette",
        nargs="?",
        const="datasette",
        metavar="PROGRAM",
        help="measure Datasette on the same SQLite file as well: the one beside this Python, or the program given",
    )
    taking = commands.add_parser("files", help="measure the lists as files: rows a second and memory of each format")
    taking.add_argument(
        "--datasette", nargs="?", const="datasette", metavar="PROGRAM", help="measure Datasette as well"
    )
    commands.add_parser("backup", help="measure a backup of the database, and a restore of it into the same one")
    curating = commands.add_parser("desk", help="measure the curators’ pages and an import; nothing of it stays")
    curating.add_argument(
        "--requests", type=whole_number, default=20, metavar="N", help="requests for each page (default: 20)"
    )
    curating.add_argument(
        "--rows",
        type=whole_number,
        default=1_000,
        metavar="N",
        help="rows of the import, up to 20,000 (default: 1,000)",
    )
    return parser.parse_args(arguments)


def whole_number(text):
    if not (text.isascii() and text.isdecimal() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number above zero. Write one such as 10000.")
    return int(text)


def set_django_up():
    """Set up a trial installation on the database of the benchmark, whatever else this shell says of the portal."""
    for name in OWN_VARIABLES - {"DATABASE_URL"}:
        os.environ.pop(name, None)
    if not os.environ.get("DATABASE_URL", "").strip():
        BENCH_DATABASE.parent.mkdir(mode=0o700, exist_ok=True)
        os.environ["DATABASE_URL"] = f"sqlite:///{quote(str(BENCH_DATABASE))}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "sscportal.settings"
    django.setup()


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
