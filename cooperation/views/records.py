"""What the list and the detail page of each record type show."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from cooperation import filters
from cooperation.filters.as_of import AsOfForm
from cooperation.models import (
    Agency,
    Country,
    Evidence,
    Forum,
    Fund,
    Lesson,
    Milestone,
    Project,
    Source,
)
from cooperation.pictures.figures import figure
from cooperation.pictures.members import members_of
from cooperation.pictures.partners import map_of_partners
from cooperation.pictures.pulse import read_pulses
from cooperation.references import backed_by
from cooperation.views import country_page
from cooperation.views.generic import RecordDetail, RecordList, list_address, related, taken_away


def lessons_backed_by(**evidence):
    """The public lessons that name a record as evidence, for example `evidence__forum=forum`."""
    return list(Lesson.objects.published().filter(**evidence).distinct())


class ProjectList(RecordList):
    filterset_class = filters.ProjectFilterSet
    intro = _("Cooperation activities with named partners, each in its role.")


class ProjectDetail(RecordDetail):
    model = Project

    def lead(self, record, references):
        references.mark(record.participations.all())
        return {
            "partner_claims": references.claims_on("participations"),
            "map": map_of_partners(record.participations.all()),
        }

    def sections(self, record, references):
        return {
            "documents": references.mark(record.documents.all()),
            "lessons": lessons_backed_by(evidence__project=record),
        }


class AgencyList(RecordList):
    filterset_class = filters.AgencyFilterSet
    intro = _("Bodies that provide, receive, fund or organise cooperation.")


class AgencyDetail(RecordDetail):
    model = Agency

    def sections(self, record, references):
        return {
            "roles": references.mark(record.roles.all()),
            "projects": related(Project, agency=record.slug, sort="title"),
            "funds": related(Fund, agency=record.slug),
            "forum_roles": list(record.forum_roles.of_published().select_related("forum")),
            "children": list(record.children.published().order_by("name")),
            "lessons": lessons_backed_by(evidence__agency=record),
        }


class ForumList(RecordList):
    filterset_class = filters.ForumFilterSet
    template_name = "cooperation/forum_list.html"
    intro = _("Where countries meet and cooperate, who belongs to them, when they last met and whether they live.")


class ForumDetail(RecordDetail):
    model = Forum
    parameters = AsOfForm.parameters

    def lead(self, record, references):
        return {"pulse": read_pulses([record], timezone.now().date())[record.pk]}

    def sections(self, record, references):
        as_of = AsOfForm(self.request.GET)
        return {
            "as_of": as_of,
            "roles": [role for role in references.mark(record.roles.all()) if role.names_someone],
            "members": members_of(record, references.mark(record.memberships.all()), as_of.year),
            "member_claims": references.claims_on("memberships"),
            "meetings": references.mark(reversed(record.meetings.all())),
            "meeting_claims": references.claims_on("meetings"),
            "funds": related(Fund, forum=record.slug),
            "projects": related(Project, 5, forum=record.slug, sort="title"),
            "milestones": related(Milestone, forum=record.slug),
            "lessons": lessons_backed_by(evidence__forum=record),
        }


class FundList(RecordList):
    filterset_class = filters.FundFilterSet
    intro = _("Money set aside for cooperation: who manages it and who pays in.")


class FundDetail(RecordDetail):
    model = Fund

    def sections(self, record, references):
        return {
            "managers": [each for each in references.mark(record.managers.all()) if each.names_someone],
            "manager_claims": references.claims_on("managers"),
            "contributions": references.mark(record.contributions.all()),
            "contribution_claims": references.claims_on("contributions"),
            "projects": related(Project, fund=record.slug, sort="title"),
            "lessons": lessons_backed_by(evidence__fund=record),
        }


class CountryList(RecordList):
    filterset_class = filters.CountryFilterSet
    template_name = "cooperation/country_list.html"
    intro = _("Countries and areas, in both of their roles: those that give and those that receive.")

    def records(self, ids):
        counts, countries = filters.project_counts(), super().records(ids)
        for country in countries:
            country.project_count = counts.get(country.pk, 0)
        return countries


class CountryDetail(RecordDetail):
    model = Country

    def lead(self, record, references):
        return country_page.read_lead(record)

    def sections(self, record, references):
        return {
            **country_page.read_sections(record, references),
            "lessons": lessons_backed_by(evidence__country=record),
        }


class MilestoneList(RecordList):
    filterset_class = filters.MilestoneFilterSet
    intro = _("The history that today’s platforms stand on, with dates as precise as the sources give them.")


class MilestoneDetail(RecordDetail):
    model = Milestone

    def sections(self, record, references):
        return {"lessons": lessons_backed_by(evidence__milestone=record)}


class LessonList(RecordList):
    filterset_class = filters.LessonFilterSet
    template_name = "cooperation/lesson_list.html"
    intro = _("Which platforms last, and why: what keeps cooperation between the two regions alive, claim by claim.")

    def lead(self):
        return {"platforms": figure(Evidence.Figure.PLATFORMS)}


class LessonDetail(RecordDetail):
    model = Lesson

    def lead(self, record, references):
        return {
            "claims": references.mark(record.claims.all()),
            "evidence": [
                (piece, figure(piece.figure) if piece.figure else [])
                for piece in references.mark(record.evidence.all())
                if piece.record is not None or not piece.names_record
            ],
        }


class SourceList(RecordList):
    filterset_class = filters.SourceFilterSet
    intro = _("Every page, document and dataset on which a published fact rests.")


class SourceDetail(RecordDetail):
    model = Source

    def get_context_data(self, **kwargs):
        return {
            **DetailView.get_context_data(self, **kwargs),  # a source has no sources itself
            "backed": backed_by(self.object),
            "names": Source._meta,
            "list_url": list_address(Source),
            **taken_away(self.request, self.object, []),
        }
