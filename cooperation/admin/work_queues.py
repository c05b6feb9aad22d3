"""What waits to be mended: the conditions, and the filters of the lists that find the records which meet them.

Each condition is one for a query of records. The filters and the counts on the first page both go by it, so that a
number there and the list it leads to agree.
"""

from datetime import timedelta

from django.contrib import admin
from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, StrIndex, Upper
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.history.past import OF_CONTENT
from cooperation.models import CheckResult, Document, Edit, Project
from cooperation.models.partial_date import PartialDateField


def sourced_rows(model):
    """One queryset for each kind of row that names a source for a record of `model`: citations, then sourced parts.

    Each is bound to the record of an outer query, for use in a subquery.
    """
    for relation in ("citations", *model.SOURCED_PARTS):
        rows = model._meta.get_field(relation).related_model
        yield rows.objects.filter(**{rows.owner: OuterRef("pk")}, source__isnull=False)


def has_source(model):
    return Q(*(Q(Exists(rows)) for rows in sourced_rows(model)), _connector=Q.OR)


def past_rows(model, **of_edit):
    """The copies that some edits left of the record of an outer query, the newest first."""
    rows = model.history.model.objects.filter(id=OuterRef("pk"), **of_edit)
    return rows.order_by("-edit_id", "-history_id")


def last_written_by(model, user):
    """Records of which `user` was the last to change what they say. Every change of a part saves its record too."""
    last = past_rows(model, edit__kind__in=OF_CONTENT).values("edit__by")[:1]
    return Q(Exact(Subquery(last), Value(user.pk)))


def in_review_since(model):
    """When a record in review was submitted; when it was last changed, if no step says so."""
    last = past_rows(model, edit__kind=Edit.Kind.STEP).values("edit__made")[:1]
    return Coalesce(Subquery(last), F("updated"), output_field=DateTimeField())


def confirmation_due():
    return Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=a_year_ago())


def a_year_ago():
    return timezone.localdate() - timedelta(days=365)


def past_end():
    """Projects that are said to run although their end has passed."""
    today = timezone.localdate().isoformat()
    # A project that ends “2026” or “2026-11” may run until the last day of that year or month.
    not_over = ["", today[:4], today[:7]]
    return Q(status=Project.Status.IN_EXECUTION, end__lt=today) & ~Q(end__in=not_over)


def sources_disagree(model):
    """Records of which two sources give different values for one fact.

    A less precise date agrees with a more precise one, as on the public page. What is stated of parts, or as a further
    fact, are several statements rather than several values.
    """
    citations = model._meta.get_field("citations").related_model
    facts = [model._meta.get_field(name) for name in model.FACTS if name != "further"]
    single = [fact for fact in facts if fact.concrete and not fact.many_to_many]
    dates = [fact.name for fact in single if isinstance(fact, PartialDateField)]
    first = citations.objects.filter(**{citations.owner: OuterRef("pk")}, fact__in=[fact.name for fact in single])
    mine, theirs = Upper("value"), Upper(OuterRef("value"), output_field=CharField())
    other = citations.objects.filter(
        # Each pair is looked at once.
        pk__gt=OuterRef("pk"),
        fact=OuterRef("fact"),
        **{citations.owner: OuterRef(citations.owner)},
    )
    other = other.exclude(value="").annotate(mine=mine, theirs=theirs).exclude(mine=F("theirs"))
    begins = Q(Exact(StrIndex("mine", F("theirs")), 1)) | Q(Exact(StrIndex(F("theirs"), F("mine")), 1))
    return Q(Exists(first.exclude(value="").filter(Exists(other.exclude(begins, fact__in=dates)))))


def document_broken():
    """Projects with a document whose address does not answer."""
    return Q(Exists(Document.objects.filter(project=OuterRef("pk"), check_result=CheckResult.BROKEN)))


class QueueFilter(admin.SimpleListFilter):
    """A filter whose every choice is a condition: `conditions(request, model)` gives them by choice."""

    def queryset(self, request, queryset):
        condition = self.conditions(request, queryset.model).get(self.value())
        return queryset if condition is None else queryset.filter(condition)


class SourcesFilter(QueueFilter):
    """Records of which nothing, or at least something, is stated with a source."""

    title = _("sources")
    parameter_name = "sources"

    def lookups(self, request, model_admin):
        return [("none", _("No source")), ("some", _("At least one source"))]

    def conditions(self, request, model):
        return {"none": ~has_source(model), "some": has_source(model)}


class ConfirmedFilter(QueueFilter):
    """Records by the day on which somebody last held them against their sources."""

    title = _("confirmed")
    parameter_name = "confirmed"

    def lookups(self, request, model_admin):
        return [
            ("due", _("Never, or over a year ago")),
            ("never", _("Never")),
            ("over_a_year_ago", _("Over a year ago")),
            ("within_a_year", _("Within a year")),
        ]

    def conditions(self, request, model):
        return {
            "due": confirmation_due(),
            "never": Q(confirmed_on__isnull=True),
            "over_a_year_ago": Q(confirmed_on__lt=a_year_ago()),
            "within_a_year": Q(confirmed_on__gte=a_year_ago()),
        }


class MineFilter(QueueFilter):
    """Records that the curator who looks was the last to write."""

    title = _("last written by")
    parameter_name = "written"

    def lookups(self, request, model_admin):
        return [("by_me", _("Me"))]

    def conditions(self, request, model):
        return {"by_me": last_written_by(model, request.user)}


class ReviewAgeFilter(QueueFilter):
    """Records in review by the time they have waited."""

    title = _("in review")
    parameter_name = "in_review"

    def lookups(self, request, model_admin):
        return [("over_a_week", _("For over a week")), ("over_a_month", _("For over a month"))]

    def queryset(self, request, queryset):
        days = {"over_a_week": 7, "over_a_month": 30}.get(self.value())
        if days is None:
            return queryset
        waiting = queryset.filter(publication_status="in_review").alias(since=in_review_since(queryset.model))
        return waiting.filter(since__lt=timezone.now() - timedelta(days=days))


class DisagreeFilter(QueueFilter):
    """Records of which two sources give different values for one fact."""

    title = _("agreement of sources")
    parameter_name = "sources_say"

    def lookups(self, request, model_admin):
        return [("different", _("Two sources disagree"))]

    def conditions(self, request, model):
        return {"different": sources_disagree(model)}


class PastEndFilter(QueueFilter):
    """Projects that are said to run although their end has passed."""

    title = _("dates")
    parameter_name = "dates"

    def lookups(self, request, model_admin):
        return [("past_end", _("Running but past its end"))]

    def conditions(self, request, model):
        return {"past_end": past_end()}


class BrokenLinkFilter(QueueFilter):
    """Projects with a document whose address does not answer."""

    title = _("documents")
    parameter_name = "documents"

    def lookups(self, request, model_admin):
        return [("broken", _("A document does not answer"))]

    def conditions(self, request, model):
        return {"broken": document_broken()}


class AuthorFilter(QueueFilter):
    """Pending changes of the curator who looks, or of the others."""

    title = _("author")
    parameter_name = "author"

    def lookups(self, request, model_admin):
        return [("me", _("Me")), ("others", _("Others"))]

    def conditions(self, request, model):
        mine = Q(by=request.user)
        # Also those of an account that is gone.
        return {"me": mine, "others": ~mine | Q(by=None)}
