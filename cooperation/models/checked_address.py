"""Web addresses that are tested from time to time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CheckResult(models.TextChoices):
    OK = "ok", _("Answers")
    MOVED = "moved", _("Moved")
    BROKEN = "broken", _("Does not answer")


class CheckedAddress(models.Model):
    """A row with a web address, in the field that `ADDRESS` names, and what the last test of it found."""

    ADDRESS = "website"

    checked_on = models.DateField(_("last checked"), null=True, blank=True, editable=False)
    check_result = models.CharField(
        _("result of the last check"), max_length=10, choices=CheckResult, blank=True, editable=False
    )
    check_detail = models.CharField(
        _("what was found"), max_length=500, blank=True, editable=False, help_text=_("The answer, or the new address.")
    )
    last_good_on = models.DateField(_("last answered"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            stored = type(self)._base_manager.filter(pk=self.pk).values_list(self.ADDRESS, flat=True).first()
            if stored != getattr(self, self.ADDRESS):
                # What was found was about another address.
                self.checked_on = self.last_good_on = None
                self.check_result = self.check_detail = ""
        super().save(*args, **kwargs)

    @property
    def is_broken(self):
        return self.check_result == CheckResult.BROKEN
