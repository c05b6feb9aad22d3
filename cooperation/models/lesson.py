"""Lessons: what keeps platforms between the regions alive, claim by claim, with the evidence."""

from collections import Counter
from itertools import combinations
from typing import Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from cooperation.models.agency import Agency
from cooperation.models.country import Country
from cooperation.models.forum import Forum
from cooperation.models.fund import Fund
from cooperation.models.milestone import Milestone
from cooperation.models.project import Project
from cooperation.models.record import Record, RecordQuerySet
from cooperation.models.source import Citation, SourcedPart

# A piece of evidence is one of these.
EVIDENCE_RECORDS = ("forum", "milestone", "agency", "project", "fund", "country")


class LessonQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.prefetch_related("claims")

    def for_detail(self) -> Self:
        return self.prefetch_related(
            "citations__source",
            "claims__source",
            Prefetch(
                "evidence",
                Evidence.objects.select_related("source", "country").prefetch_related(
                    Prefetch("forum", Forum.objects.published()),
                    Prefetch("milestone", Milestone.objects.published()),
                    Prefetch("agency", Agency.objects.published()),
                    Prefetch("project", Project.objects.published()),
                    Prefetch("fund", Fund.objects.published()),
                ),
            ),
        )


class Lesson(Record):
    """A lesson on how cooperation between regions lasts, with its claims and the evidence for them."""

    FACTS = ("title", "summary", "text", "claims", "evidence", "further")
    SOURCED_PARTS = ("claims", "evidence")
    SEARCH_KEYS = ("slug", "title")
    SEARCH_NAMES = ("title",)
    SEARCH_TEXTS = ("summary", "text", "claims__claim", "claims__finding", "note")

    title = models.CharField(_("title"), max_length=200, help_text=_("Example: Champion countries."))
    summary = models.TextField(_("summary"), help_text=_("What the lesson says, in two to four sentences."))
    text = models.TextField(_("text"), blank=True, help_text=_("What the evidence shows and what it does not show."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Order on the page of lessons."))

    objects = LessonQuerySet.as_manager()

    @property
    def verdicts_in_words(self):
        """“Of 5 claims: 3 confirmed, 1 partly confirmed, 1 not correct”; "" without claims."""
        counts = Counter(claim.verdict for claim in self.claims.all())
        if not counts:
            return ""
        words = ngettext("Of %(count)s claim: %(verdicts)s", "Of %(count)s claims: %(verdicts)s", counts.total())
        verdicts = [f"{counts[each]} {each.in_a_sentence}" for each in Claim.Verdict if counts[each]]
        return words % {"count": counts.total(), "verdicts": ", ".join(verdicts)}

    class Meta(Record.Meta):
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["position", "id"]

    def __str__(self):
        return self.title


class Claim(SourcedPart):
    """One claim of a lesson, and what the sources say of it."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        PARTLY_CONFIRMED = "partly_confirmed", _("Partly confirmed")
        NOT_CONFIRMED = "not_confirmed", _("Not confirmed")
        DISPUTED = "disputed", _("Sources disagree")
        WRONG = "wrong", _("Not correct")

        @property
        def in_a_sentence(self):
            return pgettext("verdict", "disputed") if self == self.DISPUTED else self.label.lower()

    owner = "lesson"

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="claims", verbose_name=_("lesson"))
    position = models.PositiveSmallIntegerField(_("position"))
    claim = models.CharField(_("claim"), max_length=300)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    finding = models.TextField(_("finding"), help_text=_("What the sources say, in one sentence."))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["lesson", "position"], name="claim_unique")]

    def __str__(self):
        return self.claim


class Evidence(SourcedPart):
    """A record that backs a lesson, or a figure computed from the registry, which names no record."""

    class Support(models.TextChoices):
        DIRECT = "direct", _("Direct")
        PARTIAL = "partial", _("Partial")

    class Figure(models.TextChoices):
        INCOME_ASIA_PACIFIC = "income_asia_pacific", _("Income groups of Asia-Pacific")
        INCOME_LAC = "income_lac", _("Income groups of Latin America and the Caribbean")
        SMALL_ISLANDS = "small_islands", _("Small island developing States of each region")
        AGENCIES = "agencies", _("National cooperation agencies of each region")
        CHAMPIONS = "champions", _("Countries that carry forums")
        FOUNDATIONS = "foundations", _("Foundations of forums over time")
        PLATFORMS = "platforms", _("State of the platforms between the two regions")
        DOUBLE_MEMBERS = "double_members", _("Double members of platforms between the two regions")
        PROJECTS_BY_FORUM = "projects_by_forum", _("Interregional projects of each forum")

    owner = "lesson"

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="evidence", verbose_name=_("lesson"))
    position = models.PositiveSmallIntegerField(_("position"))
    forum = models.ForeignKey(
        Forum, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("forum")
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("milestone")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("agency")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("project")
    )
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("fund")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("country or area")
    )
    figure = models.CharField(
        _("figure"),
        max_length=20,
        choices=Figure,
        blank=True,
        help_text=_("For evidence without a record: what the portal counts today beside what the source says."),
    )
    shows = models.TextField(_("what it shows"), help_text=_("One sentence."))
    support = models.CharField(_("support"), max_length=10, choices=Support, default=Support.DIRECT)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "position"], name="evidence_unique"),
            models.CheckConstraint(
                condition=~Q(
                    *(
                        Q(**{f"{one}__isnull": False, f"{other}__isnull": False})
                        for one, other in combinations(EVIDENCE_RECORDS, 2)
                    ),
                    _connector=Q.OR,
                ),
                name="evidence_names_one_record",
                violation_error_message=_("Name one record, or none for a figure."),
            ),
            models.CheckConstraint(
                condition=Q(figure="") | Q(**{f"{name}__isnull": True for name in EVIDENCE_RECORDS}),
                name="evidence_figure_without_record",
                violation_error_message=_("Name a record or a figure, not both."),
            ),
        ]

    def __str__(self):
        return self.shows

    @property
    def record(self):
        """The record named, or None: for a figure, or when the record is not public."""
        return next((record for name in EVIDENCE_RECORDS if (record := getattr(self, name))), None)

    @property
    def names_record(self):
        return any(getattr(self, f"{name}_id") for name in EVIDENCE_RECORDS)


class LessonCitation(Citation):
    owner = "lesson"

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="citations", verbose_name=_("lesson"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["lesson", "fact", "source", "value"], name="lesson_citation_unique")
        ]
