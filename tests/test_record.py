"""What the database and the forms refuse, whoever writes; and the life of a record's address."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cooperation.models import (
    Contribution,
    Document,
    Evidence,
    FormerSlug,
    ForumRole,
    FundManager,
    Goal,
    Meeting,
    Membership,
    Participation,
    ProjectCitation,
)
from tests import builders

pytestmark = pytest.mark.django_db


def refused_by_database(constraint, save):
    """Whether saving without any validation fails on the constraint named."""
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        return constraint in str(error)
    return False


SCRIPT = "javascript:alert(document.cookie)"


@pytest.mark.parametrize(
    "address", [SCRIPT, "data:text/html,x", "ftp://example.org/", "//example.org", " https://x.org"]
)
def test_web_address_with_an_odd_scheme_is_refused_by_form_and_database(address):
    project = builders.make_project()
    saves = {
        "agency_website_web_only": lambda: builders.make_agency(website=address),
        "forum_website_web_only": lambda: builders.make_forum(website=address),
        "fund_website_web_only": lambda: builders.make_fund(website=address),
        "source_url_web_only": lambda: builders.make_source("Odd source", url=address),
        "source_archived_url_web_only": lambda: builders.make_source("Odd copy", archived_url=address),
        "document_url_web_only": lambda: Document.objects.create(project=project, title="Report", url=address),
    }
    for constraint, save in saves.items():
        assert refused_by_database(constraint, save), constraint
    agency = builders.make_agency()
    agency.website = address
    with pytest.raises(ValidationError) as error:
        agency.full_clean()
    assert "https://" in error.value.message_dict["website"][0]


def test_end_before_start_is_refused_by_form_and_database():
    assert refused_by_database("project_end_after_start", lambda: builders.make_project(start="2020-05", end="2020-04"))
    project = builders.make_project()
    project.start, project.end = "2020", "2019-12-31"
    with pytest.raises(ValidationError, match="The end is before the start"):
        project.full_clean()


@pytest.mark.parametrize(
    ("start", "end"), [("2019-03", "2019"), ("2019-03-12", "2019-03"), ("2019", "2019-01"), ("", "2019")]
)
def test_end_that_is_less_precise_than_its_start_is_accepted(start, end):
    builders.make_project(start=start, end=end).full_clean()


def test_partner_names_a_country_an_agency_or_an_organisation():
    project = builders.make_project()
    assert refused_by_database(
        "participation_names_someone", lambda: Participation.objects.create(project=project, role="provider")
    )
    with pytest.raises(ValidationError, match="Name a country, an agency or an organisation"):
        Participation(project=project, role="provider").full_clean()
    Participation(project=project, role="provider", organisation="UNOPS").full_clean()


def test_partner_stands_once_in_a_role_and_may_have_several_roles():
    project = builders.make_project(partners=[("provider", "THA")])
    thailand = builders.make_country("THA")
    assert refused_by_database(
        "participation_unique",
        lambda: Participation.objects.create(project=project, role="provider", country=thailand),
    )
    Participation.objects.create(project=project, role="funding", country=thailand)
    assert project.participations.count() == 2


def test_country_has_at_most_one_open_membership_in_a_forum():
    forum = builders.make_forum("Pacific Islands Forum", members=["FJI"])
    fiji = builders.make_country("FJI")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(forum=forum, country=fiji, kind="observer", joined="2020")
    with pytest.raises(ValidationError, match="already has an open membership"):
        Membership(forum=forum, country=fiji, kind="observer", joined="2020").full_clean()
    Membership.objects.create(forum=forum, country=fiji, joined="1971", left="2009")
    assert forum.memberships.count() == 2


def test_parts_of_forums_and_funds_name_someone():
    forum, fund = builders.make_forum(), builders.make_fund()
    assert refused_by_database("forum_role_names_someone", lambda: ForumRole.objects.create(forum=forum, role="host"))
    assert refused_by_database("fund_manager_names_someone", lambda: FundManager.objects.create(fund=fund))
    assert refused_by_database("contribution_names_someone", lambda: Contribution.objects.create(fund=fund))
    assert refused_by_database("meeting_has_date_or_edition", lambda: Meeting.objects.create(forum=forum))


def test_evidence_names_at_most_one_record():
    lesson, forum, fund = builders.make_lesson(), builders.make_forum(), builders.make_fund()
    assert refused_by_database(
        "evidence_names_one_record",
        lambda: Evidence.objects.create(lesson=lesson, position=1, forum=forum, fund=fund, shows="Both."),
    )
    Evidence.objects.create(lesson=lesson, position=2, shows="A figure.").full_clean()


def test_amount_needs_its_currency_and_is_not_negative():
    for fields in ({"budget_amount": 5}, {"budget_currency": "USD"}, {"budget_amount": -1, "budget_currency": "USD"}):
        assert refused_by_database(
            "project_budget_with_currency", lambda fields=fields: builders.make_project(**fields)
        )


def test_goals_are_numbered_1_to_17():
    assert refused_by_database("goal_number_1_to_17", lambda: Goal.objects.create(number=18, name="Goal 18"))


def test_two_countries_do_not_share_a_tile():
    builders.make_country("THA", tile_column=3, tile_row=4)
    fiji = builders.make_country("FJI")
    fiji.tile_column, fiji.tile_row = 3, 4
    with pytest.raises(ValidationError, match="Another country stands on this tile"):
        fiji.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        fiji.save()


def test_citation_of_an_unknown_fact_is_refused_with_those_that_are_known():
    project, source = builders.make_project(), builders.make_source()
    with pytest.raises(
        ValidationError, match=r"“colour” is not a fact of this record.* Choose one of: title, official_id"
    ):
        ProjectCitation(project=project, source=source, fact="colour").full_clean()


def test_saving_a_record_counts_its_versions():
    project = builders.make_project()
    first_change = project.updated
    project.title = "Another title"
    project.save(update_fields=["title"])
    project.refresh_from_db()
    assert (project.version, project.title) == (2, "Another title")
    assert project.updated > first_change


def test_former_address_of_a_record_is_not_given_to_another():
    agency = builders.make_agency("Chilean Agency", slug="agci", country=None)
    agency.slug = "agcid"
    agency.save()
    other = builders.make_agency("Other agency", slug="other", country=None)
    other.slug = "agci"
    with pytest.raises(ValidationError, match="belonged to another record"):
        other.full_clean()


def test_record_may_take_its_own_former_address_back():
    agency = builders.make_agency("Chilean Agency", slug="agci", country=None)
    for slug in ("agcid", "agci"):
        agency.slug = slug
        agency.full_clean()
        agency.save()
    assert list(FormerSlug.objects.values_list("slug", "current")) == [("agcid", "agci")]
