"""What the portal publishes today, held against the schema, the rules and the codelists of IATI 2.03."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from cooperation.exports.statement import Statement
from cooperation.exports.write_iati import write_iati
from cooperation.models import Country, Goal, Instrument, Participation, Project, Theme
from tests import builders
from tests.iati_standard import codes, faults, judge, needs_standard, schema_faults, unknown_codes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

SITE = "https://portal.example.org"


def tree(projects):
    made = datetime(2026, 11, 24, tzinfo=UTC)
    statement = Statement("Projects", len(projects), made, f"{SITE}/projects/", SITE)
    return etree.ElementTree(etree.fromstring(b"".join(write_iati(statement, [project.pk for project in projects]))))


@pytest.fixture
def published():
    return list(Project.objects.published().order_by("title", "pk"))


def test_file_of_all_projects_is_valid(published):
    file = tree(published)
    assert schema_faults(file) == []
    assert [address.rpartition("/projects/")[2] for address in file.xpath("//@linked-data-uri")] == [
        f"{project.slug}/" for project in published
    ]


@needs_standard
def test_file_of_all_projects_breaks_no_rule(published):
    assert judge().broken(tree(published)) == []


@needs_standard
def test_all_codes_of_that_file_are_official(published):
    file = tree(published)
    assert unknown_codes(file) == set()
    checked = {name for _code, name in codes(file)}
    assert checked >= {"ActivityDateType", "ActivityStatus", "AidType", "CollaborationType", "Country", "Currency"}
    assert checked >= {"DescriptionType", "DocumentCategory", "FileFormat", "OrganisationRole", "OrganisationType"}
    assert checked >= {"Sector", "SectorVocabulary", "TagVocabulary", "UNSDG-Goals", "Version"}


@needs_standard
def test_every_country_and_area_has_an_official_code():
    project = builders.make_project("Every country")
    for country in Country.objects.all():
        Participation.objects.create(project=project, role="beneficiary", country=country)
    file = tree([project])
    assert faults(file) == []
    assert unknown_codes(file) == set()
    assert len(file.findall(".//recipient-country")) == Country.objects.count()


@needs_standard
def test_every_word_of_the_vocabularies_has_official_codes():
    project = builders.make_project("Every word")
    project.themes.set(Theme.objects.all())
    project.goals.set(Goal.objects.all())
    projects = [project]
    for instrument in Instrument.objects.all():
        projects.append(builders.make_project(instrument.name))
        projects[-1].instruments.set([instrument])
    file = tree(projects)
    assert faults(file) == []
    assert unknown_codes(file) == set()
    aid_types = Instrument.objects.exclude(aid_type="").values_list("aid_type", flat=True)
    assert sorted(file.xpath("//default-aid-type/@code")) == sorted(aid_types)
