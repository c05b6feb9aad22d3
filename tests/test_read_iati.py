"""What is read from a file of another publisher: texts, dates, state and partners."""

import pytest

from tests.builders import make_agency, make_country
from tests.iati_files import IDENTIFIER, TRANSACTION, line_of_part, read, remarks

pytestmark = pytest.mark.django_db


def texts(*narratives):
    return "".join(f"<narrative {attributes}>{text}</narrative>" for attributes, text in narratives)


SPANISH, PORTUGUESE, ENGLISH = 'xml:lang="es"', 'xml:lang="pt"', 'xml:lang="en-GB"'


@pytest.fixture(autouse=True)
def tonga():
    make_country("TON")


def test_a_whole_activity_is_read():
    activity = read()
    assert (activity.line, activity.identifier, activity.is_own) == (3, IDENTIFIER, False)
    assert activity.fields == {
        "iati_identifier": IDENTIFIER,
        "title": "Cotton growers of Peru and Tonga learn from each other",
        "summary": "Two exchanges a year.",
        "status": "in_execution",
        "modality": "bilateral",
        "start": "2024-02-01",
    }
    assert [(each.role, each.country, each.organisation) for each in activity.partners] == [
        ("implementing", "", "Cotton Board of Piura"),
        ("beneficiary", "TON", ""),
    ]
    assert remarks(activity) == []


def test_english_is_preferred_and_another_language_remarked_on():
    both = texts((SPANISH, "Algodón"), (ENGLISH, "Cotton"))
    assert read(title=f"<title>{both}</title>").title == "Cotton"
    activity = read(title=f"<title>{texts((SPANISH, 'Algodón'), (PORTUGUESE, 'Algodão'))}</title>")
    assert (activity.title, activity.foreign_language) == ("Algodón", {"title"})
    assert remarks(activity) == [(line_of_part("title"), "The title is not in English: es.")]


@pytest.mark.parametrize(
    ("attributes", "title", "language"),
    [
        ('xml:lang="fr"', "<title><narrative>Coton</narrative></title>", "fr"),
        ('xml:lang="en"', '<title xml:lang="FR"><narrative>Coton</narrative></title>', "fr"),
        ('xml:lang="fr"', '<title><narrative xml:lang="EN">Cotton</narrative></title>', None),
        ("", "<title><narrative>Cotton</narrative></title>", None),
    ],
)
def test_the_language_is_that_of_the_nearest_element_that_has_one(attributes, title, language):
    description = '<description><narrative xml:lang="en">Seed</narrative></description>'
    sentences = [sentence for _line, sentence in remarks(read(attributes, title=title, description=description))]
    assert sentences == ([f"The title is not in English: {language}."] if language else [])


def test_a_long_title_is_cut_between_words():
    activity = read(title=f"<title><narrative>{'cotton ' * 50}</narrative></title>")
    assert activity.title == "cotton " * 41 + "cotton…"
    assert len(activity.title) <= 300
    sentence = "The title was cut, since it is longer than 300 characters."
    assert remarks(activity) == [(line_of_part("title"), sentence)]


def test_text_is_plain_and_on_one_line():
    title = "<title><narrative> Cotton &amp;amp;\n  <!-- or --> corn\x9b </narrative></title>"
    assert read(title=title).title == "Cotton & corn"


def test_descriptions_become_paragraphs_without_repetitions():
    description = "".join(
        f'<description type="{kind}"><narrative>{text}</narrative></description>'
        for kind, text in (("2", "Better seed."), ("3", "Growers."), ("1", "Two exchanges."), ("4", "Better seed."))
    )
    assert read(description=description).fields["summary"] == "Two exchanges.\n\nBetter seed.\n\nGrowers."
    title = "Cotton growers of Peru and Tonga learn from each other"
    assert "summary" not in read(description=f"<description><narrative>{title}</narrative></description>").fields


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("1", "proposed"),
        ("2", "in_execution"),
        ("3", "in_execution"),
        ("4", "completed"),
        ("5", "cancelled"),
        ("6", "suspended"),
    ],
)
def test_the_status_is_that_of_the_codelist(code, status):
    assert read(status=f'<activity-status code="{code}"/>').fields["status"] == status


