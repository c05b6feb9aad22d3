"""One full record of every public type, with parts and citations: what the contract tests go by."""

from django.urls import reverse

from cooperation.models import (
    Agency,
    AgencyRole,
    Claim,
    Contribution,
    Country,
    CountryCitation,
    Document,
    Evidence,
    Forum,
    ForumRole,
    Fund,
    FundManager,
    Lesson,
    Meeting,
    Membership,
    Milestone,
    Participation,
    Project,
    Source,
)
from tests import builders

ISO_CODES = ("THA", "COL", "FJI", "PER", "IDN", "CHL")


def list_url(model):
    """The address of the public list of `model`."""
    return reverse(f"{model._meta.model_name}_list")


def cite(record, fact, source, value=""):
    """A citation of `record`."""
    return record.citations.create(fact=fact, source=source, value=value)


def add_parts(record, number, partner=None):
    """Give `record` `number` parts of each kind it has. `partner` is the agency that they name."""
    source = builders.make_source(
        f"Source {number} of {record.public_id}", slug=f"source-of-{record.public_id}".lower()
    )
    for index in range(number):
        country = builders.make_country(ISO_CODES[index])
        part_source = builders.make_source(
            f"{record.public_id} part {index}", slug=f"{record.public_id}-{index}".lower()
        )
        cite(record, "further", part_source, f"Statement {index} on the record.")
        if isinstance(record, Project):
            Participation.objects.create(
                project=record, role="provider", country=country, agency=partner, source=part_source
            )
            Document.objects.create(
                project=record,
                title=f"Report {index}",
                url=f"https://www.unescap.org/report-{index}",
                category=Document.Category.RESULTS,
                source=part_source,
            )
            record.themes.add(builders.make_theme(f"Theme {index}"))
        elif isinstance(record, Forum):
            Membership.objects.create(forum=record, country=country, source=part_source)
            ForumRole.objects.create(forum=record, role="host", country=country, agency=partner, source=part_source)
            meeting = Meeting.objects.create(
                forum=record,
                edition=f"{index + 1}st Meeting",
                date=f"20{10 + index}",
                country=country,
                source=part_source,
            )
            meeting.hosts.add(country)
        elif isinstance(record, Fund):
            manager = partner if index == 0 else None
            FundManager.objects.create(
                fund=record, agency=manager, organisation="" if manager else f"Bank {index}", source=part_source
            )
            Contribution.objects.create(fund=record, country=country, source=part_source)
        elif isinstance(record, Agency):
            AgencyRole.objects.create(agency=record, role=("provider", "funding", "pivotal")[index], source=part_source)
        elif isinstance(record, Lesson):
            Claim.objects.create(
                lesson=record, position=index, claim=f"Claim {index}", verdict="confirmed", finding="It is so."
            )
            Evidence.objects.create(lesson=record, position=index, agency=partner, shows=f"It shows {index}.")
    for fact in record.FACTS[:1]:
        cite(record, fact, source)
    return record


BUILDERS = {
    Project: builders.make_project,
    Agency: builders.make_agency,
    Forum: builders.make_forum,
    Fund: builders.make_fund,
    Milestone: builders.make_milestone,
    Lesson: builders.make_lesson,
}


def make_record(model, number=0, parts=1, partner=None, **fields):
    """The `number`-th full record of `model`, with `parts` parts of each kind."""
    if model is Country:
        record = builders.make_country(ISO_CODES[number])
    elif model is Source:
        record = builders.make_source(f"Report number {number}")
        for index in range(parts):
            cite(builders.make_milestone(f"Milestone {index} of source {number}"), "title", record)
        return record
    else:
        record = BUILDERS[model](f"{model.__name__} number {number}", **fields)
    return add_parts(record, parts, partner)


def make_one_of_each():
    """A published record of every public type, linked to each other where their models allow it."""
    agency = make_record(Agency)
    forum = make_record(Forum, partner=agency)
    fund = make_record(Fund, partner=agency, forum=forum)
    project = make_record(Project, partner=agency, forum=forum, fund=fund)
    milestone = make_record(Milestone, forum=forum, country=builders.make_country("IDN"))
    lesson = make_record(Lesson, partner=agency)
    country = builders.make_country("THA")
    source = builders.make_source("UN M49 list", publisher="United Nations")
    CountryCitation.objects.create(country=country, fact="name", source=source, value="Thailand")
    return [agency, forum, fund, project, milestone, lesson, country, source]
