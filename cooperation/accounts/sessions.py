"""How long somebody stays logged in to the admin."""

from time import time

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

# What a session holds: when it began and when it was last used (seconds since 1970).
SIGNED_IN, LAST_SEEN = "signed_in", "last_seen"
# Seconds after which the last use is written anew: once for many requests.
NOTED_EVERY = 60


def begin_session(sender: object, request: HttpRequest, user: object, **kwargs: object) -> None:
    """Start the time of a session. A receiver of `user_logged_in`."""
    request.session[SIGNED_IN] = request.session[LAST_SEEN] = int(time())


def why_session_ended(request: HttpRequest) -> str:
    """Return the reason, in a sentence, for which the session of `request` is too old; "" if it is not."""
    now, hours, minutes = time(), settings.SESSION_HOURS, settings.SESSION_IDLE_MINUTES
    # Either way: a clock that was put back must not make a session last longer.
    if abs(now - request.session.get(SIGNED_IN, 0)) > hours * 3600:
        return ngettext(
            "You were logged out after %(number)s hour. Log in again.",
            "You were logged out after %(number)s hours. Log in again.",
            hours,
        ) % {"number": hours}
    if abs(now - request.session.get(LAST_SEEN, 0)) > minutes * 60:
        return ngettext(
            "You were logged out after %(number)s minute without activity. Log in again.",
            "You were logged out after %(number)s minutes without activity. Log in again.",
            minutes,
        ) % {"number": minutes}
    return ""


def note_use(request: HttpRequest) -> None:
    """Write down that the session is in use."""
    now = int(time())
    if now - request.session[LAST_SEEN] >= NOTED_EVERY:
        request.session[LAST_SEEN] = now