def test_an_unknown_status_is_left_empty():
    activity = read(status='<activity-status code="7"/>')
    assert "status" not in activity.fields
    assert remarks(activity) == [(line_of_part("status"), "The activity status is no code of IATI: 7.")]


def test_the_modality_is_read_where_the_collaboration_type_tells_it():
    assert read(collaboration='<collaboration-type code="8"/>').fields["modality"] == "triangular"
    activity = read(collaboration='<collaboration-type code="4"/>')
    assert "modality" not in activity.fields
    sentence = "The file does not tell the modality, which a published record needs: collaboration type 4."
    assert remarks(activity) == [(line_of_part("collaboration"), sentence)]
    assert remarks(read(collaboration=""))[0][0] == 3


def dates(*pairs):
    return "".join(f'<activity-date type="{kind}" iso-date="{day}"/>' for kind, day in pairs)


@pytest.mark.parametrize(
    ("given", "start", "end"),
    [
        (dates(("1", "2024-01-01"), ("3", "2025-12-31")), "2024-01-01", "2025-12-31"),
        (
            dates(("1", "2024-01-01"), ("2", "2024-03-05"), ("3", "2025-12-31"), ("4", "2026-02-01")),
            "2024-03-05",
            "2026-02-01",
        ),
        (dates(("2", "2024-03-05Z"), ("4", "2026-02-01+12:00")), "2024-03-05", "2026-02-01"),
        (dates(("2", "2024-03-05"), ("4", "2024-03-05")), "2024-03-05", "2024-03-05"),
    ],
    ids=["planned", "actual first", "time zones", "one day"],
)
def test_dates_are_the_actual_ones_or_else_the_planned(given, start, end):
    activity = read(dates=given)
    assert (activity.fields["start"], activity.fields["end"]) == (start, end)
    assert remarks(activity) == []


def test_dates_that_make_no_sense_are_left_out():
    activity = read(dates=dates(("2", "2024-03-05"), ("4", "2023-01-01")))
    assert not {"start", "end"} & activity.fields.keys()
    sentence = "The end is before the start: both dates were left out: 2024-03-05 – 2023-01-01."
    assert remarks(activity) == [(line_of_part("dates"), sentence)]
    activity = read(dates=dates(("2", "12024-03-05"), ("1", "2024-03-01")))
    assert activity.fields["start"] == "2024-03-01"
    assert remarks(activity) == [(line_of_part("dates"), "A date cannot be held and was left out: 12024-03-05.")]


def organisation(name="", role="4", **attributes):
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    narrative = f"<narrative>{name}</narrative>" if name else ""
    return f'<participating-org role="{role}"{given}>{narrative}</participating-org>'


def bodies(activity):
    return [(each.role, each.agency, each.organisation) for each in activity.partners if not each.country]


@pytest.mark.parametrize(
    ("role", "ours"), [("1", "funding"), ("2", "partner"), ("3", "partner"), ("4", "implementing")]
)
def test_the_role_of_an_organisation_is_the_one_ours_that_is_sure(role, ours):
    assert bodies(read(partners=organisation("Cotton Board of Piura", role))) == [(ours, "", "Cotton Board of Piura")]


def test_an_organisation_that_has_a_record_is_that_agency():
    make_agency("Agencia Peruana de Cooperación Internacional", "PER", slug="apci", iati_id="PE-RUC-20504915523")
    make_agency("Brazilian Cooperation Agency", "ARG", slug="abc", native_name="Agência Brasileira de Cooperação")
    for partner in (
        organisation("Somebody", ref="pe-ruc-20504915523"),
        organisation("AGENCIA PERUANA DE COOPERACION  INTERNACIONAL"),
    ):
        assert bodies(read(partners=partner)) == [("implementing", "apci", "")]
    assert bodies(read(partners=organisation("Agencia Brasileira de Cooperacao"))) == [("implementing", "abc", "")]


