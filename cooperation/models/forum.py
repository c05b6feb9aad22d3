"""Forums: where countries meet, who belongs to them, who carries them, when they met.

The longest of its kind, since the parts of a record stand in one file with it, and a forum has three.
"""

from typing import Self

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cooperation.models.agency import Agency
from cooperation.models.checked_address import CheckedAddress
from cooperation.models.country import Country
from cooperation.models.partial_date import PartialDateField, not_before
from cooperation.models.record import PublicationStatus, Record, RecordQuerySet, name_with_acronym
from cooperation.models.source import Citation, SourcedPart, SourcedQuerySet
from cooperation.models.vitality import Vitality, vitality
from cooperation.models.vocabulary import Theme
from cooperation.models.web_address import WebAddressField, web_address_only


class ForumQuerySet(RecordQuerySet):
    def with_signs_of_life(self) -> Self:
        """With `last_meeting`, the date of the last that was held (None or ""), and `has_running_project`."""
        running = Forum.objects.filter(
            pk=OuterRef("pk"),
            # As in Project.Status, which stands above this file.
            projects__status="in_execution",
            projects__publication_status=PublicationStatus.PUBLISHED,
        )
        return self.annotate(
            last_meeting=Max("meetings__date", filter=Q(meetings__outcome=Meeting.Outcome.HELD)),
            has_running_project=Exists(running),
        )

    def for_list(self) -> Self:
        present = Q(memberships__in=Membership.objects.present())
        return self.with_signs_of_life().annotate(
            member_count=Count("memberships__country", filter=present, distinct=True)
        )

    def for_detail(self) -> Self:
        return self.select_related("established_country", "secretariat_country").prefetch_related(
            "citations__source",
            "themes",
            Prefetch("memberships", Membership.objects.select_related("country", "source").order_by("country__name")),
            Prefetch(
                "roles",
                ForumRole.objects.select_related("country", "source").prefetch_related(
                    Prefetch("agency", Agency.objects.published())
                ),
            ),
            Prefetch("meetings", Meeting.objects.select_related("country", "source").prefetch_related("hosts")),
        )


