"""The requirements: pinned, each with its reason, and everything that they bring along pinned as well."""

import re
import subprocess
import sys
from importlib import metadata

import pytest

from tests.requirement_files import FILES, PROJECT, name_in, requirements

pytestmark = pytest.mark.any_database

LINE = re.compile(r"[A-Za-z0-9_.-]+(\[[a-z]+\])?==(?P<version>[0-9][0-9a-z.]*)  # (?P<reason>\S.{5,})")


def pinned():
    """`{name: version}` of constraints.txt."""
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("file", FILES)
def test_each_requirement_has_one_version_and_its_reason(file):
    assert [line for line in requirements(file) if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("file", FILES)
def test_each_requirement_has_the_version_of_the_constraints(file):
    named = {name_in(line): LINE.match(line)["version"] for line in requirements(file)}
    assert {name: pinned().get(name) for name in named} == named


@pytest.mark.parametrize(
    ("file", "line"), [("requirements.txt", "-c constraints.txt"), (FILES[1], "-c ../constraints.txt")]
)
def test_requirements_are_installed_under_the_constraints(file, line):
    assert line in (PROJECT / file).read_text(encoding="utf-8").splitlines()


def test_no_package_is_required_twice():
    names = [name_in(line) for file in FILES for line in requirements(file)]
    assert len(names) == len(set(names))


def test_what_the_requirements_bring_along_is_pinned():
    wanted, seen = {name_in(line) for file in FILES for line in requirements(file)}, set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        for text in metadata.requires(name) or []:
            # What an extra or another system brings is left to pip, which reads the same constraints.
            if ";" not in text:
                wanted |= {name_in(text)} - seen
    assert seen - set(pinned()) == set()


def test_constraints_name_neither_a_path_nor_a_host():
    text = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "://" in line or "/" in line.replace(".ci/constraints", "")] == []


def test_missing_requirement_of_the_tests_is_said_in_one_sentence(tmp_path):
    hide = """
import sys
from importlib import metadata
import pytest
every = metadata.distributions
metadata.distributions = lambda: [each for each in every() if each.name not in ("hypothesis", "rispy")]
sys.exit(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "tests/test_partial_date.py"]))
"""
    result = subprocess.run([sys.executable, "-c", hide], cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert result.returncode == pytest.ExitCode.USAGE_ERROR
    sentence = (
        "Not installed: hypothesis, rispy. Run .venv/bin/pip install -r requirements.txt -r tests/requirements.txt"
    )
    assert result.stderr.strip() == f"ERROR: {sentence}"
