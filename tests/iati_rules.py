"""The rules of IATI that its schema cannot state, held against a file.

They are data: https://github.com/IATI/IATI-Rulesets lists them as cases by context (an XPath) and kind. What each kind
means stands in the README there; a kind that is not known here raises KeyError.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product


@dataclass(frozen=True)
class Judge:
    """`prefixes` are the codes of OrganisationRegistrationAgency, `now` is the time (UTC) of the judgement."""

    ruleset: dict
    prefixes: frozenset
    now: datetime

    def broken(self, tree):
        """List the id of each rule that is broken, and the place of the element that breaks it."""
        return [
            (rule, element.getroottree().getpath(element))
            for context, kinds in self.ruleset.items()
            for element in tree.xpath(context)
            for rule in self.broken_by(element, kinds)
        ]

    def broken_by(self, element, kinds):
        for kind, cases in kinds.items():
            for case in cases["cases"]:
                if kind == "loop":
                    yield from self.broken_by_any(element, case)
                elif element.xpath(case.get("condition", "true()")) and not KINDS[kind](self, element, case):
                    yield case["ruleInfo"]["id"]

    def broken_by_any(self, element, case):
        """The rules of a loop: its cases once for each value.

        It stands for $1 in all their parts. Some cases have it in a condition as well, and forget to list it in `subs`.
        """
        for value in sorted(set(element.xpath(case["foreach"]))):
            yield from self.broken_by(element, with_value(case["do"], value))

    def days(self, element, path):
        return [self.now.date()] if path == "NOW" else [as_day(text) for text in element.xpath(path)]

    def atleast_one(self, element, case):
        return any(element.xpath(path) for path in case["paths"])

    def no_more_than_one(self, element, case):
        return sum(len(element.xpath(path)) for path in case["paths"]) <= 1

    def one_or_all(self, element, case):
        every_one_has = {
            "lang": "not(.//narrative[not(@xml:lang)])",
            "sector": "transaction and not(transaction[not(sector)])",
            "currency": "not(.//value[not(@currency)])",
        }
        return bool(element.xpath(case["one"])) or element.xpath(every_one_has[case["all"]])

    def date_now(self, element, case):
        return all(as_time(text) <= self.now for text in element.xpath(case["date"]))

    def date_order(self, element, case):
        pairs = product(self.days(element, case["less"]), self.days(element, case["more"]))
        return all(less <= more for less, more in pairs)

    def time_limit(self, element, case):
        pairs = product(self.days(element, case["start"]), self.days(element, case["end"]))
        return all(end <= a_year_after(start) for start, end in pairs)

    def between_dates(self, element, case):
        starts, ends = self.days(element, case["start"]), self.days(element, case["end"])
        days = self.days(element, case["date"])
        return all(start <= day <= end for start, day, end in product(starts, days, ends))

    def regex_matches(self, element, case):
        return all(re.search(case["regex"], text) for text in texts(element, case["paths"]))

    def no_spaces(self, element, case):
        return all(text == text.strip() for text in texts(element, case["paths"]))

    def startswith(self, element, case):
        prefixes = self.prefixes if case["prefix"] == ["ORG-ID-PREFIX"] else texts(element, case["prefix"])
        prefixes = tuple(f"{prefix}{case.get('separator', '-')}" for prefix in prefixes)
        return all(text.startswith(prefixes) for text in texts(element, case["paths"]))

    def unique(self, element, case):
        found = texts(element, case["paths"])
        return len(found) == len(set(found))

    def strict_sum(self, element, case):
        return sum(map(Decimal, texts(element, case["paths"]))) == Decimal(str(case["sum"]))

    def sum_or_nothing(self, element, case):
        return not texts(element, case["paths"]) or self.strict_sum(element, case)

    def range(self, element, case):
        return all(case["min"] <= Decimal(text) <= case["max"] for text in texts(element, case["paths"]))

    def if_then(self, element, case):
        return not element.xpath(case["if"]) or bool(element.xpath(case["then"]))


KINDS = {
    "atleast_one": Judge.atleast_one,
    "between_dates": Judge.between_dates,
    "date_now": Judge.date_now,
    "date_order": Judge.date_order,
    "if_then": Judge.if_then,
    "no_more_than_one": Judge.no_more_than_one,
    "no_spaces": Judge.no_spaces,
    "one_or_all": Judge.one_or_all,
    "range": Judge.range,
    "regex_matches": Judge.regex_matches,
    "startswith": Judge.startswith,
    "strict_sum": Judge.strict_sum,
    "sum": Judge.sum_or_nothing,
    "time_limit": Judge.time_limit,
    "unique": Judge.unique,
}


def texts(element, paths):
    """The texts that some paths lead to, those of elements and of attributes."""
    found = [each for path in paths for each in element.xpath(path)]
    return [each if isinstance(each, str) else each.text or "" for each in found]


def with_value(part, value):
    """A part of a case, with `value` for $1."""
    if isinstance(part, str):
        return part.replace("$1", value)
    if isinstance(part, list):
        return [with_value(each, value) for each in part]
    return {key: with_value(each, value) for key, each in part.items()} if isinstance(part, dict) else part


def as_day(text):
    return date.fromisoformat(text[:10])


def as_time(text):
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def a_year_after(day):
    """The same day of the next year; 1 March for 29 February."""
    return date(day.year + 1, day.month, 1) + timedelta(days=day.day - 1)
