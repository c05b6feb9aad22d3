"""Sources, and how a record cites them."""

from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.models.checked_address import CheckedAddress
from cooperation.models.edit import Kept, Versioned
from cooperation.models.partial_date import PartialDateField
from cooperation.models.record import PublicationStatus, PublicQuerySet, Record, RecordQuerySet
from cooperation.models.unique_names import unique_names
from cooperation.models.web_address import WebAddressField, web_address_only

# The fact that is none of the fields or parts of a record: one sentence more.
FURTHER = "further"


def fact_label(model, fact):
    """The reader's word for a fact of `model`: the name of its field or of its parts."""
    if fact == FURTHER:
        return _("further fact")
    found = model._meta.get_field(fact)
    return found.related_model._meta.verbose_name_plural if found.auto_created else found.verbose_name


class SourceQuerySet(PublicQuerySet):
    def published(self) -> Self:
        """The sources that at least one published record rests on."""
        backs_something = Q()
        for relation in self.model._meta.related_objects:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            backs_something |= Exists(rows.of_published())
        return self.filter(backs_something)

    once_at = RecordQuerySet.once_at  # a source that was merged into another leads there
    present_ids = RecordQuerySet.present_ids

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Source(Versioned, CheckedAddress):
    """A page, document or dataset that says what a record says."""

    PUBLIC_ID = "slug"
    ADDRESS = "url"
    SEARCH_KEYS = ("slug", "title", "url")
    SEARCH_NAMES = ("title",)
    SEARCH_TEXTS = ("publisher", "url")

    class Kind(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        SECONDARY = "secondary", _("Secondary")

    slug = models.SlugField(
        _("public id"),
        max_length=100,
        unique=True,
        help_text=_("Part of the web address, for ever. Example: unescap-fealac-trust-fund-memorandum."),
    )
    title = models.CharField(
        _("title"),
        max_length=300,
        help_text=_("What the page is called, or, where it has no title of its own, what it is."),
    )
    publisher = models.CharField(
        _("publisher"), max_length=200, help_text=_("The body that answers for the page. Example: ECLAC.")
    )
    url = WebAddressField(_("address"), unique=True, help_text=_("Begins with https:// or http://."))
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=Kind,
        help_text=_("Primary: the body concerned or an official body says it. Secondary: somebody reports it."),
    )
    published = PartialDateField(_("published"), blank=True)
    retrieved = models.DateField(
        _("read on"), null=True, blank=True, help_text=_("The day on which the page was read.")
    )
    archived_url = WebAddressField(_("archived copy"), blank=True, help_text=_("Address of a copy in a web archive."))

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["publisher", "title", "slug"]
        constraints = [
            web_address_only("url", "source_url_web_only"),
            web_address_only("archived_url", "source_archived_url_web_only"),
        ]

    def __str__(self):
        return f"{self.publisher}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("source_detail", args=[self.slug])

    @property
    def public_id(self) -> str:
        return self.slug

    def natural_key(self):
        return (self.slug,)


class SourcedQuerySet(models.QuerySet):
    def of_published(self) -> Self:
        """The rows whose record is published. Reference records such as countries are always public."""
        owner = self.model._meta.get_field(self.model.owner).related_model
        if not issubclass(owner, Record):
            return self
        return self.filter(**{f"{self.model.owner}__publication_status": PublicationStatus.PUBLISHED})

    def get_by_natural_key(self, *key):
        return self.get(**dict(zip(self.model.key_columns(), key, strict=True)))


class RowOfRecord(Kept):
    """A row that belongs to a record and rests on sources."""

    owner: ClassVar[str]  # name of the foreign key to the record

    objects = SourcedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def key_columns(cls):
        """The columns by which a row is told from all others."""
        names = next(names for names, condition in unique_names(cls) if condition is None)
        return [cls._meta.get_field(name).attname for name in names]

    def natural_key(self):
        """By which a fixture that is loaded again finds its rows; of ids, since no fixture names a row of a record."""
        return tuple(getattr(self, name) for name in self.key_columns())


class Citation(RowOfRecord):
    """One source for one fact of a record, and what that source says.

    Two citations of one fact with different values are both kept and both shown. The record's own value is the one
    that the curators accept.
    """

    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))
    fact = models.CharField(
        _("fact"), max_length=40, help_text=_("Which fact of the record this source backs or disputes.")
    )
    # 600 characters of any script fit into the index of a unique constraint.
    value = models.CharField(
        _("what this source says"),
        max_length=600,
        blank=True,
        help_text=_(
            "The value as this source gives it, so that a disagreement shows. Dates as 1998 or 1998-09. "
            "For “further fact”: one sentence in your own words."
        ),
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        abstract = True
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["id"]

    def __str__(self):
        return f"{self.fact} [{self.source}]"

    @property
    def record(self):
        return getattr(self, self.owner)

    def clean(self):
        super().clean()
        allowed = self._meta.get_field(self.owner).related_model.FACTS
        if self.fact not in allowed:
            message = _("“%(fact)s” is not a fact of this record. Choose one of: %(allowed)s.")
            raise ValidationError(
                {"fact": ValidationError(message, params={"fact": self.fact, "allowed": ", ".join(allowed)})}
            )


class SourcedPart(RowOfRecord):
    """A row of a record that names its source itself: a partner, a member, a meeting.

    A second source that gives another value for such a row is a citation of the record.
    """

    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("source"),
        help_text=_("Where this row is stated. Without one it is shown as “no source yet”."),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        abstract = True
