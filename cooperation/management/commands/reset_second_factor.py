"""`manage.py reset_second_factor`: for somebody who lost phone and recovery codes."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from cooperation.accounts.second_factor import remove_second_factor
from cooperation.management.accounts import find_account
from cooperation.management.commands.setup import explain_database_errors


class Command(BaseCommand):
    help = (
        "Removes the authenticator app and the recovery codes of an account, and logs it out everywhere. Its owner is "
        "told by e-mail, and sets up an app at the next log-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the name of the account")

    def handle(self, *, name: str, **options: Any) -> None:
        with explain_database_errors():
            if not remove_second_factor(find_account(name)):
                raise CommandError(f"The account {name} has no authenticator app.")
        self.stdout.write(f"{name} sets up an authenticator app at the next log-in.")