class Forum(Record, CheckedAddress):
    """A place where countries meet and cooperate: an organisation, a platform, a network, a conference."""

    class Kind(models.TextChoices):
        INTERGOVERNMENTAL = "intergovernmental_organisation", _("Intergovernmental organisation")
        UN_REGIONAL_COMMISSION = "un_regional_commission", _("UN regional commission")
        DEDICATED = "dedicated_forum", _("Dedicated South-South cooperation forum")
        INTERREGIONAL_PLATFORM = "interregional_platform", _("Interregional platform")
        NETWORK = "network", _("Network")
        GROUP = "group", _("Group")
        CONFERENCE = "conference", _("Conference")

    class Reach(models.TextChoices):
        ASIA_PACIFIC = "asia_pacific", _("Asia-Pacific")
        LAC = "lac", _("Latin America and the Caribbean")
        INTERREGIONAL = "interregional", _("Both regions")
        GLOBAL = "global", _("Global")

    class Activity(models.TextChoices):
        ACTIVE = "active", _("Active")
        LARGELY_INACTIVE = "largely_inactive", _("Largely inactive")

    FACTS = (
        "name",
        "acronym",
        "name_es",
        "name_pt",
        "name_fr",
        "former_names",
        "kind",
        "reach",
        "established",
        "established_city",
        "established_country",
        "secretariat",
        "secretariat_city",
        "secretariat_country",
        "stated_member_count",
        "rhythm_months",
        "stated_activity",
        "themes",
        "website",
        "summary",
        "memberships",
        "roles",
        "meetings",
        "further",
    )
    EXPECTED_FACTS = ("established", "secretariat", "rhythm_months", "website")
    _history_m2m_fields = ("themes",)
    SOURCED_PARTS = ("memberships", "roles", "meetings")
    SEARCH_KEYS = ("slug", "name", "acronym", "name_es", "name_pt", "name_fr", "former_names")
    SEARCH_NAMES = ("name", "acronym", "name_es", "name_pt", "name_fr", "former_names")
    SEARCH_TEXTS = (
        "secretariat",
        "secretariat_city",
        "established_city",
        "themes__name",
        "memberships__designation",
        "summary",
        "note",
    )

    name = models.CharField(
        _("name"), max_length=200, help_text=_("In English. Example: Forum for East Asia-Latin America Cooperation.")
    )
    acronym = models.CharField(_("acronym"), max_length=40, blank=True, help_text=_("Example: FEALAC."))
    name_es = models.CharField(_("name in Spanish"), max_length=200, blank=True)
    name_pt = models.CharField(_("name in Portuguese"), max_length=200, blank=True)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    former_names = models.TextField(_("former names"), blank=True, help_text=_("One on each line."))
    summary = models.TextField(_("summary"), blank=True, help_text=_("One to three sentences that can be read alone."))
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    reach = models.CharField(
        _("regions"), max_length=15, choices=Reach, blank=True, help_text=_("The regions its members come from.")
    )
    established = PartialDateField(_("established"), blank=True)
    established_city = models.CharField(_("founded in (city)"), max_length=100, blank=True)
    established_country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("founded in (country)")
    )
    secretariat = models.CharField(
        _("secretariat"), max_length=200, blank=True, help_text=_("Who runs it. Example: ASEAN Secretariat.")
    )
    secretariat_city = models.CharField(_("seat of the secretariat"), max_length=100, blank=True)
    secretariat_country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("country of the secretariat")
    )
    stated_member_count = models.PositiveSmallIntegerField(
        _("members as stated"), null=True, blank=True, help_text=_("The number that the sources give.")
    )
    rhythm_months = models.PositiveSmallIntegerField(
        _("rhythm of meetings in months"), null=True, blank=True, help_text=_("As its own rules say. Example: 24.")
    )
    stated_activity = models.CharField(_("state as the sources give it"), max_length=20, choices=Activity, blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="forums", verbose_name=_("themes"))
    website = WebAddressField(_("website"), blank=True)

    objects = ForumQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering = ["name"]
        constraints = [
            web_address_only("website", "forum_website_web_only"),
            models.CheckConstraint(
                condition=Q(rhythm_months__isnull=True) | Q(rhythm_months__gte=1),
                name="forum_rhythm_positive",
                violation_error_message=_("At least one month lies between two meetings."),
            ),
        ]

    def __str__(self):
        return name_with_acronym(self)

    @property
    def vitality(self) -> Vitality:
        """The `Vitality` of today. The forum must come from `with_signs_of_life()`."""
        return vitality(self.last_meeting, self.rhythm_months, timezone.now().date(), self.has_running_project)

    @property
    def rhythm_months_text(self):
        return ngettext("every month", "every %(count)s months", self.rhythm_months) % {"count": self.rhythm_months}


class MembershipQuerySet(SourcedQuerySet):
    def present(self) -> Self:
        """Members and associate members of today: not observers, partners or former members."""
        return self.filter(Membership.as_of())


