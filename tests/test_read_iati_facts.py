"""What is read from a file of another publisher: themes, goals, budget, documents, and what has no place."""

from decimal import Decimal

import pytest

from tests.builders import make_country, make_goal, make_theme
from tests.iati_files import TRANSACTION, line_of_part, read, remarks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tonga():
    make_country("TON")


def sector(code, vocabulary="1", uri=""):
    address = f' vocabulary-uri="{uri}"' if uri else ""
    return f'<sector code="{code}" vocabulary="{vocabulary}"{address}/>'


def test_sectors_become_themes_by_their_crs_codes():
    make_theme("Agriculture", crs_codes="31110 31161")
    make_theme("Trade", crs_codes="33110")
    make_theme("Value chains", crs_codes="33110")
    activity = read(sectors=f'<sector code="31161"/>{sector("33110")}{sector("31165")}{sector("311", "2")}')
    assert activity.themes == {frozenset({"agriculture"}), frozenset({"trade", "value-chains"})}
    line = line_of_part("sectors")
    assert remarks(activity) == [
        (line, "A sector stands for several themes, which were all taken: 33110 = Trade / Value chains."),
        (line, "The registry has no theme for a sector: 311 (vocabulary 2), 31165 (vocabulary 1)."),
    ]


def test_sectors_of_transactions_count_where_the_activity_has_none():
    make_theme("Agriculture", crs_codes="31110")
    make_theme("Water", crs_codes="14010")
    transactions = TRANSACTION.format(parts=sector("31110")) + TRANSACTION.format(parts=sector("31110"))
    assert read(transactions=transactions).themes == {frozenset({"agriculture"})}
    assert read(transactions=transactions, sectors=sector("14010")).themes == {frozenset({"water"})}


def test_our_own_themes_are_known_by_the_address_of_our_list():
    make_theme("Digital trade")
    ours = sector("digital-trade", "99", "https://portal.example.org/about/#themes")
    assert read(sectors=ours).themes == {frozenset({"digital-trade"})}
    assert read(sectors=sector("digital-trade", "99", "https://example.org/codes")).themes == set()


def test_goals_come_from_tags_and_sectors_of_goals_and_targets():
    for number in (2, 3, 13):
        make_goal(number, f"Goal {number}")
    tags = '<tag code="2" vocabulary="2"/><tag code="3.8" vocabulary="3"/><tag code="14" vocabulary="2"/>'
    sectors = sector("13", "7") + sector("13.b", "8")
    activity = read(tags=tags, sectors=sectors)
    assert activity.goals == {2, 3, 13}
    sentence = "Tags that are no Sustainable Development Goals are not kept: 1."
    assert remarks(activity) == [(line_of_part("tags"), sentence)]


def budget(first, last, amount, kind="1", currency="USD"):
    return (
        f'<budget type="{kind}"><period-start iso-date="{first}"/><period-end iso-date="{last}"/>'
        f'<value currency="{currency}" value-date="{first}">{amount}</value></budget>'
    )


Y2024, Y2025 = ("2024-01-01", "2024-12-31"), ("2025-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("budgets", "amount", "currency"),
    [
        (budget(*Y2024, "1000"), "1000.00", "USD"),
        (budget(*Y2024, "1000.255") + budget(*Y2025, "2000.25"), "3000.50", "USD"),
        (budget(*Y2024, "1000") + budget(*Y2024, "1500", "2") + budget(*Y2025, "200"), "1700.00", "USD"),
        (budget(*Y2024, "1000", currency="").replace('currency=""', ""), "1000.00", "PEN"),
        (budget(*Y2024, "9999999999999999.99"), "9999999999999999.99", "USD"),
    ],
    ids=["one", "two years", "revised", "default currency", "the largest"],
)
def test_a_budget_is_the_sum_of_its_years(budgets, amount, currency):
    activity = read('xml:lang="en" default-currency="PEN"', budgets=budgets)
    assert activity.fields["budget_amount"] == Decimal(amount)
    assert activity.fields["budget_currency"] == currency
    assert remarks(activity) == []


