"""Mail that waits to be sent, and what the operator was told a short while ago."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping


class QueuedMail(Bookkeeping):
    """A mail to one recipient. It is deleted as soon as the mail server has taken it."""

    made = models.DateTimeField(_("made"), default=timezone.now)
    message_id = models.CharField(_("Message-ID"), max_length=255)
    sender = models.CharField(_("sender"), max_length=254)
    recipient = models.CharField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # Until then no program tries to send it: another one is just sending it, or the last attempt failed.
    due = models.DateTimeField(_("due"), default=timezone.now, db_index=True)
    problem = models.CharField(_("why it was not sent"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("queued mail")
        verbose_name_plural = _("queued mails")
        ordering = ["attempts", "id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject


class OperatorNotice(Bookkeeping):
    """That the operator was told of one kind of trouble, so that it is not mailed again and again."""

    key = models.CharField(_("kind of trouble"), max_length=200, primary_key=True)
    subject = models.CharField(_("subject"), max_length=200)
    mailed = models.DateTimeField(_("mailed"))
    # How often it happened since it was mailed.
    further = models.PositiveIntegerField(_("further ones"), default=0)

    class Meta:
        verbose_name = _("notice to the operator")
        verbose_name_plural = _("notices to the operator")
        default_permissions = ()

    def __str__(self) -> str:
        return self.key
