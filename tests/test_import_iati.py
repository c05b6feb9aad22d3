"""`manage.py import_iati`, with the fixtures in the database and the files that publishers have put out."""

import io

import pytest
from django.core.management import CommandError, call_command

from cooperation import changes
from cooperation.models import Participation, Project
from tests.iati_files import PLAIN, activity_xml, delete_all_projects, exported, file_of, needs_data, real_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded"), pytest.mark.slow]


def run(path, *options):
    """The lines that the command prints."""
    output = io.StringIO()
    call_command("import_iati", path, *options, stdout=output)
    return output.getvalue().splitlines()


def refusal(path, *options):
    with pytest.raises(CommandError) as refused:
        call_command("import_iati", path, *options, stdout=io.StringIO())
    return str(refused.value)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "activities.xml"
    path.write_text(PLAIN)
    return path


def test_the_plan_is_printed_and_nothing_written(file):
    before = changes.current()
    assert run(file) == [
        "The file is valid IATI 2.03 and holds 1 activity.",
        "1 activity: 1 new, 0 changed, 0 unchanged, 0 skipped.",
        "line 3: new: Cotton growers of Peru and Tonga learn from each other (XM-DAC-41122-BR-2026-17)",
        "Nothing was written. Run the command again with --commit to import this.",
    ]
    assert changes.current() == before


def test_commit_writes_drafts_and_publish_publishes_them(file):
    assert run(file, "--commit")[-1] == "Written: 1 new (drafts), 0 changed."
    project = Project.objects.get(iati_identifier="XM-DAC-41122-BR-2026-17")
    assert project.publication_status == "draft"
    project.delete()
    assert run(file, "--commit", "--publish")[-1] == "Written: 1 new (published), 0 changed."
    assert Project.objects.get(iati_identifier="XM-DAC-41122-BR-2026-17").is_published


def test_changes_and_reasons_are_printed_below_their_activity(file):
    run(file, "--commit")
    changed = activity_xml(
        status='<activity-status code="4"/>',
        title=f"<title><narrative>{'Cotton ' * 30}</narrative></title>",
    )
    nameless = activity_xml(title="<title><narrative/></title>", identifier="<iati-identifier>PE-17</iati-identifier>")
    file.write_bytes(file_of(changed, nameless))
    lines = run(file)
    assert lines[1:7] == [
        "2 activities: 0 new, 1 changed, 0 unchanged, 1 skipped.",
        f"line 3: changed: {'Cotton ' * 13}Cotton… (XM-DAC-41122-BR-2026-17)",
        f"    Title: Cotton growers of Peru and Tonga learn from each other → {'Cotton ' * 13}Cotton…",
        "    Activity status: In execution → Completed",
        "line 20: skipped: without a title (PE-17)",
        "    because it has no title",
    ]


def test_remarks_are_grouped_unless_all_are_asked_for(file):
    activities = [
        activity_xml(
            identifier=f"<iati-identifier>PE-{number}</iati-identifier>",
            collaboration='<collaboration-type code="4"/>',
            places='<recipient-country code="XK"/>' if number == 5 else '<recipient-country code="TO"/>',
            related='<related-activity ref="PE" type="1"/>' * number,
        )
        for number in range(1, 8)
    ]
    file.write_bytes(file_of(*activities))
    grouped = run(file)
    assert grouped[grouped.index("Remarks:") :] == [
        "Remarks:",
        "The file does not tell the modality, which a published record needs: 7 times (lines 14, 31, 48, 65, 82 …): "
        "collaboration type 4.",
        "Related activities are not kept: 7 times (lines 18, 35, 52, 69, 86 …), 28 in all.",
        "line 79: The registry does not know a country: XK.",
        "Add --all to see each remark.",
        "Nothing was written. Run the command again with --commit to import this.",
    ]
    each = run(file, "--all")
    assert len(each[each.index("Remarks:") + 1 : -1]) == 15
    assert each[each.index("Remarks:") + 2] == "line 18: Related activities are not kept: 1."


def test_a_path_that_is_no_readable_file_is_refused_in_words(tmp_path):
    missing = tmp_path / "none.xml"
    assert refusal(missing) == f"There is no file {missing}."
    assert refusal(tmp_path) == f"{tmp_path} is a folder. Name an IATI file in it."
    memory = "/proc/self/mem"
    assert refusal(memory) == f"{memory} cannot be read (Input/output error)."


