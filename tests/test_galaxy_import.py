"""Real tables of others, imported without a mapping by hand: the Galaxy of South-South cooperation, the World Bank."""

from collections import Counter

import pytest
from django.contrib.auth.models import User

from cooperation.history import undo
from cooperation.imports.carry_out_tables import carry_out_tables
from cooperation.models import Document, Project
from tests.iati_files import DATA, needs_data
from tests.table_files import plan_of, whole_registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded"), needs_data]

WORLD_BANK = sorted((DATA / "projects" / "worldbank").glob("*.xlsx"))


@pytest.fixture
def user():
    return User.objects.create_user("ana.ruiz")


@pytest.fixture(scope="module")
def galaxy():
    return (DATA / "projects" / "undp_southsouth_galaxy_viz_dev.csv").read_bytes()


def test_the_headers_of_the_galaxy_are_known_and_the_rest_is_named(galaxy):
    uses = {use.header: use.column for use in plan_of(galaxy).headers}
    assert uses == {
        "Number": "official_id",
        "Project Name": "title",
        "Links": "documents",
        "Description": "summary",
        "Host/Recipient Country/ies": "partner_beneficiary",
        "Provider Country/ies": "partner_provider",
        "Regions Involved": "",
        "Entity/ies Supporting and/or Implementing": "bodies",
        "Is the private sector involved?": "",
        "Does it involve LDCs?": "",
        "UNDP as Implementor": "",
        "UNDP as Donor": "",
        "Start year": "start",
        "End year": "end",
        "Thematic Areas": "themes",
        "Sub-thematic areas": "themes",
        "Primary SDG Contribution": "goals",
        "Secondary SDG Contribution": "goals",
    }


def test_the_galaxy_comes_in_as_drafts_and_a_second_time_changes_nothing(galaxy, user):
    published = Project.objects.published().count()
    plan = plan_of(galaxy)
    assert Counter(row.outcome for row in plan.rows) == {"new": 137}
    carry_out_tables(plan, user, "galaxy.csv")
    assert Project.objects.published().count() == published
    rice = Project.objects.get(title="New Rice for Africa (NERICA)")
    assert (rice.slug, rice.publication_status, rice.official_id, rice.start, rice.end) == (
        "new-rice-for-africa-nerica",
        "draft",
        "3",
        "1991",
        "2016",
    )
    assert sorted(rice.goals.values_list("number", flat=True)) == [1, 2, 4, 5, 17]
    assert rice.participations.filter(role="beneficiary").count() == 15
    assert set(
        rice.participations.exclude(role="beneficiary").values_list("role", "country__iso3", "agency__slug")
    ) >= {
        ("provider", "JPN", None),
        ("partner", "JPN", None),
    }
    assert Document.objects.get(project=rice).url.endswith("/detail/new-rice-for-africa-nerica")
    assert Counter(row.outcome for row in plan_of(galaxy).rows) == {"unchanged": 137}


def test_what_the_galaxy_says_and_the_registry_does_not_know_is_told_with_its_column(galaxy):
    told = {(header, sentence) for row in plan_of(galaxy).rows for header, sentence in row.reasons}
    themes = "Thematic Areas / Sub-thematic areas"
    assert (themes, "The registry has no theme “Poverty and Inequality”: left out.") in told
    assert ("End year", "“Present” is no date: the field is left as it is.") in told


def test_the_galaxy_undone_leaves_the_registry_as_it_was(galaxy, user):
    before = whole_registry()
    edit = carry_out_tables(plan_of(galaxy), user, "galaxy.csv")
    undo(edit, user, "The wrong file")
    assert whole_registry() == before


@pytest.mark.parametrize("path", WORLD_BANK[:3], ids=lambda path: path.stem)
def test_a_download_of_the_world_bank_is_read_without_a_mapping(path, user):
    content = path.read_bytes()
    plan = plan_of(content)
    uses = {use.header: use.column for use in plan.headers}
    assert [uses[header] for header in ("Project Id", "Project Name", "Country", "Board Approval Date")] == [
        "official_id",
        "title",
        "partner_partner",
        "start",
    ]
    numbers = Counter(row.outcome for row in plan.rows)
    assert numbers["new"] > 0.98 * len(plan.rows)
    assert set(numbers) <= {"new", "error"}
    assert all(row.reasons for row in plan.rows if row.outcome == "error")
    carry_out_tables(plan, user, path.name)
    again = Counter(row.outcome for row in plan_of(content).rows)
    assert again == {**({"error": numbers["error"]} if numbers["error"] else {}), "unchanged": numbers["new"]}
