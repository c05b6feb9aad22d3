"""`manage.py password_link`: prints a link with which somebody sets a password."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from cooperation.accounts.links import make_password_link
from cooperation.management.accounts import find_account
from cooperation.management.commands.setup import explain_database_errors


class Command(BaseCommand):
    help = (
        "Prints a link with which the owner of an account sets a new password, once. Give it to nobody else: whoever "
        "has it can set the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name of the account")

    def handle(self, *, name: str, **options: Any) -> None:
        with explain_database_errors():
            user = find_account(name)
            if not user.is_active:
                raise CommandError(f"The account {name} is not active, so that its owner cannot log in.")
            self.stdout.write(make_password_link(user))
        self.stderr.write(f"The link can be used once, within {settings.PASSWORD_LINK_HOURS} hours.")