def test_a_file_that_is_refused_is_named_with_the_reason(file):
    file.write_text(PLAIN.replace("</title>", "</titel>"))
    before = changes.current()
    sentence = "Line 5: </titel> closes the element <title> of line 5. Ask the publisher for a whole file."
    assert refusal(file, "--commit") == f"{file}: {sentence}"
    assert changes.current() == before


def test_publishing_without_a_modality_is_refused_and_nothing_written(file):
    file.write_bytes(file_of(activity_xml(collaboration="")))
    before = changes.current()
    assert refusal(file, "--commit", "--publish").startswith("Nothing was written: 1 new record has no modality,")
    assert changes.current() == before


@needs_data
@pytest.mark.parametrize(
    ("name", "activities", "transactions"),
    [
        ("real/acfspain-co.xml", 1, 0),
        ("real/bcie-2025-12-18.xml", 92, 1_154),
        ("real/iati-activities-am-armenia.xml", 43, 6_444),
        ("real/usaid-bb.xml", 1, 2),
        ("real/usaid-bo.xml", 63, 304),
        ("real/who-bra.xml", 134, 735),
        ("real/worldbank-679.xml", 5, 400),
        ("real/wri-521257057-strategic-plan-2023-2027.xml", 1, 2),
        ("derived/ct8-usaid-bo.xml", 20, None),
        ("derived/ct8-who-bra.xml", 20, 97),
        ("official/activity-standard-example-annotated.xml", 1, 1),
        ("official/activity-standard-example-annotated-2.02.xml", 1, 1),
        ("official/activity-standard-example-annotated-2.01.xml", 1, 1),
    ],
)
def test_a_published_file_loads_and_loads_again_without_a_change(name, activities, transactions):
    before = Project.objects.count()
    noun = "activity" if activities == 1 else "activities"
    lines = run(real_file(name), "--all", "--commit")
    assert lines[1] == f"{activities} {noun}: {activities} new, 0 changed, 0 unchanged, 0 skipped."
    remarks = [line for line in lines if "Transactions are not kept: " in line]
    kept_out = sum(int(line.rpartition(" ")[2].rstrip(".")) for line in remarks)
    assert transactions in (kept_out, None)
    assert lines[-1] == f"Written: {activities} new (drafts), 0 changed."
    assert Project.objects.count() == before + activities
    assert run(real_file(name))[1] == f"{activities} {noun}: 0 new, 0 changed, {activities} unchanged, 0 skipped."


def partners_of(identifier):
    rows = Participation.objects.filter(project__iati_identifier=identifier)
    return [(row.role, str(row.country or row.agency or row.organisation)) for row in rows]


@needs_data
def test_sector_and_country_on_transactions_and_spanish_are_read():
    run(real_file("real/usaid-bo.xml"), "--commit")
    project = Project.objects.get(iati_identifier="US-GOV-1-511-A-00-05-00284-00")
    assert (project.title, project.status, project.modality) == ("Political Parties", "in_execution", "bilateral")
    assert (project.start, project.end) == ("2012-10-01", "2013-09-30")
    assert ("beneficiary", "Bolivia (Plurinational State of)") in partners_of(project.iati_identifier)
    agricultural = Project.objects.get(title="Agricultural Sector Productivity")
    assert [theme.code for theme in agricultural.themes.all()] == ["agriculture"]

    run(real_file("real/bcie-2025-12-18.xml"), "--commit")
    project = Project.objects.get(iati_identifier="XM-DAC-46007-500179")
    assert project.title.startswith("Proyecto Construcción del Corredor Logístico")
    assert partners_of(project.iati_identifier) == [
        ("implementing", "Banco Centroamericano de Integración Económica"),
        ("beneficiary", "Honduras"),
    ]


@needs_data
def test_triangular_activities_can_be_published_at_once():
    lines = run(real_file("derived/ct8-who-bra.xml"), "--commit", "--publish")
    assert lines[-1] == "Written: 20 new (published), 0 changed."
    brazil = Project.objects.published().filter(iati_identifier__startswith="XM-DAC-928-BR")
    assert set(brazil.values_list("modality", flat=True)) == {"triangular"}


def test_the_fixtures_come_out_of_their_own_file_as_they_went_in(tmp_path):
    content = exported()
    path = tmp_path / "projects.xml"
    path.write_bytes(content)
    number = Project.objects.published().count()
    assert number >= 150
    assert run(path)[1] == f"{number} activities: 0 new, 0 changed, {number} unchanged, 0 skipped."
    delete_all_projects()
    lines = run(path, "--commit", "--publish")
    assert "Remarks:" not in lines
    assert lines[-1] == f"Written: {number} new (published), 0 changed."
    assert exported() == content
