"""What changed when: the counters and the log that every trigger of the database writes to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.models.edit import Bookkeeping


class DataVersion(Bookkeeping):
    """A counter: `data` moves with every change of a record, `search` says how far the search index has followed.

    A number is at least the time of the change in microseconds since 1970, so that none comes twice, not even after a
    transaction was undone.
    """

    name = models.CharField(_("name"), max_length=10, primary_key=True)
    number = models.BigIntegerField(_("number"))

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data versions")

    def __str__(self):
        return f"{self.name}: {self.number}"


class Change(Bookkeeping):
    """At which data version a record last changed: its own row, or a row that belongs to it.

    An empty record type means that any record may have changed.
    """

    record_type = models.CharField(_("record type"), max_length=30)
    record_id = models.BigIntegerField(_("record"))
    version = models.BigIntegerField(_("version"), db_index=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        constraints = [models.UniqueConstraint(fields=["record_type", "record_id"], name="change_one_per_record")]

    def __str__(self):
        return f"{self.record_type} {self.record_id}: {self.version}"
