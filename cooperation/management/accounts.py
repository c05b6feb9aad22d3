"""What the commands about accounts have in common."""

from django.contrib.auth.models import User
from django.core.management import CommandError


def find_account(name: str) -> User:
    """Return the account `name`. Raise CommandError with a sentence if there is none."""
    user = User.objects.filter(username=name).first() if "\0" not in name else None
    if user is None:
        raise CommandError(f"There is no account {name!r}.")
    return user
