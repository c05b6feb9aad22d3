"""What commands that a timer runs have in common."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cooperation.mail import tell_operator
from cooperation.mail.faults import find_place


class NightlyCommand(BaseCommand):
    """A command that nobody watches: when it fails, the operator gets a mail, and its exit status says so as well."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Exception as error:
            task = type(self).__module__.rpartition(".")[2]
            subject = _("%(command)s failed") % {"command": task}
            tell_operator(f"task {task}", subject, describe_failure(task, error))
            raise


def describe_failure(task: str, error: Exception) -> str:
    """Say which command failed and why. The text of an exception that nobody foresaw may hold data: it is left out."""
    is_foreseen = isinstance(error, CommandError)
    why = str(error) if is_foreseen else f"{type(error).__name__} in {find_place(error)}"
    lines = [
        _("manage.py %(command)s did not finish.") % {"command": task},
        "",
        _("Why: %(why)s") % {"why": why},
        "",
        _("What it printed is in the log of its timer. Run it again once the cause is gone."),
    ]
    return "\n".join(lines)
