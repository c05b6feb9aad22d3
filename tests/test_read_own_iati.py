"""What is read from a file of our own: each record to the letter; and no valid file, whatever it says, stops a plan."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings

from cooperation.imports.iati_file import examine
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import plan
from cooperation.imports.read_iati import read_activities
from cooperation.models import iati_codes
from tests.builders import make_agency, make_country, make_forum, make_fund, make_goal, make_instrument, make_theme
from tests.iati_files import file_of, needs_data, read, real_file, remarks

pytestmark = pytest.mark.django_db

OURS = settings.IATI_ORGANISATION_ID
NAMESPACES = f'xmlns:ssc="{iati_codes.EXTENSION}"'
PUBLISHER = (
    f'<reporting-org ref="{OURS}" type="90"><narrative>South-South Cooperation Portal</narrative></reporting-org>'
)
ABOUT = "https://portal.example.org/about/"


def own_tag(code):
    return f'<tag vocabulary="99" vocabulary-uri="{ABOUT}#{code}" code="{code}"/>'


WHOLE = {
    "identifier": f"<iati-identifier>{OURS}-piura-tonga-cotton</iati-identifier>",
    "publisher": PUBLISHER,
    "title": "<title><narrative>Cotton,  Piura &amp; Tonga</narrative></title>",
    "description": '<description type="1"><narrative>Two exchanges.&#13;\nA year.</narrative></description>'
    '<description type="4"><narrative>The sources disagree.</narrative></description>',
    "partners": '<participating-org role="3" type="10" ssc:role="pivotal" ssc:country="TON" ssc:from="2019">'
    "<narrative>Tonga</narrative></participating-org>"
    '<participating-org role="3" type="10" ref="PE-RUC-1" ssc:role="provider" ssc:country="PER" ssc:agency="apci" '
    'ssc:organisation="Cotton unit" ssc:until="2021-06"><narrative>APCI</narrative></participating-org>'
    '<participating-org role="4" type="22" ref="PE-2" ssc:role="partner" ssc:country="PER">'
    "<narrative>Cotton Board of Piura</narrative></participating-org>",
    "identifiers": '<other-identifier ref="SME 01 2018" type="A9"/>',
    "status": '<activity-status code="1" ssc:status="approved"/>',
    "dates": '<activity-date type="2" iso-date="2019-06-01" ssc:date="2019-06"><narrative>June 2019</narrative>'
    '</activity-date><activity-date type="4" iso-date="2019-12-31" ssc:date="2019"/>',
    "sectors": '<sector vocabulary="1" code="31110"/>'
    f'<sector vocabulary="99" vocabulary-uri="{ABOUT}#themes" code="agriculture"/>',
    "tags": '<tag vocabulary="2" code="17"/>'
    + "".join(map(own_tag, ("role-pivotal", "modality-regional", "scope-other", "instrument-training")))
    + own_tag("forum-fealac")
    + own_tag("fund-fealac-trust-fund"),
    "collaboration": "",
    "budgets": '<budget type="1" status="1" ssc:covers="whole-project"><period-start iso-date="2019-06-01"/>'
    '<period-end iso-date="2019-12-31"/><value currency="USD" value-date="2019-06-01">275525.00</value></budget>',
    "documents": '<document-link url="https://apci.gob.pe/a?b%5B%5D=1" ssc:url="https://apci.gob.pe/a?b[]=1" '
    'format="text/html"><title><narrative>Convenio</narrative></title><category code="A09"/><language code="es"/>'
    '</document-link><document-link url="https://portal.example.org/projects/piura-tonga-cotton/" format="text/html" '
    'ssc:record="yes"><title><narrative>Record</narrative></title><category code="A12"/></document-link>',
    "related": '<related-activity type="5" ref="PE-APCI-17"/>',
}
UPDATED = "2026-11-02T10:20:30.000005Z"
ATTRIBUTES = f'xml:lang="en" default-currency="USD" last-updated-datetime="{UPDATED}" ssc:confirmed="2026-10-01"'
NOT_STATED = "<narrative>Not stated in the sources</narrative>"


def read_own(attributes=ATTRIBUTES, **parts):
    return read(attributes, NAMESPACES, **{**WHOLE, **parts})


@pytest.fixture(autouse=True)
def registry():
    make_country("TON")
    make_agency("APCI", "PER", slug="apci")
    make_forum("Forum for East Asia-Latin America Cooperation", slug="fealac")
    make_fund("FEALAC Trust Fund")
    make_theme("Agriculture", crs_codes="31110")
    make_goal(17)
    make_instrument("Training")


def test_an_activity_of_our_own_is_read_to_the_letter():
    activity = read_own()
    assert activity.slug == "piura-tonga-cotton"
    assert activity.fields == {
        "title": "Cotton,  Piura & Tonga",
        "summary": "Two exchanges.\r\nA year.",
        "note": "The sources disagree.",
        "official_id": "SME 01 2018",
        "iati_identifier": "PE-APCI-17",
        "status": "approved",
        "modality": "regional",
        "start": "2019-06",
        "end": "2019",
        "confirmed_on": date(2026, 10, 1),
        "budget_amount": Decimal("275525.00"),
        "budget_currency": "USD",
        "forum": "fealac",
        "fund": "fealac-trust-fund",
    }
    assert (activity.themes, activity.goals, activity.instruments) == ({frozenset({"agriculture"})}, {17}, {"training"})
    assert activity.updated == activity.created == datetime(2026, 11, 2, 10, 20, 30, 5, tzinfo=UTC)
    assert remarks(activity) == []


def test_partners_of_our_own_are_read_with_all_that_is_stored():
    pivotal, provider, partner = read_own().partners
    assert (pivotal.role, pivotal.country, pivotal.organisation, pivotal.start) == ("pivotal", "TON", "", "2019")
    assert (pivotal.organisation_type, pivotal.organisation_ref) == ("", "")
    assert (provider.role, provider.country, provider.agency, provider.end) == ("provider", "PER", "apci", "2021-06")
    # The agency has no id of its own, so that it is that of the row; its type follows from its kind.
    assert (provider.organisation, provider.organisation_ref, provider.organisation_type) == (
        "Cotton unit",
        "PE-RUC-1",
        "",
    )
    assert (partner.role, partner.country, partner.organisation) == ("partner", "PER", "Cotton Board of Piura")
    assert (partner.organisation_ref, partner.organisation_type) == ("PE-2", "22")


def test_documents_of_our_own_are_read_without_the_page_of_the_record():
    (document,) = read_own().documents
    assert (document.url, document.title) == ("https://apci.gob.pe/a?b[]=1", "Convenio")
    assert (document.category, document.language) == ("A09", "es")


def test_stand_ins_are_no_facts():
    activity = read_own(
        title='<title ssc:stated="no">' + NOT_STATED + "</title>",
        description='<description ssc:stated="no">' + NOT_STATED + "</description>",
        partners='<participating-org role="4" ssc:stated="no">' + NOT_STATED + "</participating-org>",
        status='<activity-status code="2" ssc:stated="no"/>',
        dates='<activity-date type="1" iso-date="2025-05-04" ssc:stated="no"/>',
        places='<recipient-region code="998" ssc:stated="no"/>',
        sectors='<sector code="99810" ssc:stated="no"/>',
        budgets="",
    )
    stated = {name for name, value in activity.fields.items() if value not in ("", None)}
    assert stated == {"official_id", "iati_identifier", "modality", "confirmed_on", "forum", "fund"}
    assert (activity.partners, activity.themes) == ([], set())
    # The day that stands in for a start is that on which the record was added.
    assert activity.created == datetime(2025, 5, 4, tzinfo=UTC)
    assert activity.updated == datetime(2026, 11, 2, 10, 20, 30, 5, tzinfo=UTC)


def test_without_our_attributes_the_codes_of_iati_count():
    plain = {name: part.replace("ssc:", "x:") for name, part in WHOLE.items()}
    plain["tags"] = ""
    plain["collaboration"] = '<collaboration-type code="8"/>'
    activity = read('xml:lang="en"', 'xmlns:x="urn:x"', **plain)
    assert activity.is_own
    fields = activity.fields
    assert (fields["status"], fields["modality"]) == ("proposed", "triangular")
    assert (fields["start"], fields["end"]) == ("2019-06-01", "2019-12-31")
    assert [(each.role, each.organisation) for each in activity.partners] == [
        ("partner", "Tonga"),
        ("partner", "APCI"),
        ("implementing", "Cotton Board of Piura"),
    ]


def test_what_this_registry_does_not_have_is_remarked_on():
    partner = (
        '<participating-org role="4" ssc:role="provider" ssc:country="XXX" ssc:agency="nowhere">'
        "<narrative>Nowhere Agency</narrative></participating-org>"
    )
    activity = read_own(
        partners=partner,
        sectors='<sector vocabulary="99" code="cotton"/>',
        tags='<tag vocabulary="2" code="18"/>' + own_tag("modality-regional") + own_tag("forum-none"),
    )
    assert (activity.themes, activity.goals, activity.fields["forum"]) == (set(), set(), "")
    assert [(each.country, each.agency, each.organisation) for each in activity.partners] == [
        ("", "", "Nowhere Agency")
    ]
    sentence = "This registry does not have what the file refers to: {}."
    lines_and_sentences = remarks(activity)
    assert [said for _line, said in lines_and_sentences] == [
        sentence.format(code) for code in ("none", "cotton", "18", "XXX", "nowhere")
    ]


@pytest.mark.parametrize(
    "time", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-11-02T24:00:00Z", "12026-11-02T10:20:30Z"]
)
def test_a_time_that_cannot_be_is_left_out(time):
    activity = read_own(ATTRIBUTES.replace(UPDATED, time))
    assert (activity.updated, activity.created) == (None, None)
    assert remarks(activity)[0][1] == f"A date cannot be held and was left out: {time}."


def test_the_publisher_alone_or_the_identifier_alone_does_not_make_an_activity_ours():
    assert not read_own(identifier="<iati-identifier>PE-APCI-17</iati-identifier>").is_own
    assert not read_own(identifier=f"<iati-identifier>{OURS}-</iati-identifier>").is_own
    assert not read_own(publisher=PUBLISHER.replace(OURS, "PE-APCI")).is_own


STRANGE = ("", " ", "²", "-1", "99999999999999999999", "0", "é" * 400, "2019-13-45", "\u202e", "¼", "A08", "None", "१")


def garbled(content, chance, places):
    """The text of an XML file with some of its attribute values and texts replaced by strange ones."""
    pieces = content.replace(">", '>"').replace("<", '"<').split('"')
    for place in chance.sample(range(1, len(pieces) - 1), places):
        if not any(mark in pieces[place] for mark in "<>=?\n"):
            pieces[place] = chance.choice(STRANGE)
    return '"'.join(pieces).replace('>"', ">").replace('"<', "<")


@needs_data
def test_whatever_a_valid_file_says_it_can_be_planned():
    chance, known, planned = random.Random(7), read_known(), 0
    own_file = file_of(
        f"<iati-activity {ATTRIBUTES}>{''.join(WHOLE.values())}<!-- --></iati-activity>".replace(
            "</activity-date><activity-date", "</activity-date>\n<activity-date"
        ),
        namespaces=NAMESPACES,
    )
    contents = [own_file.decode(), real_file("official/activity-standard-example-annotated.xml").read_text()]
    for _round in range(250):
        content = garbled(chance.choice(contents), chance, 3)
        verdict = examine(content.encode())
        if verdict.is_accepted:
            planned += len(plan(read_activities(verdict.tree, known), known))
    assert planned > 60
