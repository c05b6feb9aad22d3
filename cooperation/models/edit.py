"""Who changed what, when and why: every row that is saved leaves a copy, and belongs to an act of somebody."""

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords


class Bookkeeping(models.Model):
    """What the registry keeps about its own work. No public page shows it as it stands, and no fixture holds it."""

    is_watched = False  # by the triggers that make public pages anew

    class Meta:
        abstract = True


class Edit(Bookkeeping):
    """One act: whatever somebody, or a program, changed at once and for one reason. It is undone as a whole."""

    class Kind(models.TextChoices):
        FORM = "form", _("Edited")
        STEP = "step", _("Publication status changed")
        CONFIRMED = "confirmed", _("Confirmed against the sources")
        IMPORT = "import", _("Imported")
        MERGE = "merge", _("Merged")
        UNDO = "undo", _("Undone")
        PROGRAM = "program", _("Changed by a program")
        LOADED = "loaded", _("Loaded with the first data")

    made = models.DateTimeField(_("made"), default=timezone.now, db_index=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    by_name = models.CharField(_("name"), max_length=150, blank=True)  # stays when the account goes
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    reviewed_by_name = models.CharField(_("name of who accepted it"), max_length=150, blank=True)  # stays likewise
    reason = models.TextField(_("reason"), blank=True)
    what = models.CharField(_("program or file"), max_length=200, blank=True)
    undoes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )

    class Meta:
        verbose_name = _("edit")
        verbose_name_plural = _("edits")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("submit_record", _("Can submit records for review")),
            ("review_record", _("Can review records and accept changes")),
            ("publish_record", _("Can publish records")),
            ("withdraw_record", _("Can withdraw records")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.made:%Y-%m-%d %H:%M}"


_open_edit = ContextVar("the edit that is being made", default=None)

# edit, about (the record, where it is one), step (the name of a step of the workflow, or ""): an edit was made. It is
# sent in the transaction of the edit, which fails with a receiver.
edit_made = Signal()


@contextmanager
def editing(kind, *, by=None, by_name="", reviewed_by=None, reason="", what="", about=None, step="", **fields):
    """A transaction whose changes are one `Edit`, which is given. An edit that changed nothing is not kept.

    `about` is the record, where the edit is about one; `step` the name of a step of the workflow; `by_name` is for
    somebody whose account is gone.
    """
    with transaction.atomic():
        edit = Edit.objects.create(
            kind=kind,
            by=by,
            by_name=by.get_username() if by else by_name,
            reviewed_by=reviewed_by,
            reviewed_by_name=reviewed_by.get_username() if reviewed_by else "",
            reason=reason,
            what=what[:200],
            **fields,
        )
        edit.is_used = False
        token = _open_edit.set(edit)
        try:
            yield edit
        finally:
            _open_edit.reset(token)
        if edit.is_used:
            edit_made.send(Edit, edit=edit, about=about, step=step)
        else:
            edit.delete()


def current_edit():
    """The id of the edit that is being made. What is saved outside any is an edit of its own, by a program."""
    edit = _open_edit.get()
    if edit is None:
        return Edit.objects.create(kind=Edit.Kind.PROGRAM).pk
    edit.is_used = True
    return edit.pk


def author_of_edit(**_instance_and_request):
    edit = _open_edit.get()
    return edit.by if edit else None


class PastRow(Bookkeeping):
    """A copy of a row as an edit left it."""

    edit = models.ForeignKey(
        Edit, models.PROTECT, default=current_edit, editable=False, related_name="+", verbose_name=_("edit")
    )

    class Meta:
        abstract = True


class PastManager(HistoryManager):
    """`Model.history`, of one class for all: the library makes a class at each access, which takes a millisecond."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class, class_name=None):
        return super().from_queryset(queryset_class, class_name)


def kept_history():
    """The history of all models that inherit it. `_history_m2m_fields` of a model names its many-to-many fields."""
    return HistoricalRecords(
        inherit=True,
        bases=[PastRow],
        m2m_bases=[Bookkeeping],
        get_user=author_of_edit,
        history_manager=PastManager,
    )


class Kept(models.Model):
    """A row whose every state is kept."""

    history = kept_history()

    class Meta:
        abstract = True


class Versioned(Kept):
    """A row with a form of its own: `version` counts how often it was saved, so that no edit is lost to another."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            self.version += 1
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "version"}
        super().save(*args, **kwargs)
