"""What lies on the curators’ desk: proposed changes, reports of mistakes, imports, pairs that may be duplicates.

Each names a record by its type and number, since records of several types are meant, and it stays when the record goes.
"""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping, Edit


def person(name, **options):
    """Somebody with an account; empty once the account is gone."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=name,
        editable=False,
        **options,
    )


class AboutRecord(Bookkeeping):
    """Something about a record of any type."""

    record_type = models.CharField(_("record type"), max_length=30, editable=False)
    record_id = models.BigIntegerField(_("record"), editable=False)

    class Meta:
        abstract = True

    @property
    def model(self):
        return apps.get_model("cooperation", self.record_type)

    @property
    def record(self):
        """The record, whatever its publication status; None when it is gone."""
        return self.model._base_manager.filter(pk=self.record_id).first()


class PendingChange(AboutRecord):
    """A change of a published record that waits beside it until somebody else accepts it.

    `form` is the form as its author filled it in, encoded as a browser sends it: accepted, it is saved as if sent then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for review")
        RETURNED = "returned", _("Returned to its author")
        ACCEPTED = "accepted", _("Accepted")
        DROPPED = "dropped", _("Taken back by its author")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    form = models.TextField(_("form"), editable=False)
    version = models.PositiveIntegerField(_("version of the record"), editable=False)
    reason = models.TextField(_("reason"), editable=False)
    by = person(_("by"))
    by_name = models.CharField(_("name"), max_length=150, blank=True, editable=False)  # stays when the account goes
    made = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    reviewed_by = person(_("reviewed by"))
    reviewed = models.DateTimeField(_("reviewed"), null=True, blank=True, editable=False)
    answer = models.TextField(_("answer"), blank=True, editable=False)

    class Meta:
        verbose_name = _("pending change")
        verbose_name_plural = _("pending changes")
        ordering = ["made", "id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["state", "record_type", "record_id"], name="pending_change_of_record")]

    def __str__(self):
        return f"{self.record} ({self.get_state_display()})"


class Correction(AboutRecord):
    """A mistake that somebody from the public reports."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CORRECTED = "corrected", _("Corrected")
        DECLINED = "declined", _("No change needed")
        SPAM = "spam", _("Spam")

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN, db_index=True)
    public_id = models.CharField(_("public id"), max_length=100, editable=False)
    what = models.TextField(_("what is wrong"), max_length=4000)
    source = models.TextField(_("source"), max_length=1000, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    received = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    answer = models.TextField(_("what was done"), blank=True)
    closed = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = person(_("closed by"))

    class Meta:
        verbose_name = _("reported mistake")
        verbose_name_plural = _("reported mistakes")
        ordering = ["received", "id"]
        default_permissions = ("view", "change", "delete")

    def __str__(self):
        return f"{self.public_id}, {self.received:%d.%m.%Y}"


class ImportBatch(Bookkeeping):
    """A file that a curator brings in: read and shown first, then carried out, perhaps undone."""

    class State(models.TextChoices):
        READ = "read", _("Read, not carried out")
        DONE = "done", _("Carried out")
        UNDONE = "undone", _("Undone")

    record_type = models.CharField(_("record type"), max_length=30, editable=False)
    file_name = models.CharField(_("file"), max_length=200, editable=False)
    content = models.BinaryField(_("content"), editable=False)  # emptied when the batch is carried out or old
    digest = models.CharField(_("digest (SHA-256)"), max_length=64, editable=False, db_index=True)
    # How the curator answers the questions of the preview: {header: column}, {row: "skip" | "update" | "create"}.
    choices = models.JSONField(_("choices"), default=dict, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READ, editable=False)
    summary = models.CharField(_("summary"), max_length=300, blank=True, editable=False)
    by = person(_("by"))
    made = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    edit = models.ForeignKey(
        Edit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edit"), editable=False
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        default_permissions = ("add", "view")

    def __str__(self):
        return self.file_name


class DuplicatePair(Bookkeeping):
    """Two records of one type that may be the same. `first` is the older one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be looked at")
        DIFFERENT = "different", _("Not the same")
        MERGED = "merged", _("Merged")

    record_type = models.CharField(_("record type"), max_length=30, editable=False)
    first_id = models.BigIntegerField(_("first record"), editable=False)
    second_id = models.BigIntegerField(_("second record"), editable=False)
    score = models.PositiveSmallIntegerField(_("score (0 to 100)"), editable=False)
    why = models.CharField(_("what is alike"), max_length=300, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING, editable=False)
    decided_by = person(_("decided by"))
    decided = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    # Of a merge, by which it can be undone.
    edit = models.ForeignKey(
        Edit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edit"), editable=False
    )

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-score", "id"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["record_type", "first_id", "second_id"], name="duplicate_pair_unique")
        ]
        indexes = [models.Index(fields=["state", "record_type"], name="duplicate_pair_state")]

    def __str__(self):
        return f"{self.record_type} {self.first_id}, {self.second_id}: {self.score}"