@pytest.mark.parametrize(
    ("budgets", "reason"),
    [
        (budget(*Y2024, "1") + budget(*Y2025, "1", currency="EUR"), "it is in several currencies, EUR, USD"),
        (budget(*Y2024, "1") + budget("2024-07-01", "2025-06-30", "1"), "parts of it are for the same time"),
        (budget(*Y2024, "1") * 2, "parts of it are for the same time"),
        (budget(*Y2024, "1", currency="").replace('currency=""', ""), "a part of it has no currency"),
        (budget(*Y2024, "1", currency="dollars"), "a part of it has no currency"),
        (budget(*Y2024, "5") + budget(*Y2025, "-1"), "a part of it is below zero"),
        (budget(*Y2024, 10**30), "it is larger than the registry can hold"),
        (budget(*Y2024, "9999999999999999") + budget(*Y2025, "1"), "it is larger than the registry can hold"),
        (budget("2024-12-31", "2024-01-01", "1"), "a period of it has no dates that can be held"),
        (budget("12024-01-01", "12024-12-31", "1"), "a period of it has no dates that can be held"),
    ],
)
def test_a_budget_that_makes_no_sum_is_left_out_with_the_reason(budgets, reason):
    activity = read(budgets=budgets)
    assert not {"budget_amount", "budget_currency"} & activity.fields.keys()
    assert remarks(activity) == [(line_of_part("budgets"), f"The budget was left out: {reason}.")]


def document(url, category="A08", title="Report", language="es"):
    return (
        f'<document-link url="{url}" format="text/html"><title><narrative>{title}</narrative></title>'
        f'<category code="B01"/><category code="{category}"/><language code="{language}"/></document-link>'
    )


def test_documents_of_our_categories_are_kept():
    activity = read(
        documents=document("https://unicef.org/report") + document("https://unicef.org/page", "A12", language="spa")
    )
    assert [(each.url, each.title, each.category, each.language) for each in activity.documents] == [
        ("https://unicef.org/report", "Report", "A08", "es"),
        ("https://unicef.org/page", "Report", "A12", ""),
    ]
    assert remarks(activity) == []


def test_other_documents_are_remarked_on():
    line = line_of_part("documents")
    activity = read(
        documents=document("javascript:alert(1)")
        + document("https://unicef.org/x", title=" ")
        + document("https://unicef.org/y", "B03") * 2
    )
    assert activity.documents == []
    assert remarks(activity) == [
        (line, "The address of a document is no web address: it was left out: javascript:alert(1)."),
        (line, "A document without a title was left out: https://unicef.org/x."),
        (line, "Documents of the IATI category B01, B03 are not kept: 2."),
    ]


def test_the_official_id_is_the_first_internal_identifier():
    identifiers = "".join(
        f'<other-identifier ref="{ref}" type="{kind}"/>' for ref, kind in (("X", "B1"), ("17", "A1"), ("18", "A9"))
    )
    assert read(identifiers=identifiers).fields["official_id"] == "17"


def test_what_has_no_place_is_counted():
    title = "<title><narrative>Growers trained</narrative></title>"
    results = f'<result type="1">{title}<indicator measure="1">{title}</indicator></result>'
    own_elements = "<u:mechanism/><u:code/>"
    activity = read(
        transactions=TRANSACTION.format(parts="") * 3,
        related='<related-activity ref="XM-1" type="1"/>',
        results=results * 2 + own_elements,
        namespaces='xmlns:u="urn:usaid"',
    )
    assert [sentence for _line, sentence in remarks(activity)] == [
        "Transactions are not kept: 3.",
        "Results are not kept: 2.",
        "Related activities are not kept: 1.",
        "Elements that the publisher has added to IATI are not kept: code, mechanism.",
    ]
