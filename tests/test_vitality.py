"""Whether a forum lives: the rule, its words, and the row of years."""

import datetime

import pytest

from cooperation.models import Forum, vitality
from cooperation.pictures.pulse import pulse_of

TODAY = datetime.date(2026, 11, 24)
ASIA_PACIFIC, LAC = {"asia_pacific"}, {"lac"}


@pytest.mark.parametrize(
    ("last_meeting", "rhythm_months", "expected"),
    [
        (None, 24, "not_known"),
        ("", None, "not_known"),
        ("2025-10-31", 12, "active"),
        ("2025-05", 12, "active"),  # 18 months: one and a half rounds
        ("2025-04", 12, "quiet"),
        ("2025", 12, "active"),  # at the latest in December
        ("2026-04", 5, "active"),  # 7 of 7.5 months
        ("2026-03", 5, "quiet"),
        ("2023-11", None, "active"),  # three years when no rhythm is stated
        ("2023-10", None, "quiet"),
        ("2021-11", 12, "quiet"),  # five years
        ("2021-10", 12, "dormant"),
        ("2017-06", 96, "active"),  # meets every eight years
        ("2014-10", 96, "dormant"),
    ],
)
def test_forum_lives_by_its_own_rhythm(last_meeting, rhythm_months, expected):
    assert vitality(last_meeting, rhythm_months, TODAY) == expected


@pytest.mark.parametrize(
    ("last_meeting", "expected"), [("2008", "quiet"), ("2023-10", "quiet"), ("2025", "active"), ("", "not_known")]
)
def test_project_in_execution_keeps_a_forum_from_being_dormant_and_changes_nothing_else(last_meeting, expected):
    assert vitality(last_meeting, None, TODAY, has_running_project=True) == expected


def pulse(*meetings, running=0, **fields):
    """The pulse of FEALAC with `meetings`, (date, regions of its hosts) each."""
    return pulse_of(Forum(slug="fealac", **fields), list(meetings), running, [], TODAY)


@pytest.mark.parametrize(
    ("date", "fields", "expected"),
    [
        (
            "2026-06",
            {"rhythm_months": 24},
            "It last met 5 months ago. Its rhythm is 24 months; one and a half rounds, 36 months, are allowed.",
        ),
        ("2026-11-20", {}, "It last met this month. No rhythm is stated, so three years are allowed."),
        ("2026", {}, "It last met this year. No rhythm is stated, so three years are allowed."),
        (
            "2022-08",
            {"stated_activity": "largely_inactive"},
            "It last met more than 4 years ago. No rhythm is stated, so three years are allowed. "
            "It would count as dormant only after five years.",
        ),
        (
            "2008",
            {"stated_activity": "active"},
            "It last met at least 17 years ago. No rhythm is stated, so three years are allowed. "
            "After more than five years, and without a project in execution, it counts as dormant. "
            "The sources call it active: later meetings may be missing here.",
        ),
        (
            "2008",
            {"running": 2},
            "It last met at least 17 years ago. No rhythm is stated, so three years are allowed. "
            "It does not count as dormant, since 2 projects of it are in execution.",
        ),
    ],
)
def test_rule_is_said_with_the_numbers_of_the_forum(date, fields, expected):
    assert pulse((date, set()), **fields).rule == expected


def test_row_of_years_shows_where_it_met_and_when_it_changed_shores():
    found = pulse(
        ("2007-08", LAC), ("2010-01", ASIA_PACIFIC), ("2010-08", ASIA_PACIFIC), ("2011-08", set()), ("2013-06", LAC)
    )
    met = [(each.year, each.meetings, each.place, each.crossed) for each in found.years if each.meetings]
    assert met == [
        (2007, 1, "lac", False),
        (2010, 2, "asia_pacific", True),
        (2011, 1, "elsewhere", False),
        (2013, 1, "lac", True),
    ]
    assert [found.years[0].year, found.years[-1].year, len(found.years)] == [2007, 2026, 20]


def test_year_with_hosts_of_both_shores_is_marked_as_both():
    assert pulse(("2011-01", LAC), ("2011-08", ASIA_PACIFIC)).years[4].place == "both"


@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        ([ASIA_PACIFIC, LAC, set()], "Yes"),
        ([LAC, LAC], "No: Latin America and the Caribbean only"),
        ([LAC, set()], "Not known"),
        ([{"other"}], "No: elsewhere only"),
        ([], "Not known"),
    ],
)
def test_hosts_of_both_shores_are_not_known_where_a_host_is_missing(regions, expected):
    assert pulse(*(("2011", each) for each in regions)).hosts == expected


def test_meetings_of_the_last_five_years_are_counted_to_the_month():
    found = pulse(("2021-10", LAC), ("2021-11", LAC), ("2021", LAC), ("2025", LAC), ("", LAC))
    assert (found.recent, found.last_meeting, found.months) == (3, "2025", 11)


def test_number_of_recent_meetings_is_not_known_where_no_meeting_has_a_date():
    assert pulse(("", LAC)).recent is None
