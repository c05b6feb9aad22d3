"""The tools that check the code: what they excuse, and that hooks and `.ci/run` ask for the same."""

import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from tests.installation import PROJECT

pytestmark = pytest.mark.any_database
# So many exceptions from a rule for a file there were when the list was made. Whoever mends a file lowers the number.
MOST_EXCUSED = 273


def excuses():
    """`[(pattern, rule), ...]`: for which files ruff leaves out which rules. A list in braces is one for each file."""
    config = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    for pattern, rules in config["tool"]["ruff"]["lint"]["per-file-ignores"].items():
        braces = re.search(r"\{(.*)\}", pattern)
        names = braces[1].split(",") if braces else [""]
        for name in names:
            for rule in rules:
                yield (pattern.replace(braces[0], name) if braces else pattern), rule


def faults():
    """`{(path, code), ...}` of all that ruff finds when nothing is excused."""
    options = ["--no-cache", "--exit-zero", "--output-format=json", "--config", "lint.per-file-ignores = {}"]
    command = [sys.executable, "-m", "ruff", "check", *options, "."]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return {(str(Path(fault["filename"]).relative_to(PROJECT)), fault["code"]) for fault in json.loads(result.stdout)}


@pytest.mark.slow
def test_no_file_is_excused_from_a_rule_that_it_keeps():
    pytest.importorskip("ruff")
    found = faults()
    idle = [
        (pattern, rule)
        for pattern, rule in excuses()
        if not any(code.startswith(rule) and fnmatch(path, pattern) for path, code in found)
    ]
    assert idle == []


def test_no_more_files_are_excused_than_when_the_rules_came():
    assert sum("*" not in pattern for pattern, _rule in excuses()) <= MOST_EXCUSED


def test_hooks_are_local_and_are_commands_of_the_whole_check():
    config = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())
    checks = (PROJECT / ".ci" / "run").read_text()
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    [hooks] = [repository["hooks"] for repository in config["repos"]]
    assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format", "djlint", "lint-imports"]
    for hook in hooks:
        program, *options = hook["entry"].split()
        assert hook["language"] == "system"
        assert re.search(rf"^{re.escape(program)} ?{options[0] if hook['id'].startswith('ruff') else ''}", checks, re.M)
