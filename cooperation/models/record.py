"""What every published record has in common: its permanent address, its publication status, its dates."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, Self

from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Kept, Versioned


class PublicationStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Gone(NamedTuple):
    """A public id under which there was a public record until `since`. `replaced_by` is the id to use now, if any."""

    public_id: str
    since: datetime
    replaced_by: str | None


class PublicQuerySet(models.QuerySet):
    """The reading plans that every public model answers: `published()`, then `for_list()` or `for_detail()`."""

    def published(self) -> Self:
        return self

    def for_list(self) -> Self:
        return self

    def for_detail(self) -> Self:
        return self

    def once_at(self, public_id):
        """The public record to which this address, at which there is none, leads for ever; or None."""
        return

    def present_ids(self, public_ids: Iterable[str]) -> dict[str, str]:
        """`{former or merged public id: present one}`, for those of some public ids that name a public record."""
        return {}


class RecordQuerySet(PublicQuerySet):
    def published(self) -> Self:
        """The records that the public may see. Every public read begins here."""
        return self.filter(publication_status=PublicationStatus.PUBLISHED)

    def once_at(self, public_id):
        former = FormerSlug.objects.filter(record_type=self.model._meta.model_name, slug=public_id).first()
        return former and self.published().filter(slug=former.current).first()

    def present_ids(self, public_ids: Iterable[str]) -> dict[str, str]:
        # What can be no slug is not asked of a database, which takes no NUL and no half of a surrogate pair.
        slugs = [each for each in public_ids if slug_re.fullmatch(each)]
        if not slugs:
            return {}
        published = self.published()
        former = FormerSlug.objects.filter(record_type=self.model._meta.model_name, slug__in=slugs)
        # What a record is called today counts before what another was called once.
        is_taken = Exists(published.filter(slug=OuterRef("slug")))
        found = former.filter(~is_taken, Exists(published.filter(slug=OuterRef("current"))))
        return dict(found.values_list("slug", "current"))

    def gone_since(self, moment: datetime) -> list[Gone]:
        """The ids under which there is no public record any more, since `moment` or later, the latest first.

        A record was withdrawn, was merged into another, or has another id. An id is named only if the public knew it.
        """
        past = self.model.history.model.objects
        was_public = Exists(past.filter(slug=OuterRef("slug"), publication_status=PublicationStatus.PUBLISHED))
        former = FormerSlug.objects.filter(record_type=self.model._meta.model_name)
        # A record that was withdrawn first and then got another id was never public under that one.
        is_new_id = Exists(former.filter(current=OuterRef("slug"))) & ~was_public
        withdrawn = self.filter(publication_status=PublicationStatus.WITHDRAWN, updated__gte=moment)
        found = [Gone(*row, None) for row in withdrawn.exclude(is_new_id).values_list("slug", "updated")]
        # One that was taken back to be written anew is as little there as one that stays withdrawn.
        public_until = past.filter(id=OuterRef("id"), publication_status=PublicationStatus.PUBLISHED)
        since = past.filter(
            id=OuterRef("pk"), history_id__gt=Subquery(public_until.order_by("-history_id").values("history_id")[:1])
        )
        rewritten = self.exclude(
            publication_status__in=[PublicationStatus.PUBLISHED, PublicationStatus.WITHDRAWN]
        ).annotate(since=Subquery(since.order_by("history_id").values("history_date")[:1]))
        found += [
            Gone(*row, None) for row in rewritten.filter(was_public, since__gte=moment).values_list("slug", "since")
        ]
        made = FormerSlug.history.model.objects.filter(history_type="+")
        replaced = former.filter(
            was_public,
            ~Exists(self.published().filter(slug=OuterRef("slug"))),
            pk__in=made.filter(history_date__gte=moment).values("id"),
        ).annotate(
            since=Subquery(made.filter(id=OuterRef("pk")).order_by("-history_id").values("history_date")[:1]),
            replaced_by=Subquery(self.published().filter(slug=OuterRef("current")).values("slug")[:1]),
        )
        found += [Gone(*row) for row in replaced.values_list("slug", "since", "replaced_by")]
        return sorted(found, key=attrgetter("since", "public_id"), reverse=True)

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


def name_with_acronym(record):
    """“Association of Southeast Asian Nations (ASEAN)”; the name alone where it is its own acronym."""
    return f"{record.name} ({record.acronym})" if record.acronym not in ("", record.name) else record.name


class FormerSlug(Kept):
    """An address that a record once had. It redirects to the present one for ever."""

    is_watched = False  # it changes with its record, which is

    record_type = models.CharField(_("record type"), max_length=30)
    slug = models.SlugField(_("former address"), max_length=100)
    current = models.SlugField(_("present address"), max_length=100)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ["record_type", "slug"]
        constraints = [models.UniqueConstraint(fields=["record_type", "slug"], name="former_slug_unique")]

    def __str__(self):
        return f"{self.slug} → {self.current}"

    @classmethod
    def remember(cls, record_type, old, new):
        """Make `old`, and whatever led to `old`, lead to `new`."""
        # One by one, so that each is kept in the history and can be undone.
        for former in cls.objects.filter(record_type=record_type, slug=new):
            former.delete()
        for former in cls.objects.filter(record_type=record_type, current=old):
            former.current = new
            former.save()
        cls.objects.create(record_type=record_type, slug=old, current=new)


class Record(Versioned):
    """A record of the registry: it has a permanent public id and is seen by the public once it is published."""

    # The field that names the record in addresses, exports and fixtures.
    PUBLIC_ID = "slug"
    # What a citation can back, in reading order: names of fields, then of parts. Each record lists its own.
    FACTS = ()
    # Those of them whose absence a page must say.
    EXPECTED_FACTS = ()
    # The parts that carry a source in their own row: names of reverse relations.
    SOURCED_PARTS = ()

    slug = models.SlugField(
        _("public id"),
        max_length=100,
        unique=True,
        help_text=_("Part of the web address, for ever. Example: fealac-trust-fund. A changed id keeps redirecting."),
    )
    publication_status = models.CharField(
        _("publication status"),
        max_length=10,
        choices=PublicationStatus,
        default=PublicationStatus.DRAFT,
        help_text=_("Published records are visible to everyone at once; all others to curators only."),
    )
    confirmed_on = models.DateField(
        _("confirmed on"),
        null=True,
        blank=True,
        help_text=_("The day on which somebody last held this record against its sources."),
    )
    note = models.TextField(
        _("editors’ note"),
        blank=True,
        help_text=_("What a reader must know to judge this record. Example: the sources disagree on the year."),
    )
    created = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["publication_status", "-updated", "-id"], name="%(class)s_newest")]

    def save(self, *args, **kwargs):
        stored_slug = self._stored_slug()
        self.updated = timezone.now()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "updated"}
        super().save(*args, **kwargs)
        if stored_slug not in (None, self.slug):
            FormerSlug.remember(self._meta.model_name, stored_slug, self.slug)

    def get_absolute_url(self) -> str:
        return reverse(f"{self._meta.model_name}_detail", args=[self.public_id])

    @property
    def public_id(self) -> str:
        return self.slug

    @property
    def is_published(self) -> bool:
        return self.publication_status == PublicationStatus.PUBLISHED

    def natural_key(self):
        return (self.slug,)

    def clean(self):
        super().clean()
        taken = FormerSlug.objects.filter(record_type=self._meta.model_name, slug=self.slug)
        if taken.exclude(current=self._stored_slug()).exists():
            raise ValidationError({"slug": _("This address belonged to another record and still leads to it.")})

    def _stored_slug(self):
        """The slug in the database: None for a new record."""
        if self.pk is None:
            return None
        return type(self)._base_manager.filter(pk=self.pk).values_list("slug", flat=True).first()
