"""`manage.py tidy_desk`: deletes what the curators’ desk need not keep, personal data above all."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.audit import protect_audit_log
from cooperation.management.commands.setup import explain_database_errors, refuse_if_read_only
from cooperation.management.nightly import NightlyCommand
from cooperation.models import AuditEntry, Correction, ImportBatch

IMPORT_DAYS = 30


class Command(NightlyCommand):
    help = (
        "Deletes what readers wrote, and their e-mail addresses, from reported mistakes that have been closed for "
        "CORRECTION_RETENTION_DAYS (90 without that setting); that there was a case, and its answer, stay. Deletes "
        f"spam of that age, the files of imports older than {IMPORT_DAYS} days, entries of the audit log older than "
        "AUDIT_RETENTION_DAYS (730 without that setting), and sessions that have expired. Open cases are left alone. "
        "To be run once a day."
    )

    def handle(self, **options):
        refuse_if_read_only()
        now = timezone.now()
        with explain_database_errors(), transaction.atomic():
            emptied, spam = tidy_corrections(now - timedelta(days=settings.CORRECTION_RETENTION_DAYS))
            files = tidy_imports(now - timedelta(days=IMPORT_DAYS))
            SessionStore.clear_expired()
            # The triggers may still know another number of days.
            protect_audit_log()
            entries = AuditEntry.objects.delete_expired(now)
        self.stdout.write(
            _("%(emptied)s closed cases emptied, %(spam)s of spam deleted, files of %(files)s imports deleted.")
            % {"emptied": emptied, "spam": spam, "files": files}
        )
        if entries:
            text = ngettext(
                "%(number)s entry of the audit log deleted.", "%(number)s entries of the audit log deleted.", entries
            )
            self.stdout.write(text % {"number": entries})


def tidy_corrections(before):
    """`(number of closed cases emptied, number of spam deleted)`."""
    spam, _per_model = Correction.objects.filter(state=Correction.State.SPAM, received__lt=before).delete()
    closed = Correction.objects.exclude(state=Correction.State.OPEN).filter(closed__lt=before)
    # Names may stand anywhere in a text, so all of it goes.
    full = closed.exclude(what="", source="", email="")
    return full.update(what="", source="", email=""), spam


def tidy_imports(before):
    """The number of imports whose file was deleted."""
    return ImportBatch.objects.filter(made__lt=before).exclude(content=b"").update(content=b"")
