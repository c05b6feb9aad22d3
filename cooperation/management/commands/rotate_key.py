"""`manage.py rotate_key`: puts a new key in the place of that in var/secret_key."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = (
        "Makes a new secret key in var/secret_key. What the former key signed stays valid until the next rotation: "
        "nobody is logged out, and links to set a password can be used. With --forget, for a key that others may know, "
        "everybody is logged out and those links are void. The portal has to be restarted afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--forget", action="store_true", help="let nothing stay valid that a former key signed")

    def handle(self, *, forget: bool, **options: Any) -> None:
        path = settings.KEY_FILE
        if os.environ.get("SECRET_KEY", "").strip():
            raise CommandError(
                "The key is the setting SECRET_KEY, which this command does not change. Write a new key there, and the "
                "former one into SECRET_KEY_FALLBACKS, unless others may know it."
            )
        keys = [secrets.token_urlsafe(50)] if forget else [secrets.token_urlsafe(50), settings.SECRET_KEY]
        try:
            write_keys(path, keys)
        except OSError as error:
            raise CommandError(f"The key {path} cannot be written ({error.strerror}). It is unchanged.") from error
        self.stdout.write("There is a new secret key. Restart the portal now, so that it is used everywhere.")


def write_keys(path: Path, keys: list[str]) -> None:
    """Replace the file with one line for each key: as a whole, and readable by its owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-", delete=False) as draft:
        try:
            draft.write("\n".join(keys) + "\n")
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(path)
        except OSError:
            Path(draft.name).unlink()
            raise
