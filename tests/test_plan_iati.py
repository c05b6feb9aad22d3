"""What a plan says would become of the activities in a file, and what carrying it out does."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation import changes
from cooperation.imports.carry_out_iati import ImportRefusedError, carry_out
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import plan
from cooperation.imports.read_iati import read_activities
from cooperation.models import FormerSlug, Participation, Project
from tests.builders import make_agency, make_country, make_project, make_theme
from tests.iati_files import IDENTIFIER, PARTS, activity_xml, file_of, tree_of

pytestmark = pytest.mark.django_db

TITLE = "Cotton growers of Peru and Tonga learn from each other"
SLUG = "cotton-growers-of-peru-and-tonga-learn-from-each-other"


@pytest.fixture(autouse=True)
def tonga():
    make_country("TON")


def planned(*activities):
    """The plan for a file of these activities, each given as its parts."""
    content = file_of(*[activity_xml(**parts) for parts in activities])
    known = read_known()
    return plan(read_activities(tree_of(content), known), known)


def plan_of(**parts):
    (row,) = planned(parts)
    return row


def imported(**parts):
    """The project of a file of one activity that was imported as a draft."""
    carry_out(planned(parts))
    return Project.objects.get(iati_identifier=IDENTIFIER)


def identifier(text):
    return f"<iati-identifier>{text}</iati-identifier>"


def title(text):
    return f"<title><narrative>{text}</narrative></title>"


def sentences(row):
    return [remark.sentence for remark in row.remarks]


def changes_of(row):
    return [(change.label, change.old, change.new) for change in row.changes]


def test_a_plan_writes_nothing():
    before = changes.current()
    row = plan_of()
    assert (row.outcome, row.title, row.slug, row.reason) == ("new", TITLE, SLUG, "")
    assert changes.current() == before
    assert not Project.objects.exists()


def test_a_new_activity_becomes_a_draft_with_all_its_parts():
    make_theme("Agriculture", crs_codes="31110")
    documents = (
        '<document-link url="https://unicef.org/report" format="text/html"><title><narrative>Report</narrative></title>'
        '<category code="A08"/><language code="es"/></document-link>'
    )
    project = imported(sectors='<sector code="31110"/>', documents=documents)
    assert (project.publication_status, project.version, project.title) == ("draft", 1, TITLE)
    assert (project.status, project.modality, project.start) == ("in_execution", "bilateral", "2024-02-01")
    assert [theme.code for theme in project.themes.all()] == ["agriculture"]
    assert [str(partner) for partner in project.participations.all()] == [
        "Implementing body: Cotton Board of Piura",
        "Beneficiary: Tonga",
    ]
    assert [(each.title, each.category, each.language) for each in project.documents.all()] == [("Report", "A08", "es")]


def test_the_same_file_again_changes_nothing():
    project = imported()
    row = plan_of()
    assert (row.outcome, row.slug, row.changes) == ("unchanged", SLUG, [])
    carry_out([row])
    project.refresh_from_db()
    assert project.version == 1


def test_records_of_one_title_get_addresses_of_their_own():
    first, second = planned({}, {"identifier": identifier("PE-17")})
    assert (first.slug, second.slug) == (SLUG, f"{SLUG}-pe-17")
    make_project(TITLE)
    FormerSlug.remember("project", f"{SLUG}-pe-17", SLUG)
    row = plan_of(identifier=identifier("PE-17"))
    assert row.slug == "pe-17"
    assert sentences(row) == [f"The registry already has a record of the same title: {SLUG}."]


def test_an_address_is_made_from_whole_words_or_from_the_identifier():
    assert plan_of(title=title("cotton " * 20)).slug == "-".join(["cotton"] * 8)
    assert plan_of(title=title("棉花")).slug == IDENTIFIER.lower()


OURS = "XE-EXAMPLE-SSCPORTAL"
OUR_PUBLISHER = (
    f'<reporting-org ref="{OURS}" type="90"><narrative>South-South Cooperation Portal</narrative></reporting-org>'
)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"title": title(" ")}, "it has no title"),
        ({"identifier": identifier("")}, "it has no identifier"),
        ({"identifier": identifier("X" * 201)}, "its identifier is longer than 200 characters"),
        ({"identifier": identifier("gone")}, "its record “gone” was withdrawn"),
        ({"identifier": identifier("two")}, "several records have its identifier (one, other)"),
        (
            {"identifier": identifier(f"{OURS}-old"), "publisher": OUR_PUBLISHER},
            "the address “old” belonged to another record and still leads to it (“one”)",
        ),
        (
            {"identifier": identifier(f"{OURS}-a b"), "publisher": OUR_PUBLISHER},
            "public id: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        (
            {"title": title("棉花"), "identifier": identifier("棉花")},
            "no address can be made from its title and identifier that no other record has",
        ),
    ],
    ids=["title", "identifier", "long", "withdrawn", "several", "address", "slug", "no address"],
)
def test_an_activity_is_skipped_with_the_reason(parts, reason):
    make_project("Gone", slug="gone", iati_identifier="gone", publication_status="withdrawn")
    for slug in ("one", "other"):
        make_project(slug, slug=slug, iati_identifier="two")
    FormerSlug.remember("project", "old", "one")
    before = changes.current()
    row = plan_of(**parts)
    assert (row.outcome, row.reason) == ("skipped", reason)
    carry_out([row])
    assert changes.current() == before


def test_an_identifier_that_stands_twice_is_skipped_in_both_places():
    rows = planned({}, {"identifier": identifier("PE-17")}, {})
    assert [row.outcome for row in rows] == ["skipped", "new", "skipped"]
    lines = f"{rows[0].activity.line}, {rows[2].activity.line}"
    assert {rows[0].reason, rows[2].reason} == {f"its identifier stands 2 times in the file (lines {lines})"}


def test_a_change_is_said_field_by_field_and_bumps_the_version():
    make_theme("Agriculture", crs_codes="31110")
    project = imported()
    Project.objects.filter(pk=project.pk).update(publication_status="published", updated="2026-11-01T00:00:00Z")
    changed = {
        "title": title("Cotton in Peru and Tonga"),
        "status": '<activity-status code="4"/>',
        "dates": '<activity-date type="2" iso-date="2024-02-01"/><activity-date type="4" iso-date="2026-02-01"/>',
        "partners": PARTS["partners"] + '<participating-org role="1"><narrative>UNICEF</narrative></participating-org>',
        "sectors": '<sector code="31110"/>',
        "budgets": '<budget><period-start iso-date="2024-02-01"/><period-end iso-date="2025-01-31"/>'
        '<value currency="USD" value-date="2024-02-01">1250.5</value></budget>',
    }
    row = plan_of(**changed)
    assert row.outcome == "changed"
    assert changes_of(row) == [
        ("title", TITLE, "Cotton in Peru and Tonga"),
        ("activity status", "In execution", "Completed"),
        ("end", "", "1 February 2026"),
        ("budget", "", "USD 1,250.50"),
        ("themes", "", "Agriculture"),
        ("partner", "", "Funder: UNICEF"),
    ]
    carry_out([row])
    stored = Project.objects.get(pk=project.pk)
    assert (stored.version, stored.publication_status, stored.slug) == (2, "published", SLUG)
    assert stored.created == project.created
    assert stored.updated > datetime(2026, 11, 2, tzinfo=UTC)
    assert plan_of(**changed).outcome == "unchanged"


def test_what_the_file_does_not_state_stays():
    project = imported()
    project.note, project.end, project.official_id = "As the board says.", "2025", "17"
    project.save()
    assert plan_of(description="<description><narrative/></description>", collaboration="").outcome == "unchanged"


def test_partners_of_other_publishers_are_added_and_never_removed():
    project = imported()
    thailand = Participation.objects.create(project=project, role="provider", country=make_country("THA"))
    row = plan_of()
    assert row.outcome == "unchanged"
    assert sentences(row) == ["The registry has partners that the file does not name: they stay: Provider: Thailand."]
    carry_out([row])
    assert thailand in project.participations.all()


def test_a_partner_is_recognised_under_the_finer_role_and_record_that_a_curator_chose():
    partner = '<participating-org role="3" ref="PE-RUC-1" type="10"><narrative>APCI</narrative></participating-org>'
    project = imported(partners=partner)
    apci = make_agency("Peruvian Agency for International Cooperation", "PER", iati_id="PE-RUC-1")
    project.participations.filter(organisation="APCI").update(
        role="pivotal", agency=apci, organisation="", organisation_ref="", organisation_type=""
    )
    project.participations.filter(role="beneficiary").update(role="both")
    assert plan_of(partners=partner).outcome == "unchanged"


def test_id_and_type_of_an_organisation_are_filled_in():
    imported()
    partner = (
        PARTS["partners"].replace('role="4"', 'role="4" ref="PE-1" type="10"').replace("Cotton Board", "COTTON BOARD")
    )
    row = plan_of(partners=partner)
    before = "Implementing body: Cotton Board of Piura"
    assert changes_of(row) == [("partner", before, f"{before} (PE-1, type 10)")]
    carry_out([row])
    stored = Participation.objects.get(organisation="Cotton Board of Piura")
    assert (stored.organisation_ref, stored.organisation_type) == ("PE-1", "10")


def test_of_the_themes_of_a_sector_the_one_that_a_curator_kept_is_enough():
    for name in ("Trade", "Value chains"):
        make_theme(name, crs_codes="33110")
    make_theme("Jobs")
    sectors = '<sector code="33110"/>'
    project = imported(sectors=sectors)
    assert project.themes.count() == 2
    project.themes.set([make_theme("Trade"), make_theme("Jobs")])
    assert plan_of(sectors=sectors).outcome == "unchanged"
    project.themes.set([make_theme("Jobs")])
    assert changes_of(plan_of(sectors=sectors)) == [("themes", "Jobs", "Jobs, Trade, Value chains")]


def test_a_title_in_another_language_does_not_replace_that_of_the_registry():
    spanish = '<title><narrative xml:lang="es">Algodón</narrative></title>'
    project = imported(title=spanish)
    assert project.title == "Algodón"
    Project.objects.filter(pk=project.pk).update(title="Cotton")
    row = plan_of(title=spanish)
    assert (row.outcome, row.changes) == ("unchanged", [])
    assert sentences(row) == [
        "The title is not in English: es.",
        "The registry keeps its own words, since those of the file are not in English: title.",
    ]


def test_a_date_that_does_not_go_with_that_of_the_registry_is_left_out():
    project = imported()
    Project.objects.filter(pk=project.pk).update(end="2024-06")
    row = plan_of(dates='<activity-date type="2" iso-date="2024-08-01"/>')
    assert row.outcome == "unchanged"
    assert sentences(row) == ["A date does not go with that in the registry and was left out: 2024-08-01."]


def test_records_without_a_modality_are_not_published():
    rows = planned({}, {"identifier": identifier("PE-17"), "collaboration": ""})
    with pytest.raises(ImportRefusedError) as refusal:
        carry_out(rows, publish=True)
    assert str(refusal.value) == (
        "Nothing was written: 1 new record has no modality, without which it cannot be published "
        f"(line {rows[1].activity.line}). Import it as a draft and choose it there."
    )
    assert not Project.objects.exists()
    carry_out(planned({}), publish=True)
    assert Project.objects.get().is_published


def test_all_is_written_or_nothing():
    imported()
    row, *others = planned(
        {"status": '<activity-status code="4"/>'},
        {"identifier": identifier("PE-17"), "title": title("Seed")},
        {"identifier": identifier("PE-18"), "title": title("Yarn")},
        {"identifier": identifier("PE-19"), "title": title("Cloth")},
    )
    make_project("Somebody else’s yarn", slug="yarn")
    with pytest.raises(ImportRefusedError) as refusal:
        carry_out([row, *others])
    assert str(refusal.value) == (
        f"Nothing was written: line {others[1].activity.line}, “Yarn”: Project with this Public id already exists."
    )
    assert set(Project.objects.values_list("slug", "status")) == {(SLUG, "in_execution"), ("yarn", "")}


def test_what_was_changed_since_the_plan_is_not_written_over():
    project = imported()
    rows = planned({"status": '<activity-status code="4"/>'}, {"identifier": identifier("PE-17")})
    project.note = "As the board says."
    project.save()
    with pytest.raises(ImportRefusedError) as refusal:
        carry_out(rows)
    assert str(refusal.value) == f"Nothing was written: “{SLUG}” has been changed meanwhile. Look at the plan again."
    assert Project.objects.get().status == "in_execution"


def test_a_plan_asks_as_often_for_many_activities_as_for_one():
    numbers = []
    for count in (1, 30):
        activities = [{"identifier": identifier(f"PE-{number}")} for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            planned(*activities)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
