#!/usr/bin/env python3
"""The portal's commands: `manage.py demo`, `manage.py setup` and those of Django."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 (an older Python must be told, not read a traceback)
    sys.exit(f"The portal needs Python 3.11 or later; this is Python {sys.version.split()[0]}.")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sscportal.settings")
    try:
        from django.core.management import execute_from_command_line  # noqa: PLC0415 (see the error below)
    except ImportError:
        sys.exit("Django is not installed here. Run: .venv/bin/pip install -r requirements.txt")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    except Exception as error:
        if sentence := database_fault(error):
            sys.exit(sentence)
        raise


def database_fault(error: Exception) -> str:
    """Say what is the matter with the database, in a sentence; "" for any other failure."""
    from cooperation.database_faults import read_fault  # noqa: PLC0415 (it needs the settings)

    fault = read_fault(error)
    return str(fault.sentence) if fault else ""


if __name__ == "__main__":
    main()
