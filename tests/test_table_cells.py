"""What the cells of a table mean: dates, amounts, countries, lists; and what is refused or left out, in words."""

from datetime import date, datetime

import pytest

from cooperation.imports.read_date import DAY_FIRST, MONTH_FIRST, order_of, read_date
from cooperation.models import Agency, Country
from tests.builders import make_agency, make_country, make_goal, make_theme
from tests.table_files import COTTON, csv_of, facts, plan_of, planned, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def countries():
    return [make_country(iso3) for iso3 in ("PER", "TON", "FJI", "THA")]


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2019", "2019"),
        (2019, "2019"),
        (2019.0, "2019"),
        ("2019-3", "2019-03"),
        ("2019-06-27T00:00:00Z", "2019-06-27"),
        ("12/31/1992 12:00:00 AM", "1992-12-31"),
        ("31/12/1992", "1992-12-31"),
        ("03.12.2019", "2019-12-03"),
        ("03/2019", "2019-03"),
        ("March 2019", "2019-03"),
        ("12th March, 2019", "2019-03-12"),
        ("12 de marzo de 2019", "2019-03-12"),
        ("décembre 2019", "2019-12"),
        (date(2019, 3, 12), "2019-03-12"),
        (datetime(2019, 3, 12, 10, 30), "2019-03-12"),
        (43831, "2020-01-01"),
        ("43831", "2020-01-01"),
    ],
)
def test_a_date_is_read_as_far_as_it_is_told(cell, meant):
    assert read_date(cell) == meant


@pytest.mark.parametrize(
    "cell", ["31/02/2019", "19", "2019-2020", "soon", "Smarch 2019", 7, True, float("nan"), "²019"]
)
def test_what_is_no_date_is_refused_in_words(cell):
    with pytest.raises(ValueError, match="is not a date that can be read"):
        read_date(cell)


def test_day_and_month_are_taken_from_the_whole_column_or_refused():
    assert order_of(["03/04/2019", "25/04/2019"]) == DAY_FIRST
    assert order_of(["03/04/2019", "04/25/2019"]) == MONTH_FIRST
    assert order_of(["03/04/2019", "04/25/2019", "25/04/2019"]) is None
    rows = [["Title", "Start"], [COTTON, "03/04/2019"]]
    assert reasons(planned(*rows)) == [
        ("Start", "“03/04/2019” may be 2019-04-03 or 2019-03-04: write the one that is meant.")
    ]
    plan = plan_of(csv_of(*rows, ["Coral reefs", "04/25/2019"]))
    assert [facts(row)["Start"] for row in plan.rows] == ["4 March 2019", "25 April 2019"]


@pytest.mark.parametrize(
    ("cell", "currency", "told"),
    [
        ("275525.5", "USD", ("275,525.50", "USD")),
        ("1,275,525.50", "USD", ("1,275,525.50", "USD")),
        ("1.275.525,50", "EUR", ("1,275,525.50", "EUR")),
        ("EUR 1 000", "", ("1,000.00", "EUR")),
        ("500 000 usd", "", ("500,000.00", "USD")),
    ],
)
def test_an_amount_is_read_with_its_currency(cell, currency, told):
    headers, cells = ["Title", "Budget"], [COTTON, cell]
    if currency:
        headers, cells = [*headers, "Currency"], [*cells, currency]
    row = planned(headers, cells)
    assert (facts(row)["Budget"], facts(row)["Currency"]) == told


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("1.500", "is not an amount that can be read"),
        ("about 5 million", "is not an amount that can be read"),
        ("$ 500", "is not an amount that can be read"),
        ("500", "Give the amount and its currency together."),
        ("-500 USD", "is not an amount that can be read"),
    ],
)
def test_an_amount_that_may_be_another_is_refused(cell, sentence):
    row = planned(["Title", "Budget"], [COTTON, cell])
    assert row.outcome == "error"
    assert sentence in reasons(row)[0][1]
    assert reasons(row)[0][0] == "Budget"


