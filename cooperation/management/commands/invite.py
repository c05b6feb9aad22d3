"""`manage.py invite`: makes an account for a curator, who sets the password with a link."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cooperation.accounts.links import mail_password_link, make_password_link
from cooperation.management.commands.setup import explain_database_errors


class Command(BaseCommand):
    help = (
        "Makes an account with staff status and without a password, and sends its owner a link to set one. Without an "
        "e-mail address, or without EMAIL_URL, the link is printed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name with which its owner logs in")
        parser.add_argument("--email", default="", help="where the link is sent, and later notices about the account")
        parser.add_argument(
            "--group", action="append", default=[], metavar="GROUP", help="such as Editors; can be given several times"
        )

    def handle(self, *, name: str, email: str, group: list[str], **options: Any) -> None:
        with explain_database_errors(), transaction.atomic():
            user = make_account(name, email, find_groups(group))
            is_sent = mail_password_link(user, "set your password")
            link = "" if is_sent else make_password_link(user)
        self.stderr.write(f"The account {name} was made.")
        if is_sent:
            self.stdout.write(f"A link was sent to {email}.")
        else:
            self.stdout.write(link)
            self.stderr.write(
                f"Give this link to its owner: it can be used once, within {settings.PASSWORD_LINK_HOURS} hours."
            )


def find_groups(names: list[str]) -> list[Group]:
    """Return the groups of these names. Raise CommandError with a sentence if there is none of a name."""
    groups = {each.name: each for each in Group.objects.order_by("name")}
    if missing := [name for name in names if name not in groups]:
        raise CommandError(f"There is no group {missing[0]!r}. There are: {', '.join(groups) or 'none'}.")
    return [groups[name] for name in names]


def make_account(name: str, email: str, groups: list[Group]) -> User:
    """Make an account of the staff that has no password. Raise CommandError with a sentence for what it cannot have."""
    user = User(username=name, email=email, is_staff=True)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    user.save()
    user.groups.set(groups)
    return user
