"""What requirements.txt and tests/requirements.txt name."""

import re
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FILES = ["requirements.txt", "tests/requirements.txt"]


def normalized(name):
    """The name of a package as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements(file):
    """The lines of a file that name a package."""
    lines = (PROJECT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-c "))]


def name_in(line):
    """The package that a line names, without its version."""
    return normalized(re.match(r"[A-Za-z0-9_.-]+", line)[0])


def missing_packages():
    """The packages of both files that are not installed."""
    installed = {normalized(package.name) for package in metadata.distributions()}
    return sorted({name_in(line) for file in FILES for line in requirements(file)} - installed)
