"""When a project runs, in IATI 2.03: full days that are sound, and do not hide how much is known."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cooperation.exports.iati_period import last_day, period_of
from cooperation.models import Project
from cooperation.models.iati_codes import EXTENSION
from tests.activities import NOT_STATED, alone, attributes, written


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("2019", "2020", "4"),
        ("2019", "2026-11-24", "4"),
        ("2019", "2026", "2"),
        ("2027", "", "1"),
        ("", "2027", "2"),
        ("", "", "2"),
    ],
)
def test_status_that_no_source_states_follows_from_the_dates(start, end, code):
    element = written(alone(start=start, end=end))
    assert attributes(element, "activity-status") == [{"code": code, "ssc:stated": "no"}]


@pytest.mark.parametrize(
    ("start", "end", "dates"),
    [
        ("2019", "2020", [("2", "2019-01-01", "2019", "2019"), ("4", "2020-12-31", "2020", "2020")]),
        ("2019-06", "2019", [("2", "2019-06-01", "2019-06", "June 2019"), ("4", "2019-12-31", "2019", "2019")]),
        (
            "2020-02-03",
            "2020-02",
            [("2", "2020-02-03", "2020-02-03", None), ("4", "2020-02-29", "2020-02", "February 2020")],
        ),
        ("2026", "2026", [("2", "2026-01-01", "2026", "2026"), ("3", "2026-12-31", "2026", "2026")]),
        (
            "2026-11-24",
            "2026-11-24",
            [("2", "2026-11-24", "2026-11-24", None), ("4", "2026-11-24", "2026-11-24", None)],
        ),
        ("2026-11-25", "2027", [("1", "2026-11-25", "2026-11-25", None), ("3", "2027-12-31", "2027", "2027")]),
        ("2026-12", "2026", [("1", "2026-12-01", "2026-12", "December 2026"), ("3", "2026-12-31", "2026", "2026")]),
        ("2019", "", [("2", "2019-01-01", "2019", "2019")]),
        ("", "", [("1", "2026-11-20", None, NOT_STATED)]),
        ("", "2018-03", [("1", "2018-03-01", None, NOT_STATED), ("4", "2018-03-31", "2018-03", "March 2018")]),
        ("", "2030", [("1", "2030-01-01", None, NOT_STATED), ("3", "2030-12-31", "2030", "2030")]),
        ("circa 1990", "2019-13", [("1", "2026-11-20", None, NOT_STATED)]),
    ],
)
def test_dates_are_full_days_that_do_not_hide_how_much_is_known(start, end, dates):
    element = written(alone(start=start, end=end))
    assert [
        (each.get("type"), each.get("iso-date"), each.get(f"{{{EXTENSION}}}date"), each.findtext("narrative"))
        for each in element.iterfind("activity-date")
    ] == dates
    assert [each.get("ssc:stated") for each in attributes(element, "activity-date")] == [
        "no" if narrative == NOT_STATED else None for *_others, narrative in dates
    ]


partial_dates = st.one_of(
    st.just(""),
    st.dates(date(1900, 1, 1), date(2200, 12, 31)).flatmap(
        lambda day: st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])
    ),
    st.from_regex(r"\A[12][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?\Z"),
)


@pytest.mark.slow
@given(partial_dates, partial_dates, st.booleans())
def test_any_dates_that_can_be_stored_make_a_sound_activity(start, end, has_budget):
    assume(not start or not end or end >= start or start.startswith(end))
    budget = {"budget_amount": Decimal("1000"), "budget_currency": "USD"} if has_budget else {}
    element = written(alone(start=start, end=end, **budget))
    period = period_of(Project(start=start, end=end, created=datetime(2026, 11, 20, tzinfo=UTC)))
    assert element.find("activity-date").get("iso-date") == period.start.isoformat()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019", date(2019, 12, 31)),
        ("2023-02", date(2023, 2, 28)),
        ("2024-02", date(2024, 2, 29)),
        ("2019-03-12", date(2019, 3, 12)),
    ],
)
def test_last_day_of_a_partial_date(text, day):
    assert last_day(text) == day


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2017-10", "2022-12", "2017-10-01", "2018-09-30"),
        ("2019-03", "2019-05", "2019-03-01", "2019-05-31"),
        ("2020", "", "2020-01-01", "2020-12-31"),
        ("2020-02-29", "", "2020-02-29", "2021-02-28"),
        ("2019-06-30", "2019-06-30", "2019-06-30", "2019-06-30"),
        ("", "2019", "2019-01-01", "2019-12-31"),
        ("", "", "2026-11-20", "2027-11-19"),
    ],
)
def test_budget_covers_the_whole_project_within_the_year_that_iati_allows(start, end, first, last):
    element = written(alone(start=start, end=end, budget_amount=Decimal("275525"), budget_currency="FJD"))
    assert element.get("default-currency") == "FJD"
    assert attributes(element, "budget") == [{"type": "1", "status": "1", "ssc:covers": "whole-project"}]
    assert attributes(element, "budget/period-start") == [{"iso-date": first}]
    assert attributes(element, "budget/period-end") == [{"iso-date": last}]
    assert attributes(element, "budget/value") == [{"currency": "FJD", "value-date": first}]
    assert element.findtext("budget/value") == "275525.00"


def test_budget_of_nothing_is_a_budget_and_no_budget_is_none():
    assert written(alone(budget_amount=Decimal(0), budget_currency="USD")).findtext("budget/value") == "0.00"
    element = written(alone())
    assert (element.find("budget"), element.get("default-currency")) == (None, None)


def test_year_9999_has_no_year_after_it():
    assert period_of(Project(start="9999-05", end="")).budget_end == date.max
