"""What guards the log-in of curators: attempts that are counted, known addresses, recovery codes.

Names and addresses are stored as keyed digests: the rows can be compared, and tell nothing to whoever reads them.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping

# Characters of a SHA-256 digest in hexadecimal.
DIGEST_LENGTH = 64


class SignInAttempt(Bookkeeping):
    """An attempt to log in, counted until it is older than the limits of `cooperation/accounts/throttle.py`."""

    class Step(models.TextChoices):
        PASSWORD = "password", _("password")
        CODE = "code", _("code")
        LINK = "link", _("link by e-mail")

    step = models.CharField(_("step"), max_length=10, choices=Step, editable=False)
    account = models.CharField(_("digest of the name"), max_length=DIGEST_LENGTH, editable=False)
    address = models.CharField(_("digest of the address"), max_length=DIGEST_LENGTH, editable=False)
    is_known = models.BooleanField(_("from a known address"), default=False, editable=False)
    at = models.DateTimeField(_("at"), default=timezone.now, db_index=True, editable=False)

    class Meta:
        verbose_name = _("attempt to log in")
        verbose_name_plural = _("attempts to log in")
        default_permissions = ()
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_of_account"),
            models.Index(fields=["address", "at"], name="attempt_from_address"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}, {self.at:%Y-%m-%d %H:%M}"


class KnownAddress(Bookkeeping):
    """An address from which somebody has logged in before."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account"), editable=False
    )
    address = models.CharField(_("digest of the address"), max_length=DIGEST_LENGTH, editable=False)
    last_used = models.DateTimeField(_("last used"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("known address")
        verbose_name_plural = _("known addresses")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="known_address_unique")]

    def __str__(self) -> str:
        return f"{self.last_used:%Y-%m-%d}"


class RecoveryCode(Bookkeeping):
    """A code that stands in once for the authenticator app. Only its digest is stored."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("account"), editable=False
    )
    digest = models.CharField(_("digest"), max_length=DIGEST_LENGTH, unique=True, editable=False)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
