"""docs/security.md: each requirement of OWASP ASVS 5.0, levels 1 and 2, is listed once, with what holds it.

The last cell of a row says one of three things: tests (`tests/test_x.py::test_y`) or links to what is documented; what
is missing (“open: …”); what the operator decides (“operator: …”). Lines that begin with “Does not apply:” name all
other requirements.
"""

import ast
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import pytest

from cooperation.models import registry_models
from tests.installation import PROJECT

pytestmark = pytest.mark.any_database

DOCUMENT = PROJECT / "docs" / "security.md"
# The numbers of https://github.com/OWASP/ASVS, version 5.0.0.
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1
2.1.1 2.2.1 2.2.2 2.3.1
3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3
4.1.1 4.4.1
5.2.1 5.2.2 5.3.1 5.3.2
6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2
7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2
8.1.1 8.2.1 8.2.2 8.3.1
9.1.1 9.1.2 9.1.3 9.2.1
10.4.1 10.4.2 10.4.3 10.4.4 10.4.5
11.3.1 11.3.2 11.4.1
12.1.1 12.2.1 12.2.2
13.4.1
14.2.1 14.3.1
15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.4.1 1.4.2 1.4.3 1.5.2
2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1
3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2
4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3 4.4.4
5.1.1 5.2.3 5.4.1 5.4.2 5.4.3
6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3
6.8.1 6.8.2 6.8.3 6.8.4
7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2
8.1.2 8.2.3 8.4.1
9.2.2 9.2.3 9.2.4
10.1.1 10.1.2 10.2.1 10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8 10.4.9 10.4.10 10.4.11
10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 10.7.2 10.7.3
11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1
12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4
13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5
14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3
15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7
16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3
17.1.1 17.2.1 17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""
ROW = re.compile(r"\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \| (.+) \|")
NUMBER = re.compile(r"\d+\.\d+\.\d+")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\[[^\]]+\]\([^)]+\)")
HELD, OPEN, OPERATOR, NOT_APPLICABLE = "held", "open", "operator", "not applicable"


@dataclass(frozen=True)
class Requirement:
    """A row of the tables. `last` is the cell that says what holds it."""

    number: str
    last: str

    @property
    def states(self) -> set[str]:
        found = {OPEN} if "open:" in self.last else set()
        found |= {OPERATOR} if "operator:" in self.last else set()
        return found | ({HELD} if TEST.search(self.last) or (not found and LINK.search(self.last)) else set())


@cache
def lines() -> list[str]:
    return DOCUMENT.read_text(encoding="utf-8").splitlines()


def rows() -> list[Requirement]:
    matches = filter(None, map(ROW.fullmatch, lines()))
    return [Requirement(match[1], match[4]) for match in matches]


def not_applicable() -> list[str]:
    return [number for line in lines() if line.startswith("- Does not apply:") for number in NUMBER.findall(line)]


@cache
def read_test_names(path: str) -> frozenset[str]:
    """Read the names of the tests in a file; none where there is no such file."""
    file = PROJECT / path
    tree = ast.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def test_every_rule_for_values_that_belong_together_is_listed():
    constraints = [each for model in registry_models() for each in model._meta.constraints]
    sentences = {str(each.violation_error_message) for each in constraints}
    # Django's own sentence, where the fields alone must not come twice.
    own = {sentence for sentence in sentences if not sentence.startswith("Constraint ")}
    listed = [match[1] for line in lines() if (match := re.match("- “(.+?)”", line))]
    assert Counter(listed) == Counter(own)


def test_every_requirement_is_listed_once():
    listed = Counter([*(row.number for row in rows()), *not_applicable()])
    assert listed == Counter([*LEVEL_1.split(), *LEVEL_2.split()])


def test_every_row_of_a_table_of_requirements_is_read():
    begun = [line for line in lines() if re.match(r"\| \d+\.\d+\.\d+", line)]
    assert [line for line in begun if not ROW.fullmatch(line)] == []


def test_every_requirement_is_held_or_open_or_decided_by_the_operator():
    assert {row.number: row.states for row in rows() if len(row.states) != 1} == {}


def test_every_test_that_is_named_is_there():
    named = {pair for row in rows() for pair in TEST.findall(row.last)}
    outside = {pair for line in lines() for pair in TEST.findall(line)}
    assert len(named) > 100
    assert {f"{path}::{name}" for path, name in named | outside if name not in read_test_names(path)} == set()


def test_sentence_says_how_many_requirements_are_held_and_how_many_are_not():
    number = Counter(state for row in rows() for state in row.states)
    of_open = [row.number for row in rows() if row.states == {OPEN}]
    sentence = (
        f"Of the {len(LEVEL_1.split() + LEVEL_2.split())} requirements of levels 1 and 2, {number[HELD]} are held, "
        f"{number[OPERATOR]} are decided by the operator, {number[OPEN]} are open, and {len(not_applicable())} do not "
        f"apply."
    )
    text = " ".join(DOCUMENT.read_text(encoding="utf-8").split())
    assert sentence in text
    assert f"Open are {', '.join(of_open)}." in text
