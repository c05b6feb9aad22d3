"""Our own files: imported into the registry they came from they change nothing, into an empty one they restore it."""

import pytest

from cooperation.imports.carry_out_iati import carry_out
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import plan
from cooperation.imports.read_iati import read_activities
from cooperation.models import Agency, Document, Forum, Participation, Project
from tests.builders import (
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_goal,
    make_instrument,
    make_project,
    make_theme,
)
from tests.iati_files import delete_all_projects, exported, tree_of

pytestmark = pytest.mark.django_db


def planned(content):
    known = read_known()
    return plan(read_activities(tree_of(content), known), known)


def plan_of(content):
    (row,) = planned(content)
    return row


def changes_of(row):
    return [(change.label, change.old, change.new) for change in row.changes]


@pytest.fixture
def project():
    """A project with everything that a record can have."""
    project = make_project(
        "Cotton, Piura & Tonga",
        themes=["Agriculture", "Trade"],
        slug="piura-tonga-cotton",
        summary="Two exchanges.\r\nA year.",
        note="The sources disagree.",
        official_id="SME 01 2018",
        iati_identifier="PE-APCI-17",
        modality="regional",
        status="approved",
        start="2019-06",
        end="2019",
        budget_amount="275525.10",
        budget_currency="USD",
        confirmed_on="2026-10-01",
        forum=make_forum(slug="fealac"),
        fund=make_fund(),
    )
    project.goals.add(make_goal(17))
    project.instruments.add(make_instrument("Training"))
    apci = make_agency("Agencia Peruana de Cooperación Internacional", "PER", slug="apci")
    rows = (
        {"role": "pivotal", "country": make_country("PER"), "agency": apci, "start": "2019", "end": "2020-03"},
        {"role": "provider", "agency": apci, "organisation": "Cotton unit", "organisation_ref": "PE-RUC-1"},
        {"role": "beneficiary", "country": make_country("TON")},
        {"role": "partner", "organisation": "Cotton Board", "organisation_ref": "PE-2", "organisation_type": "22"},
        {"role": "implementing", "country": make_country("PER"), "organisation": "Ministry of Agriculture"},
    )
    for row in rows:
        Participation.objects.create(project=project, **row)
    Document.objects.create(
        project=project, title="Convenio", url="https://apci.gob.pe/a?b[]=1", category="A09", language="es"
    )
    Project.objects.filter(pk=project.pk).update(created="2025-05-04T03:02:01Z", updated="2026-11-02T10:20:30.000005Z")
    return Project.objects.get(pk=project.pk)


def test_a_whole_record_comes_out_of_its_file_as_it_went_in(project):
    parts = list(Participation.objects.values_list("role", "country", "agency", "organisation", "start", "end"))
    content = exported()
    delete_all_projects()
    (row,) = planned(content)
    assert (row.outcome, row.slug, row.remarks) == ("new", "piura-tonga-cotton", [])
    carry_out([row], publish=True)
    restored = Project.objects.get()
    kept = [field.attname for field in Project._meta.fields if field.name not in ("id", "created")]
    assert {name: getattr(restored, name) for name in kept} == {name: getattr(project, name) for name in kept}
    assert list(Participation.objects.values_list("role", "country", "agency", "organisation", "start", "end")) == parts
    assert exported() == content


def test_a_record_of_which_nothing_is_stated_comes_out_as_it_went_in():
    bare = make_project("Coral reefs", start="", end="")
    Project.objects.filter(pk=bare.pk).update(created="2025-05-04T03:02:01Z", updated="2026-11-02T10:20:30Z")
    content = exported()
    delete_all_projects()
    carry_out(planned(content), publish=True)
    restored = Project.objects.get()
    assert (restored.summary, restored.status, restored.start, restored.budget_amount) == ("", "", "", None)
    assert not restored.participations.exists()
    assert exported() == content


def test_the_file_of_a_registry_changes_nothing_in_it(project):
    assert plan_of(exported()).outcome == "unchanged"


def test_what_the_public_does_not_see_stays_though_the_file_does_not_have_it(project):
    Participation.objects.create(project=project, role="funding", agency=Agency.objects.get(), start="2018")
    Agency.objects.update(publication_status="draft")
    Forum.objects.update(publication_status="draft")
    row = plan_of(exported())
    assert (row.outcome, changes_of(row)) == ("unchanged", [])


def test_an_older_file_takes_the_record_back_and_says_so(project):
    content = exported()
    project.summary, project.end, project.forum, project.modality = "", "2021", None, "bilateral"
    project.save()
    project.themes.set([make_theme("Water")])
    project.participations.filter(role="beneficiary").delete()
    project.participations.filter(role="pivotal").update(end="")
    Participation.objects.create(project=project, role="funding", country=make_country("CHL"))
    Document.objects.update(title="Agreement")
    Document.objects.create(project=project, title="Report", url="https://apci.gob.pe/b", category="A08")
    row = plan_of(content)
    pivotal = "Pivotal partner: Agencia Peruana de Cooperación Internacional, Peru (from 2019{})"
    assert changes_of(row) == [
        ("summary", "", "Two exchanges.\r\nA year."),
        ("modality", "Bilateral", "Regional"),
        ("end", "2021", "2019"),
        ("forum", "", "Forum for East Asia-Latin America Cooperation"),
        ("themes", "Water", "Agriculture, Trade"),
        ("partner", pivotal.format(""), pivotal.format(", until March 2020")),
        ("partner", "", "Beneficiary: Tonga"),
        ("partner", "Funder: Chile", ""),
        (
            "document",
            "Agreement (A09, es, https://apci.gob.pe/a?b[]=1)",
            "Convenio (A09, es, https://apci.gob.pe/a?b[]=1)",
        ),
        ("document", "Report (A08, https://apci.gob.pe/b)", ""),
    ]
    (remark,) = row.remarks
    assert remark.what == "The record was changed in the registry after the file was made"
    pivotal_row = project.participations.get(role="pivotal").pk
    carry_out([row])
    assert project.participations.get(role="pivotal").pk == pivotal_row
    assert plan_of(content).outcome == "unchanged"
    assert Project.objects.get().is_published


def test_a_modality_is_never_taken_away(project):
    content = exported().replace(b'code="modality-regional"', b'code="other-regional"')
    assert plan_of(content).outcome == "unchanged"
