"""Dates as precise as the sources, and no more."""

import pytest
from django.core.exceptions import ValidationError

from cooperation.models.partial_date import format_partial_date, validate_partial_date
from cooperation.templatetags.records import days, period


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1955", "1955"),
        ("1999-09", "September 1999"),
        ("1978-09-12", "12 September 1978"),
        ("2019-03-01", "1 March 2019"),
        ("", ""),
        ("spring 1999", "spring 1999"),
    ],
)
def test_partial_date_is_shown_as_precisely_as_it_is_known(text, shown):
    assert format_partial_date(text) == shown


@pytest.mark.parametrize("text", ["2019", "2019-02", "2020-02-29", "0001", "9999-12-31"])
def test_partial_date_takes_a_year_a_month_or_a_day(text):
    assert validate_partial_date(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "0000",
        "99",
        "10000",
        "2019-13",
        "2019-00",
        "2019-02-30",
        "2019-2-3",
        "2019-03-",
        "12/03/2019",
        "²019",
        "٢٠١٩",
        " 2019",
    ],
)
def test_partial_date_refuses_what_is_no_date_in_words(text):
    with pytest.raises(ValidationError, match="Write 2019, 2019-03 or 2019-03-12"):
        validate_partial_date(text)


def test_period_says_what_is_known_of_it():
    assert period("2014-04", "2018-09") == "April 2014 to September 2018"
    assert period("2014", "") == "from 2014"
    assert period("", "2018") == "until 2018"
    assert period("2014", "2014") == "2014"
    assert period("", "") == ""


def test_days_of_an_event_without_an_end_are_its_first_day():
    assert days("1955-04-18", "") == "18 April 1955"
    assert days("1955-04-18", "1955-04-24") == "18 April 1955 to 24 April 1955"