def test_a_name_that_two_agencies_have_and_a_withdrawn_agency_are_no_agency():
    make_agency("Ministry of Foreign Affairs", "PER", slug="mre")
    make_agency("Ministry of Foreign Affairs", "TON", slug="mfa")
    make_agency("Cotton Institute", "PER", publication_status="withdrawn", iati_id="PE-1")
    named = read(partners=organisation("Ministry of Foreign Affairs") + organisation("Cotton Institute", ref="PE-1"))
    assert bodies(named) == [
        ("implementing", "", "Ministry of Foreign Affairs"),
        ("implementing", "", "Cotton Institute"),
    ]


def test_an_organisation_without_a_record_keeps_id_and_type():
    (partner, _country) = read(partners=organisation("Cotton Board", ref="PE-RUC-1", type="10")).partners
    assert (partner.organisation_ref, partner.organisation_type) == ("PE-RUC-1", "10")
    (partner, _country) = read(partners=organisation("Cotton Board", type="public")).partners
    assert (partner.organisation_ref, partner.organisation_type) == ("", "")


def test_one_organisation_under_two_roles_that_are_one_here_is_one_partner():
    partners = organisation("Cotton Board", "2") + organisation("COTTON BOARD", "3") + organisation("Cotton Board", "1")
    activity = read(partners=partners)
    assert bodies(activity) == [("partner", "", "Cotton Board"), ("funding", "", "Cotton Board")]
    assert activity.partners[0].iati_roles == {"2", "3"}


def test_what_is_wrong_with_an_organisation_is_said():
    line = line_of_part("partners")
    activity = read(partners=organisation("Cotton Board", "9") + organisation() + organisation(ref="PE-RUC-1"))
    assert bodies(activity) == [("implementing", "", "PE-RUC-1")]
    assert remarks(activity) == [
        (line, "A partner has a role that is no code of IATI: it was left out: Cotton Board."),
        (line, "A partner without name and id was left out."),
        (line, "A partner is named by its id only: PE-RUC-1."),
    ]
    activity = read(partners=organisation("cotton " * 40, ref="P" * 101))
    assert activity.partners[0].organisation == "cotton " * 27 + "cotton…"
    assert activity.partners[0].organisation_ref == ""
    assert [sentence.partition(":")[0] for _line, sentence in remarks(activity)] == [
        "The name of a partner was cut",
        "The id of a partner is too long and was left out",
    ]


def test_countries_are_those_of_the_activity_or_else_of_its_transactions():
    make_country("PER")
    transactions = TRANSACTION.format(parts='<recipient-country code="PE"/>') * 2
    activity = read(transactions=transactions)
    assert [each.country for each in activity.partners if each.country] == ["TON"]
    activity = read(places="", transactions=transactions)
    assert [(each.role, each.country) for each in activity.partners if each.country] == [("beneficiary", "PER")]
    assert remarks(activity) == [(line_of_part("transactions"), "Transactions are not kept: 2.")]


def test_unknown_countries_and_regions_are_remarked_on():
    places = (
        '<recipient-country code="XK"/><recipient-country code="to"/><recipient-region code="889" vocabulary="1"/>'
        '<recipient-region code="9"><narrative>Oceania</narrative></recipient-region>'
    )
    activity = read(places=places)
    assert [each.country for each in activity.partners if each.country] == ["TON"]
    assert remarks(activity) == [
        (line_of_part("places"), "The registry does not know a country: XK."),
        (line_of_part("places"), "A region is not a partner and was left out: 889 (vocabulary 1), Oceania."),
    ]