@pytest.mark.usefixtures("countries")
def test_countries_are_known_by_code_or_name_several_in_a_cell():
    Country.objects.create(**KOREA)
    cells = [COTTON, "Korea, Republic of, Peru\nthe Republic of Fiji; TO;764", "South Korea,Atlantis"]
    row = planned(["Title", "Recipient countries", "Provider"], cells)
    assert [new for label, _old, new in row.changes if label == "Partner"] == [
        "Provider; Republic of Korea",
        "Beneficiary; Republic of Korea",
        "Beneficiary; Peru",
        "Beneficiary; Fiji",
        "Beneficiary; Tonga",
        "Beneficiary; Thailand",
    ]
    assert reasons(row) == [("Provider", "The registry has no country or area “Atlantis”: left out.")]


KOREA = {
    "iso3": "KOR",
    "iso2": "KR",
    "m49": "410",
    "name": "Republic of Korea",
    "other_names": "South Korea\nCorea del Sur",
    "portal_region": "asia_pacific",
    "subregion": "030",
    "sids": False,
}


def test_the_republic_of_china_is_not_taken_for_china():
    china = {"iso3": "CHN", "iso2": "CN", "m49": "156", "name": "China", "other_names": ""}
    Country.objects.create(**{**KOREA, **china})
    row = planned(["Name", "Type", "Country"], ["Aid office", "ministry", "Republic of China"], model=Agency)
    assert row.reasons == [
        ("Country", "The registry has no country or area “Republic of China”, or several that are called so.")
    ]
    row = planned(["Name", "Type", "Country"], ["Aid office", "ministry", "People’s Republic of China"], model=Agency)
    assert facts(row)["Country or area"] == "China"


def test_goals_and_themes_are_known_by_number_code_or_name_and_others_are_named():
    make_goal(2, "End hunger")
    make_theme("Food security")
    make_theme("Science, technology and innovation")
    headers = ["Title", "Primary SDG Contribution", "Secondary SDG Contribution", "Thematic Areas"]
    cells = [COTTON, "SDG2", "Goal 17: partnership", "food-security,Science, technology and innovation,Peace"]
    row = planned(headers, cells)
    assert facts(row)["Sustainable Development Goals"] == "2 End hunger"
    assert facts(row)["Themes"] == "Food security, Science, technology and innovation"
    assert reasons(row) == [
        ("Thematic Areas", "The registry has no theme “Peace”: left out."),
        (
            "Primary SDG Contribution / Secondary SDG Contribution",
            "The registry has no Sustainable Development Goal “Goal 17: partnership”: left out.",
        ),
    ]


def test_bodies_are_found_by_name_or_acronym_or_kept_in_words():
    make_agency(acronym="TICA")
    cell = "TICA,Ministry of Science, Technology and Innovation,CGIAR"
    row = planned(["Title", "Implementing agency"], [COTTON, cell])
    assert [new for label, _old, new in row.changes if label == "Partner"] == [
        "Implementing body; Thailand International Cooperation Agency (TICA)",
        "Implementing body; Ministry of Science, Technology and Innovation",
        "Implementing body; CGIAR",
    ]


def test_words_among_addresses_are_named_and_left_out():
    row = planned(["Title", "Links"], [COTTON, "see https://apci.gob.pe/a,https://apci.gob.pe/b."])
    assert [new.split("; ")[1] for label, _old, new in row.changes if label == "Document"] == [
        "https://apci.gob.pe/a",
        "https://apci.gob.pe/b",
    ]
    assert reasons(row) == [("Links", "“see” is no address that begins with https:// or http://: it is left out.")]


def test_a_choice_is_known_by_code_label_or_another_word_for_it():
    rows = [["a", "In execution"], ["b", "Closed"], ["c", "suspended"], ["d", "asleep"]]
    plan = plan_of(csv_of(["Title", "Project Status"], *rows))
    assert [facts(row).get("Activity status") for row in plan.rows] == ["In execution", "Completed", "Suspended", None]
    assert reasons(plan.rows[3]) == [
        (
            "Project Status",
            "“asleep” is none of: proposed, approved, in_execution, completed, suspended, cancelled.",
        )
    ]


def test_a_row_that_no_form_would_take_is_an_error_with_its_column():
    plan = plan_of(
        csv_of(["Title", "Start", "End"], ["x" * 301, "2019", "2020"], [COTTON, "2020", "2019"], ["", "2019", ""])
    )
    assert [(row.outcome, reasons(row)) for row in plan.rows] == [
        ("error", [("Title", "Ensure this value has at most 300 characters (it has 301).")]),
        ("error", [("End", "It ends before it begins (2020 – 2019).")]),
        ("error", [("Title", "This field cannot be blank.")]),
    ]