class Membership(SourcedPart):
    """A country in a forum, from when to when, and as what."""

    class Kind(models.TextChoices):
        MEMBER = "member", _("Member")
        ASSOCIATE = "associate", _("Associate member")
        PARTNER = "partner", _("Partner country")
        OBSERVER = "observer", _("Observer")
        SUSPENDED = "suspended", _("Suspended")
        FORMER = "former", _("Former member")

    NOT_PRESENT = (Kind.OBSERVER, Kind.PARTNER, Kind.SUSPENDED, Kind.FORMER)

    owner = "forum"

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="memberships", verbose_name=_("forum"))
    country = models.ForeignKey(Country, models.PROTECT, related_name="memberships", verbose_name=_("country or area"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.MEMBER)
    joined = PartialDateField(_("joined"), blank=True)
    left = PartialDateField(_("left"), blank=True)
    designation = models.CharField(
        _("name used by the forum"),
        max_length=100,
        blank=True,
        help_text=_("Where the forum uses a name of its own. Example: Chinese Taipei in APEC."),
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["id"]
        constraints = [
            not_before("joined", "left", "membership_left_after_joined"),
            models.UniqueConstraint(
                fields=["forum", "country"],
                condition=Q(left="") & ~Q(kind="former"),
                name="membership_one_open_per_country",
                violation_error_message=_("This country already has an open membership in this forum."),
            ),
            models.UniqueConstraint(fields=["forum", "country", "kind", "joined"], name="membership_unique"),
        ]

    def __str__(self):
        return f"{self.country}: {self.get_kind_display()}"

    @classmethod
    def as_of(cls, year: int | None = None) -> Q:
        """The condition of being a member or associate member today, or at some time in `year`.

        Who joined on no recorded date counts from the foundation of the forum on; who left on none, not at all.
        """
        if year is None:
            return Q(left="") & ~Q(kind__in=cls.NOT_PRESENT)
        last_day = f"{year:04d}-12-31"
        joined = Q(joined__gt="", joined__lte=last_day) | Q(joined="", forum__established__lte=last_day)
        stayed = Q(left="") & ~Q(kind__in=cls.NOT_PRESENT)
        left_later = Q(left__gte=f"{year:04d}") & ~Q(kind__in=(cls.Kind.OBSERVER, cls.Kind.PARTNER))
        return joined & (stayed | left_later)


class ForumRole(SourcedPart):
    """Who carries a forum: who began it, called it, hosted it, chaired it, keeps its secretariat."""

    class Role(models.TextChoices):
        INITIATOR = "initiator", _("Initiator")
        CONVENER = "convener", _("Convener")
        HOST = "host", _("Host")
        CHAIR = "chair", _("Chair")
        SECRETARIAT = "secretariat", _("Secretariat")

    owner = "forum"

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="roles", verbose_name=_("forum"))
    role = models.CharField(_("role"), max_length=12, choices=Role)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="forum_roles", verbose_name=_("country or area")
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="forum_roles", verbose_name=_("agency")
    )
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    start = PartialDateField(_("from"), blank=True)
    end = PartialDateField(_("until"), blank=True)

    class Meta:
        verbose_name = _("role in the forum")
        verbose_name_plural = _("roles in the forum")
        ordering = ["id"]
        constraints = [
            not_before("start", "end", "forum_role_end_after_start"),
            models.CheckConstraint(
                condition=Q(country__isnull=False) | Q(agency__isnull=False) | ~Q(organisation=""),
                name="forum_role_names_someone",
                violation_error_message=_("Name a country, an agency or an organisation."),
            ),
            models.UniqueConstraint(
                F("forum"),
                F("role"),
                Coalesce("country", 0),
                Coalesce("agency", 0),
                F("organisation"),
                F("start"),
                name="forum_role_unique",
                violation_error_message=_("This role is already recorded."),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}: {self.country or self.agency or self.organisation}"

    @property
    def names_someone(self):
        """Whether a reader may learn who it is. An agency that is not public has been left out by the reading plan."""
        return bool(self.country or self.agency or self.organisation)


class MeetingQuerySet(SourcedQuerySet):
    def held(self) -> Self:
        """Meetings that took place: not those that were only announced, nor those called off."""
        return self.filter(outcome=Meeting.Outcome.HELD)


class Meeting(SourcedPart):
    """One meeting of a forum. One that was only announced does not count as held."""

    class Outcome(models.TextChoices):
        HELD = "held", _("Held")
        ANNOUNCED = "announced", _("Announced")
        CANCELLED = "cancelled", _("Cancelled")

    owner = "forum"
    _history_m2m_fields = ("hosts",)

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="meetings", verbose_name=_("forum"))
    edition = models.CharField(
        _("edition"), max_length=150, blank=True, help_text=_("Example: 10th Foreign Ministers’ Meeting.")
    )
    date = PartialDateField(_("first day"), blank=True)
    end = PartialDateField(_("last day"), blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("place (country or area)"),
    )
    online = models.BooleanField(_("online"), default=False)
    hosts = models.ManyToManyField(Country, blank=True, related_name="hosted_meetings", verbose_name=_("hosts"))
    outcome = models.CharField(
        _("outcome"),
        max_length=10,
        choices=Outcome,
        default=Outcome.HELD,
        help_text=_("“Held” only where a source reports the meeting, not where it announces it."),
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["date", "id"]
        constraints = [
            not_before("date", "end", "meeting_end_after_date"),
            models.CheckConstraint(
                condition=~Q(date="") | ~Q(edition=""),
                name="meeting_has_date_or_edition",
                violation_error_message=_("A meeting needs a date or an edition."),
            ),
            models.UniqueConstraint(fields=["forum", "date", "edition"], name="meeting_unique"),
        ]

    def __str__(self):
        return f"{self.edition or self.forum} ({self.date})"


class ForumCitation(Citation):
    owner = "forum"

    forum = models.ForeignKey(Forum, models.CASCADE, related_name="citations", verbose_name=_("forum"))

    class Meta(Citation.Meta):
        constraints = [
            models.UniqueConstraint(fields=["forum", "fact", "source", "value"], name="forum_citation_unique")
        ]
