"""A page that failed (status 500 or 503): the operator is told, at most once an hour for each kind of failure."""

import logging
import sys
import traceback
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.database_faults import DatabaseFault, read_fault
from cooperation.locks import short_busy_timeout
from cooperation.mail.operator import mail_operator_once
from cooperation.request_log import request_number

logger = logging.getLogger(__name__)

# Milliseconds for which the answer to a reader may wait for another program that is writing.
PATIENCE_FOR_FAULT = 200
OWN_FOLDERS = ("cooperation", "sscportal")


def mail_fault(request: HttpRequest | None = None, **_signal: Any) -> None:
    """Queue a mail about the exception that is being handled. A database that takes none only leaves a line in the log.

    The mail holds neither the query, the form, the cookies nor the text of the exception, which may repeat them.
    """
    error = sys.exc_info()[1]
    if error is None or request is None or settings.DEBUG or not (settings.HAS_MAIL and settings.OPERATOR_MAIL):
        return
    try:
        fault, name, place = read_fault(error), type(error).__name__, find_place(error)
        if fault:
            key, subject = f"database {fault.value}", _("The database cannot be used as usual")
        else:
            key, subject = f"fault {name} {place}", _("A page failed (%(error)s)") % {"error": name}
        with short_busy_timeout(PATIENCE_FOR_FAULT), transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_FOR_FAULT}")
            mail_operator_once(key, subject, describe_fault(request, fault, name, place))
    except Exception as problem:  # the reader is answered whatever happens to the mail
        logger.error("A page failed, and the mail about it could not be queued: %s", problem)


def describe_fault(request: HttpRequest, fault: DatabaseFault | None, name: str, place: str) -> str:
    if fault:
        answer = _("A reader was answered with status 503: %(sentence)s") % {"sentence": fault.sentence}
    else:
        answer = _("A reader was answered with status 500, “the server failed”.")
    lines = [
        answer,
        "",
        _("Request: %(method)s %(path)s") % {"method": request.method, "path": printable(shown_path(request))},
        _("Failure: %(error)s in %(place)s") % {"error": name, "place": place},
        _("Time: %(time)s UTC") % {"time": f"{timezone.now():%Y-%m-%d %H:%M:%S}"},
    ]
    lines.append(_("Number of the request: %(number)s") % {"number": request_number()})
    lines += ["", _("The log of the portal says more. This kind of failure is mailed once an hour at most.")]
    return "\n".join(lines)


def shown_path(request: HttpRequest) -> str:
    """Return the path that was asked for; in the admin its pattern, since a link to a new password holds a secret."""
    if not request.path_info.startswith("/admin/"):
        return request.path_info
    match = request.resolver_match
    return f"/{match.route}" if match else "/admin/"


def printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)[:300]


def find_place(error: BaseException) -> str:
    """Name the last line of the portal’s own code on the way to an exception: “cooperation/urls.py, line 12”."""
    frames = traceback.extract_tb(error.__traceback__)
    base = Path(settings.BASE_DIR)
    for frame in reversed(frames):
        path = Path(frame.filename)
        if path.is_relative_to(base) and path.relative_to(base).parts[0] in OWN_FOLDERS:
            return f"{path.relative_to(base)}, line {frame.lineno}"
    last = frames[-1] if frames else None
    return f"{Path(last.filename).name}, line {last.lineno}" if last else "?"
