"""What the list and the detail page of each record type show."""

from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from cooperation import filters
from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Lesson,
    Milestone,
    PartnerRole,
    Project,
    Source,
)
from cooperation.references import backed_by
from cooperation.views.generic import RecordDetail, RecordList, list_address, related, taken_away

PARTNERS_IN_SIGHT = 12


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
        return {"partner_claims": references.claims_on("participations")}

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
    intro = _("Where countries meet and cooperate, who belongs to them and when they last met.")


class ForumDetail(RecordDetail):
    model = Forum

    def sections(self, record, references):
        return {
            "roles": [role for role in references.mark(record.roles.all()) if role.names_someone],
            "members": references.mark(record.memberships.all()),
            "present_count": record.memberships.present().count(),
            "member_claims": references.claims_on("memberships"),
            "meetings": references.mark(reversed(record.meetings.all())),
            "meeting_claims": references.claims_on("meetings"),
            "funds": related(Fund, forum=record.slug),
            "projects": related(Project, forum=record.slug, sort="title"),
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
    intro = _("Countries and areas, in both of their roles: those that give and those that receive.")

    def records(self, ids):
        counts, countries = filters.project_counts(), super().records(ids)
        for country in countries:
            country.project_count = counts.get(country.pk, 0)
        return countries


def shared_projects(country, partner):
    """The address of the projects in which both take part."""
    return list_address(Project, country=[country.iso3, partner.iso3], country_match="all")


class CountryDetail(RecordDetail):
    model = Country

    def sections(self, record, references):
        by_role, shared = filters.projects_of(record)
        partners = sorted(Country.objects.filter(pk__in=shared), key=lambda each: (-shared[each.pk], each.name))
        memberships = record.memberships.of_published().select_related("forum", "source")
        return {
            "roles": [
                (role.label, by_role[role], list_address(Project, country=record.iso3, role=role.value))
                for role in PartnerRole
                if role in by_role
            ],
            "partners": [
                (each.name, each.portal_region, shared[each.pk], shared_projects(record, each))
                for each in partners[:PARTNERS_IN_SIGHT]
            ],
            "projects": related(Project, country=record.iso3, sort="title"),
            "agencies": related(Agency, country=record.iso3),
            "memberships": list(memberships.order_by("forum__name")),
            "forum_roles": list(record.forum_roles.of_published().select_related("forum").order_by("role", "start")),
            "hosted": list(
                record.hosted_meetings.of_published().held().select_related("forum").order_by("-date", "-id")
            ),
            "funds": related(Fund, country=record.iso3),
            "milestones": related(Milestone, country=record.iso3),
        }


class MilestoneList(RecordList):
    filterset_class = filters.MilestoneFilterSet
    template_name = "cooperation/milestone_list.html"
    intro = _("The history that today’s platforms stand on, with dates as precise as the sources give them.")


class MilestoneDetail(RecordDetail):
    model = Milestone

    def sections(self, record, references):
        return {"lessons": lessons_backed_by(evidence__milestone=record)}


class LessonList(RecordList):
    filterset_class = filters.LessonFilterSet
    template_name = "cooperation/lesson_list.html"
    intro = _("What keeps cooperation between the two regions alive: claim by claim, with what the sources say.")


class LessonDetail(RecordDetail):
    model = Lesson

    def lead(self, record, references):
        return {
            "claims": references.mark(record.claims.all()),
            "evidence": [
                piece
                for piece in references.mark(record.evidence.all())
                if piece.record is not None or not piece.names_record
            ],
        }


class SourceList(RecordList):
    filterset_class = filters.SourceFilterSet
    intro = _("Every page, document and dataset on which a published fact rests.")


class SourceDetail(DetailView):
    model = Source
    context_object_name = "record"
    template_name = "cooperation/source_detail.html"
    slug_url_kwarg = "public_id"

    def get_queryset(self):
        return Source.objects.published()

    def get_context_data(self, **kwargs):
        return {
            **super().get_context_data(**kwargs),
            "backed": backed_by(self.object),
            "names": Source._meta,
            "list_url": list_address(Source),
            **taken_away(self.request, self.object, []),
        }
