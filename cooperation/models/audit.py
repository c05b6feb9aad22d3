"""The audit log: who signed in, who got which rights, who published, merged, imported or read personal data."""

from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping

# An entry is kept this much longer, in case the clocks of the portal and of its database differ.
CLOCK_MARGIN = timedelta(hours=1)


class AppendOnlyError(Exception):
    """Somebody tried to change or delete an entry of the audit log."""

    def __init__(self) -> None:
        super().__init__("The audit log is append only.")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError

    def delete_expired(self, now: datetime) -> int:
        """Delete what is older than AUDIT_RETENTION_DAYS and return the number of entries."""
        expired = self.filter(made__lt=now - timedelta(days=settings.AUDIT_RETENTION_DAYS) - CLOCK_MARGIN)
        return models.QuerySet.delete(expired)[0]


class AuditEntry(Bookkeeping):
    """One act, written in its transaction. Triggers of the database refuse to change an entry or to delete a new one.

    Only the link to an account is emptied when that is deleted; the name stays.
    """

    class Action(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGNED_OUT = "signed_out", _("Signed out")
        SIGN_IN_REFUSED = "sign_in_refused", _("Sign-in refused")
        SESSION_ENDED = "session_ended", _("Session ended")
        SECOND_FACTOR_ADDED = "factor_added", _("Second factor set up")
        SECOND_FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        RECOVERY_CODE_USED = "code_used", _("Recovery code used")
        RECOVERY_CODES_MADE = "codes_made", _("Recovery codes made")
        PASSWORD_LINK_MADE = "link_made", _("Link for a new password made")
        PASSWORD_SET = "password_set", _("Password set")
        ACCOUNT_ADDED = "account_added", _("Account added")
        ACCOUNT_CHANGED = "account_changed", _("Account changed")
        ACCOUNT_DELETED = "account_deleted", _("Account deleted")
        RIGHTS_CHANGED = "rights_changed", _("Rights changed")
        # The steps of a record, each under its name in cooperation/workflow/steps.py.
        SUBMIT = "submit", _("Submitted")
        TAKE_BACK = "take_back", _("Taken back")
        RETURN = "return", _("Returned")
        PUBLISH = "publish", _("Published")
        WITHDRAW = "withdraw", _("Withdrawn")
        RESTORE = "restore", _("Restored")
        STATUS_CHANGED = "status", _("Publication status changed")  # by no step of those
        CHANGE_ACCEPTED = "change_accepted", _("Proposed change accepted")
        MERGED = "merged", _("Merged")
        IMPORTED = "imported", _("Imported")
        CHANGED_BY_PROGRAM = "program", _("Changed by a program")
        UNDONE = "undone", _("Undone")
        PERSONAL_DATA_READ = "personal_data", _("Personal data read")

    made = models.DateTimeField(_("when"), default=timezone.now, db_index=True, editable=False)
    action = models.CharField(_("action"), max_length=20, choices=Action, db_index=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
        editable=False,
    )
    user_name = models.CharField(_("who"), max_length=150, blank=True, editable=False)
    address = models.CharField(_("from address"), max_length=100, blank=True, editable=False)
    about = models.CharField(_("about"), max_length=300, blank=True, editable=False)
    detail = models.TextField(_("detail"), blank=True, editable=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.made:%Y-%m-%d %H:%M} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError
