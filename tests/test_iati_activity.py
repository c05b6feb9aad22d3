"""What each part of an activity in IATI 2.03 says, and that odd records make sound activities, too."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from cooperation.exports.iati_activity import shares
from cooperation.models import Document, Participation, Project
from cooperation.models.iati_codes import EXTENSION
from tests import builders
from tests.activities import NOT_STATED, SITE, activity, alone, attributes, narratives, tags, written
from tests.iati_standard import needs_standard, unknown_codes


@pytest.mark.django_db
def test_activity_says_who_reports_it_and_where_its_record_is(settings):
    settings.IATI_ORGANISATION_ID = "XM-DAC-41318"
    project = builders.make_project("Rocket stoves", confirmed_on=date(2026, 6, 30))
    Project.objects.update(updated=datetime(2026, 11, 20, 8, 30, tzinfo=UTC))
    element = activity(project)
    assert dict(element.attrib) == {
        "last-updated-datetime": "2026-11-20T08:30:00Z",
        "{http://www.w3.org/XML/1998/namespace}lang": "en",
        "linked-data-uri": "https://portal.example.org/projects/rocket-stoves/",
        f"{{{EXTENSION}}}confirmed": "2026-06-30",
    }
    assert element.findtext("iati-identifier") == "XM-DAC-41318-rocket-stoves"
    assert attributes(element, "reporting-org") == [{"ref": "XM-DAC-41318", "type": "90", "secondary-reporter": "1"}]
    assert narratives(element, "reporting-org") == ["South-South Cooperation Portal"]


@pytest.mark.django_db
def test_time_of_the_last_change_keeps_its_microseconds():
    project = builders.make_project()
    Project.objects.update(updated=datetime(2026, 11, 20, 8, 30, 0, 1200, tzinfo=UTC))
    assert activity(project).get("last-updated-datetime") == "2026-11-20T08:30:00.001200Z"


def test_texts_are_title_summary_and_note():
    element = written(alone(title="แนวปะการัง", summary="Divers\nmeet.", note="The sources disagree."))
    assert narratives(element, "title") == ["แนวปะการัง"]
    assert attributes(element, "description") == [{"type": "1"}, {"type": "4"}]
    assert narratives(element, "description") == ["Divers\nmeet.", "The sources disagree."]


def test_missing_summary_is_said_and_marked():
    element = written(alone())
    assert attributes(element, "description") == [{"type": "1", "ssc:stated": "no"}]
    assert narratives(element, "description") == [NOT_STATED]


@pytest.mark.slow
@given(st.text(), st.text())
@example("\ud7ff\ue000\ufffd\U00010000\U0010ffff", "\x00\x1f \x7f\ufffe\uffff")
def test_texts_lose_what_xml_cannot_say_and_nothing_else(title, summary):
    def allowed(text):
        return "".join(
            character
            for character in text
            if character in "\t\n\r" or (character >= " " and character not in "\ufffe\uffff")
        )

    element = written(alone(title=title, summary=summary))
    assert narratives(element, "title") == [allowed(title) or NOT_STATED]
    assert narratives(element, "description") == [allowed(summary) or NOT_STATED]


@pytest.mark.parametrize("text", ["]]>", "-->", "<narrative/>", "&amp;", "“–” --", "a\r\nb"])
def test_text_that_looks_like_markup_stays_text(text):
    element = written(alone(title=text, summary=text, note=text))
    assert narratives(element, "title") + narratives(element, "description") == [text, text, text]


@pytest.mark.django_db
def test_partners_stand_in_their_order_with_their_own_roles():
    project = builders.make_project(partners=[("pivotal", "THA"), ("beneficiary", "COL")])
    tica = builders.make_agency(iati_id="TH-TICA-1")
    undp = builders.make_agency("United Nations Development Programme", country=None, slug="undp", kind="un_entity")
    add = Participation.objects.create
    dates = {"start": "2018", "end": "2019-06"}
    add(project=project, role="implementing", country=tica.country, agency=tica, organisation_ref="TH-2", **dates)
    add(project=project, role="funding", agency=undp, organisation_ref="XM-DAC-41114")
    add(project=project, role="funding", organisation="GIZ", organisation_ref="XM-DAC-5-52", organisation_type="15")
    add(project=project, role="partner", country=builders.make_country("COL"), organisation="Universidad del Valle")
    add(project=project, role="partner", agency=undp, organisation="Regional Hub Bangkok")
    element = activity(project)
    assert attributes(element, "participating-org") == [
        {"type": "10", "role": "3", "ssc:role": "pivotal", "ssc:country": "THA"},
        {"type": "10", "role": "2", "ssc:role": "beneficiary", "ssc:country": "COL"},
        {
            "ref": "TH-TICA-1",
            "type": "10",
            "role": "4",
            "ssc:role": "implementing",
            "ssc:country": "THA",
            "ssc:agency": "thailand-international-cooperation-agency",
            "ssc:from": "2018",
            "ssc:until": "2019-06",
        },
        {"ref": "XM-DAC-41114", "type": "40", "role": "1", "ssc:role": "funding", "ssc:agency": "undp"},
        {"ref": "XM-DAC-5-52", "type": "15", "role": "1", "ssc:role": "funding"},
        {"role": "4", "ssc:role": "partner", "ssc:country": "COL"},
        {
            "type": "40",
            "role": "4",
            "ssc:role": "partner",
            "ssc:agency": "undp",
            "ssc:organisation": "Regional Hub Bangkok",
        },
    ]
    assert narratives(element, "participating-org") == [
        "Thailand",
        "Colombia",
        "Thailand International Cooperation Agency",
        "United Nations Development Programme",
        "GIZ",
        "Universidad del Valle",
        "United Nations Development Programme",
    ]
    assert tags(element)[:4] == [
        ("role-pivotal", "Pivotal partner: Thailand"),
        ("role-beneficiary", "Beneficiary: Colombia"),
        ("role-implementing", "Implementing body: Thailand International Cooperation Agency"),
        ("role-funding", "Funder: United Nations Development Programme"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("others", [{}, {"organisation": "Casa Presidencial"}, {"country": "COL"}])
def test_agency_that_is_not_public_is_left_out(others):
    project = builders.make_project()
    agency = builders.make_agency("APC-Colombia", "COL", publication_status="draft", iati_id="CO-APC-1")
    others = {key: builders.make_country(value) if key == "country" else value for key, value in others.items()}
    Participation.objects.create(project=project, role="provider", agency=agency, **others)
    element = activity(project)
    names = [str(value) for value in others.values()]
    assert narratives(element, "participating-org") == (names or [NOT_STATED])
    assert [tag for tag in tags(element) if tag[0].startswith("role-")] == [
        ("role-provider", f"Provider: {name}") for name in names
    ]
    assert b"APC" not in etree.tostring(element)


def test_without_any_partner_there_is_a_marked_one():
    element = written(alone())
    assert attributes(element, "participating-org") == [{"role": "4", "ssc:stated": "no"}]
    assert narratives(element, "participating-org") == [NOT_STATED]
    assert attributes(element, "recipient-region") == [{"code": "998", "vocabulary": "1", "ssc:stated": "no"}]


def test_ids_of_others_are_kept():
    element = written(alone(official_id="SME 01 2018", iati_identifier="XM-DAC-41114-OUTPUT-00107404"))
    assert attributes(element, "other-identifier") == [{"ref": "SME 01 2018", "type": "A9"}]
    assert attributes(element, "related-activity") == [{"ref": "XM-DAC-41114-OUTPUT-00107404", "type": "5"}]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("proposed", "1"),
        ("approved", "1"),
        ("in_execution", "2"),
        ("completed", "4"),
        ("suspended", "6"),
        ("cancelled", "5"),
    ],
)
def test_status_is_a_code_and_our_word(status, code):
    assert attributes(written(alone(status=status)), "activity-status") == [{"code": code, "ssc:status": status}]


@given(st.integers(1, 300))
def test_shares_are_equal_and_sum_to_exactly_100(number):
    percentages = [Decimal(each or "100") for each in shares(number)]
    assert (len(percentages), sum(percentages)) == (number, 100)
    assert max(percentages) - min(percentages) <= Decimal("0.01")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("isos", "recipients"),
    [
        (["FJI"], [("FJ", None)]),
        (["FJI", "TON", "BRB"], [("BB", "33.34"), ("FJ", "33.33"), ("TO", "33.33")]),
        (
            ["FJI", "TON", "BRB", "COL", "PER", "CHL", "IDN"],
            [
                ("BB", "14.29"),
                ("CL", "14.29"),
                ("CO", "14.29"),
                ("FJ", "14.29"),
                ("ID", "14.28"),
                ("PE", "14.28"),
                ("TO", "14.28"),
            ],
        ),
    ],
)
def test_countries_that_benefit_are_the_recipients_in_equal_parts(isos, recipients):
    partners = [("provider", "THA"), ("beneficiary", isos[0]), *(("both", iso3) for iso3 in isos)]
    element = activity(builders.make_project(partners=partners))
    assert [(each.get("code"), each.get("percentage")) for each in element.iterfind("recipient-country")] == recipients
    assert element.find("recipient-region") is None


@pytest.mark.django_db
def test_without_a_beneficiary_the_regions_of_the_partners_stand_in():
    partners = [("provider", "THA"), ("provider", "SGP"), ("partner", "COL"), ("funding", "BRB")]
    element = activity(builders.make_project(partners=partners))
    assert element.find("recipient-country") is None
    assert attributes(element, "recipient-region") == [
        {"code": "005", "vocabulary": "2", "percentage": "33.34", "ssc:stated": "no"},
        {"code": "029", "vocabulary": "2", "percentage": "33.33", "ssc:stated": "no"},
        {"code": "035", "vocabulary": "2", "percentage": "33.33", "ssc:stated": "no"},
    ]
    assert narratives(element, "recipient-region") == [NOT_STATED] * 3


def sectors(element):
    """List `(vocabulary, code, percentage, narrative, stated)` of each sector."""
    return [
        (
            each.get("vocabulary"),
            each.get("code"),
            each.get("percentage"),
            each.findtext("narrative"),
            each.get(f"{{{EXTENSION}}}stated"),
        )
        for each in element.iterfind("sector")
    ]


@pytest.mark.django_db
def test_sectors_are_the_crs_codes_once_each_then_the_themes():
    builders.make_theme("Digital trade", crs_codes="33110 22040")
    builders.make_theme("Value chains", crs_codes="33110")
    builders.make_theme("Oceans")
    element = activity(builders.make_project(themes=["Value chains", "Digital trade", "Oceans"]))
    assert sectors(element) == [
        ("1", "22040", "50.00", None, None),
        ("1", "33110", "50.00", None, None),
        ("99", "digital-trade", "33.34", "Digital trade", None),
        ("99", "oceans", "33.33", "Oceans", None),
        ("99", "value-chains", "33.33", "Value chains", None),
    ]
    addresses = {each.get("vocabulary-uri") for each in element.iterfind("sector[@vocabulary='99']")}
    assert addresses == {"https://portal.example.org/about/#themes"}


@pytest.mark.django_db
def test_theme_without_crs_code_leaves_the_sector_unspecified():
    builders.make_theme("Oceans")
    assert sectors(activity(builders.make_project(themes=["Oceans"]))) == [
        ("1", "99810", None, NOT_STATED, "no"),
        ("99", "oceans", None, "Oceans", None),
    ]
    assert sectors(written(alone())) == [("1", "99810", None, NOT_STATED, "no")]


@pytest.mark.django_db
def test_tags_say_what_iati_has_no_codes_for():
    forum, fund = builders.make_forum(slug="fealac"), builders.make_fund()
    project = builders.make_project(
        partners=[("pivotal", "THA"), ("beneficiary", "COL")], modality="triangular", forum=forum, fund=fund
    )
    project.goals.set([builders.make_goal(), builders.make_goal(4, "Quality education")])
    project.instruments.set([builders.make_instrument("Workshop"), builders.make_instrument()])
    element = activity(project)
    assert tags(element, vocabulary="2") == [
        ("4", "Quality education"),
        ("17", "Strengthen the means of implementation"),
    ]
    assert [(tag["code"], tag["vocabulary-uri"]) for tag in attributes(element, "tag[@vocabulary='99']")] == [
        ("role-pivotal", "https://portal.example.org/about/#role-pivotal"),
        ("role-beneficiary", "https://portal.example.org/about/#role-beneficiary"),
        ("modality-triangular", "https://portal.example.org/about/#modality-triangular"),
        ("scope-interregional", "https://portal.example.org/about/#scope-interregional"),
        ("instrument-expert-mission", "https://portal.example.org/about/#instrument-expert-mission"),
        ("instrument-workshop", "https://portal.example.org/about/#instrument-workshop"),
        ("forum-fealac", "https://portal.example.org/forums/fealac/"),
        ("fund-fealac-trust-fund", "https://portal.example.org/funds/fealac-trust-fund/"),
    ]
    assert [narrative for _code, narrative in tags(element)] == [
        "Pivotal partner: Thailand",
        "Beneficiary: Colombia",
        "Triangular",
        "Interregional",
        "Expert mission",
        "Workshop",
        "Forum for East Asia-Latin America Cooperation",
        "FEALAC Trust Fund",
    ]


@pytest.mark.django_db
def test_forum_and_fund_that_are_not_public_are_not_named():
    forum = builders.make_forum(publication_status="in_review")
    fund = builders.make_fund(publication_status="withdrawn")
    element = activity(builders.make_project(forum=forum, fund=fund))
    assert [code for code, _narrative in tags(element)] == ["modality-bilateral", "scope-other"]
    assert b"FEALAC" not in etree.tostring(element)


@pytest.mark.parametrize(("modality", "code"), [("bilateral", "1"), ("triangular", "8"), ("regional", None)])
def test_modality_is_a_collaboration_type_where_iati_has_one(modality, code):
    expected = [{"code": code}] if code else []
    assert attributes(written(alone(modality=modality)), "collaboration-type") == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("aid_types", "expected"),
    [(["D02", "D02", ""], [{"code": "D02"}]), (["D01", "D02"], []), ([""], []), ([], [])],
)
def test_aid_type_is_written_if_there_is_exactly_one(aid_types, expected):
    project = builders.make_project()
    for number, aid_type in enumerate(aid_types):
        project.instruments.create(code=f"course-{number}", name=f"Course {number}", aid_type=aid_type)
    assert attributes(activity(project), "default-aid-type") == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "address", "file_format"),
    [
        ("https://www.unescap.org/report.PDF?lang=en", "https://www.unescap.org/report.PDF?lang=en", "application/pdf"),
        ("https://www.unescap.org/data.csv#rows", "https://www.unescap.org/data.csv#rows", "text/csv"),
        ("https://www.unescap.org/view?file=report.pdf", "https://www.unescap.org/view?file=report.pdf", "text/html"),
        ("https://unescap.zip", "https://unescap.zip", "text/html"),
        ("https://apc.gov.co/convenio?id[]=3", "https://apc.gov.co/convenio?id%5B%5D=3", "text/html"),
        ("https://apc.gov.co/100%#a#b%20", "https://apc.gov.co/100%25#a%23b%20", "text/html"),
        ("https://[2001:db8::1]/ñ", "https://[2001:db8::1]/ñ", "text/html"),
    ],
)
def test_document_is_linked_at_an_address_that_the_schema_takes(url, address, file_format):
    project = builders.make_project()
    Document.objects.create(project=project, title="Informe", url=url, category="A08", language="es")
    Document.objects.create(project=project, title="Plan", url="https://www.unescap.org/plan", category="A02")
    element = activity(project)
    as_stored = {"ssc:url": url} if url != address else {}
    assert attributes(element, "document-link") == [
        {"url": address, "format": file_format, **as_stored},
        {"url": "https://www.unescap.org/plan", "format": "text/html"},
        {"url": f"{SITE}{project.get_absolute_url()}", "format": "text/html", "ssc:record": "yes"},
    ]
    assert narratives(element, "document-link/title") == [
        "Informe",
        "Plan",
        "Record in the South-South Cooperation Portal",
    ]
    assert [each["code"] for each in attributes(element, "document-link/category")] == ["A08", "A02", "A12"]
    assert attributes(element, "document-link/language") == [{"code": "es"}]


@pytest.mark.any_database  # PostgreSQL refuses to store such an address
@pytest.mark.django_db
def test_document_is_linked_whose_address_begins_with_capitals():
    project = builders.make_project()
    Document(project=project, title="Informe", url="HTTPS://www.unescap.org/informe.pdf", category="A08").full_clean()
    project.documents.create(title="Informe", url="HTTPS://www.unescap.org/informe.pdf", category="A08")
    assert attributes(activity(project), "document-link")[0] == {
        "url": "HTTPS://www.unescap.org/informe.pdf",
        "format": "application/pdf",
    }


@pytest.mark.django_db
def test_document_without_an_address_is_left_out():
    project = builders.make_project()
    project.documents.create(title="Informe", url="", category="A08")
    assert narratives(activity(project), "document-link/title") == ["Record in the South-South Cooperation Portal"]


@needs_standard
@pytest.mark.django_db
@pytest.mark.parametrize("category", Document.Category.values)
@pytest.mark.parametrize("kind", ["doc", "docx", "jpeg", "odt", "png", "ppt", "pptx", "txt", "xls", "xlsx", "zip"])
def test_codes_of_documents_are_official(category, kind):
    project = builders.make_project()
    url = f"https://www.unescap.org/file.{kind}"
    Document.objects.create(project=project, title="Report", url=url, category=category)
    element = activity(project)
    assert element.find("document-link").get("format") != "text/html"
    assert unknown_codes(element) == set()
