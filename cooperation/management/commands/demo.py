"""`manage.py demo`: the whole portal on one's own computer, with one command."""

import argparse
import os
import secrets
import socket
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import BaseCommand, CommandError, call_command
from django.db import transaction

from cooperation.exports.publication import AlreadyPublishingError, publish, read_publication
from cooperation.exports.statement import data_time
from cooperation.management.commands.setup import explain_database_errors
from cooperation.management.progress import ProgressBar

HOST = "127.0.0.1"
CURATOR = "curator"


def port_number(text):
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"“{text}” is not a port. Write a number from 1 to 65535.")
    return int(text)


class Command(BaseCommand):
    help = (
        "Sets the portal up, makes the files of /data/ and an account for a curator, and serves the portal at "
        "http://127.0.0.1:8000/ until Ctrl-C. Only this computer can reach it."
    )

    def add_arguments(self, parser):
        parser.add_argument("--port", type=port_number, default=8000, help="another port than 8000")

    def handle(self, *, port, **options):
        check_port(port)
        call_command("setup", stdout=self.stdout)
        address = f"http://{HOST}:{port}/"
        with explain_database_errors():
            with ProgressBar(self.stdout) as bar:
                bar.show(0.95, "making the files of /data/")
                files = publish_files(address.removesuffix("/"))
            self.stdout.write(files)
            password = make_curator()
        if password:
            self.stdout.write(f"Curators log in at {address}admin/ as {CURATOR} with the password {password}")
            self.stdout.write("Keep the password: it is not shown again.")
        else:
            self.stdout.write(f"The account {CURATOR} exists. A new password: manage.py changepassword {CURATOR}")
        self.stdout.write(f"The portal is at {address} (Ctrl-C ends it).")
        self.stdout.flush()
        serve(port)


def check_port(port):
    """Raise CommandError unless a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last server ended a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise CommandError(f"Port {port} is not allowed for this user. Choose another one with --port.") from error
        except OSError as error:
            raise CommandError(f"Port {port} is taken by another program. Choose another one with --port.") from error


def publish_files(site):
    """Make the files of /data/, unless it was done for the same data: a line that says so.

    What was published for another host than this computer is left alone: it may be in use.
    """
    try:
        published = read_publication()
        if published and urlsplit(published.site).hostname != HOST:
            return f"The files of /data/ were made for {published.site} and left alone."
        if published and (published.made, published.site) == (data_time(), site):
            return "The files of /data/ are up to date."
        number = len(publish(site).files)
    except AlreadyPublishingError:
        return "The files of /data/ are just being made by another program."
    except OSError as error:
        return f"The files of /data/ cannot be written to {settings.DATA_DIR} ({error.strerror})."
    return f"The {number} files of /data/ were made."


@transaction.atomic
def make_curator():
    """The password of the account made now, or None when there was one. The group gets rights that it lacks."""
    group, _created = Group.objects.get_or_create(name="Curators")
    group.permissions.add(*Permission.objects.filter(content_type__app_label="cooperation"))
    users = get_user_model().objects
    if users.filter(username=CURATOR).exists():
        return None
    password = secrets.token_urlsafe(16)  # bytes
    users.create_user(CURATOR, password=password, is_staff=True).groups.add(group)
    return password


def serve(port):
    """Become the web server: this process ends and gunicorn goes on in its place, so that Ctrl-C reaches it."""
    # Whatever the environment says of another installation: this one is not for debugging, and on this computer only.
    os.environ.update(DEBUG="false", ALLOWED_HOSTS=f"{HOST},localhost", URL_PREFIX="", BIND=f"{HOST}:{port}")
    # There is one account: as long as nobody says otherwise, it may publish what it writes.
    os.environ.setdefault("ONE_PERSON_OFFICE", "true")
    # The terminal is for the sentences above.
    os.environ.setdefault("ACCESS_LOG", "false")
    # Only this computer can reach it.
    os.environ.setdefault("SECOND_FACTOR_REQUIRED", "false")
    configuration = settings.BASE_DIR / "sscportal" / "gunicorn.py"
    command = [sys.executable, "-m", "gunicorn", "--config", str(configuration), "--log-level", "warning"]
    # Nothing in the command comes from outside.
    os.execv(sys.executable, command)  # noqa: S606  # nosec B606
