"""Whether this process can serve pages: /healthz, for whoever watches it from inside."""

import logging
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from cooperation.database_faults import is_disk_full
from cooperation.models import PUBLIC_RECORDS

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger(__name__)

PATH = "/healthz"
# Seconds after which PostgreSQL gives up, for example behind the lock of a migration. Readers of SQLite never wait.
MAX_WAIT = 2
# By path, device and inode of each SQLite file as this process first opened it: its kept pages are made of that one.
first_opened: dict[str, tuple[int, int]] = {}


class UnhealthyError(Exception):
    """Pages cannot be served, for the reason that the message gives in a sentence without a path."""


def health_middleware(get_response: GetResponse) -> GetResponse:
    """Answer /healthz to any host, also over http: whoever watches from inside knows the portal by its address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return healthz(request) if request.path_info == PATH else get_response(request)

    return middleware


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say “ok”, or “read-only” where pages can be read but nothing written, or with 503 why pages cannot be read."""
    try:
        status, text = 200, read_health()
    except UnhealthyError as error:
        status, text = 503, str(error)
    except Exception as error:  # whatever a database that is damaged or out of reach may raise
        # The reason may hold addresses and names, so that only the log has it.
        logger.error("The health check failed: %s", error)
        status, text = 503, "The database cannot be read."
    kind = "text/plain; charset=utf-8"
    return HttpResponse(f"{text}\n", status=status, content_type=kind, headers={"Cache-Control": "no-store"})


def read_health() -> str:
    """Read records through the ORM: “ok” or “read-only”. Raises UnhealthyError, or what the database raises."""
    is_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    if is_file:
        check_file(connection)
        # An open connection answers from its memory, whatever became of the file.
        connection.close()
    # The names of the files were read at the start; the files themselves are opened when somebody asks for them.
    if getattr(staticfiles_storage, "hashed_files", None) and not Path(settings.STATIC_ROOT).is_dir():
        raise UnhealthyError("The static files are gone. Run manage.py setup.")
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{MAX_WAIT}s'")
        existing = set(connection.introspection.table_names())
        missing = sorted(set(connection.introspection.django_table_names()) - existing)
        if missing:
            raise UnhealthyError(f"A table is missing: {missing[0]}.")
        for model in PUBLIC_RECORDS:
            model.objects.published().order_by("pk").first()
        return "read-only" if is_read_only(is_file) else "ok"


def is_read_only(is_file: bool) -> bool:
    if settings.READ_ONLY:
        return True
    if is_file:
        file = Path(connection.settings_dict["NAME"])
        # SQLite writes a second file beside its database. On a disk that is read-only, neither can be written.
        return not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)) or is_disk_full()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            return cursor.fetchone() == ("on",)
    return False


def check_file(connection: BaseDatabaseWrapper) -> None:
    """Raise UnhealthyError unless the database file is there and is the one that this process opened first."""
    path = connection.settings_dict["NAME"]
    now = identity(path)
    if now is None:
        raise UnhealthyError("The database file is gone.")
    if first_opened.get(str(path), now) != now:
        raise UnhealthyError("The database file was replaced. Restart the portal.")


def remember_file(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """Keep which file this process opened first; a file in memory has no path."""
    if connection.vendor == "sqlite" and (now := identity(connection.settings_dict["NAME"])):
        first_opened.setdefault(str(connection.settings_dict["NAME"]), now)


def identity(path: str | Path) -> tuple[int, int] | None:
    """Find the device and inode of a file; None where there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


connection_created.connect(remember_file)
