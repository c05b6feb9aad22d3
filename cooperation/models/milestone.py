"""Milestones: the history of cooperation between the regions."""

from typing import Self

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from cooperation.models.country import Country
from cooperation.models.forum import Forum
from cooperation.models.partial_date import PartialDateField, not_before
from cooperation.models.record import Record, RecordQuerySet
from cooperation.models.source import Citation


class MilestoneQuerySet(RecordQuerySet):
    def for_list(self) -> Self:
        return self.select_related("country").prefetch_related(Prefetch("forum", Forum.objects.published()))

    def for_detail(self) -> Self:
        return self.for_list().prefetch_related("citations__source")


class Milestone(Record):
    """An event that later cooperation builds on: a conference, a declaration, a foundation."""

    FACTS = ("title", "date", "end", "city", "country", "forum", "summary", "further")
    EXPECTED_FACTS = ("date", "country")
    SOURCED_PARTS = ()
    SEARCH_KEYS = ("slug", "title")
    SEARCH_NAMES = ("title", "date", "city", "country__name")
    SEARCH_TEXTS = ("summary", "note")

    title = models.CharField(_("title"), max_length=200, help_text=_("Example: Asian-African (Bandung) Conference."))
    summary = models.TextField(_("summary"), blank=True, help_text=_("One to three sentences that can be read alone."))
    date = PartialDateField(_("date"))
    end = PartialDateField(_("last day"), blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("country or area")
    )
    forum = models.ForeignKey(
        Forum, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("forum")
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["date", "id"]
        constraints = [
            not_before("date", "end", "milestone_end_after_date"),
            models.CheckConstraint(
                condition=~Q(date=""), name="milestone_has_date", violation_error_message=_("A milestone needs a date.")
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def year(self):
        """The year as text, “1955”."""
        return self.date[:4]


class MilestoneCitation(Citation):
    owner = "milestone"

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="citations", verbose_name=_("milestone"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["milestone", "fact", "source", "value"], name="milestone_citation_unique")
        ]
