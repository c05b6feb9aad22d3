"""Which rights an installation has met, so that the rights that a new version brings can be told from the others."""

from django.contrib.auth.models import Permission
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping


class KnownRight(Bookkeeping):
    """A right that `manage.py setup` has seen; `since` is empty where it came with the installation itself."""

    permission = models.OneToOneField(
        Permission, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("right")
    )
    since = models.DateField(_("new since"), null=True)

    class Meta:
        verbose_name = _("known right")
        verbose_name_plural = _("known rights")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.permission)
