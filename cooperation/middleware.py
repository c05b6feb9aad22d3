"""What comes in and goes out with every page."""

import json
import logging
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.accounts.second_factor import has_second_factor
from cooperation.accounts.sessions import note_use, why_session_ended
from cooperation.accounts.signals import session_ended
from cooperation.accounts.unsent import can_keep, forget_when_sent, keep_unsent
from cooperation.database_faults import read_fault
from cooperation.headers import ADMIN_POLICY, EVERY_ANSWER, PUBLIC_POLICY, format_policy

logger = logging.getLogger(__name__)

STATIC = "/static/"
# The list that collectstatic makes for the portal itself. Whitenoise would serve it like every file of the folder.
MANIFEST = (f"{STATIC}staticfiles.json", f"{STATIC}staticfiles.json.gz")

# How the addresses of files for programs end. Every other address is that of a page.
MACHINE_SUFFIXES = (".json", ".csv", ".xlsx", ".xml", ".atom", ".bib", ".ris", ".txt", ".zip", ".sha256")
READING_METHODS = "GET, HEAD, OPTIONS"
# Nothing public depends on a cookie, so that any site may ask for it and read every header of the answer.
CORS_HEADERS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*"}
PREFLIGHT_HEADERS = {
    "Allow": READING_METHODS,
    "Access-Control-Allow-Methods": READING_METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",  # seconds: browsers shorten it to two hours or a day
}
REFUSALS = {
    400: _("The request cannot be read."),
    404: _("There is nothing public at this address."),
    405: _("Data can only be read here: use GET or HEAD."),
    500: _("The server failed to answer. The failure is ours, not that of the request."),
    503: _("The database of the registry does not answer. Try again later."),
}


def is_for_admin(request):
    return request.path_info.startswith("/admin/")


def is_machine_address(path: str) -> bool:
    """Tell the address of a file for programs (`/projects.json`) from that of a page, by how it ends."""
    return path.endswith(MACHINE_SUFFIXES) and not path.startswith(("/admin/", STATIC))


class ReadersSessionMiddleware(SessionMiddleware):
    """Show a page of the admin also while its session cannot be stored. What changes something is not let off."""

    def process_response(self, request, response):
        if settings.READ_ONLY:
            request.session.modified = False
        try:
            return super().process_response(request, response)
        except DatabaseError as error:
            if request.method not in READING_METHODS.split(", ") or read_fault(error) is None:
                raise
            logger.warning("A session could not be stored: %s", error)
            return response


def content_security_policy(get_response):
    """Say to the browser what a page may load: nothing but our own style and pictures, and in the admin its scripts."""

    def middleware(request):
        response = get_response(request)
        policy = ADMIN_POLICY if is_for_admin(request) else PUBLIC_POLICY
        response["Content-Security-Policy"] = format_policy(policy)
        return response

    return middleware


def headers_of_every_answer(get_response):
    """Say in every answer what no browser may do with it, whichever middleware below has made the answer."""

    def middleware(request):
        response = get_response(request)
        for name, value in EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        return response

    return middleware


def cross_origin_resource_policy(get_response):
    """Let pages of other sites load what is made for programs, and neither pages nor their style and pictures."""

    def middleware(request):
        response = get_response(request)
        is_open = is_machine_address(request.path_info)
        response["Cross-Origin-Resource-Policy"] = "cross-origin" if is_open else "same-origin"
        return response

    return middleware


def no_manifest(get_response):
    """Answer 404 at the address of the list of static files, also where an older release has left it in the folder."""

    def middleware(request):
        if request.path_info in MANIFEST:
            raise Http404
        return get_response(request)

    return middleware


def no_cookies_in_public(get_response):
    """Look at no cookie outside the admin, so that public pages are the same for everyone and never set one."""

    def middleware(request):
        if not is_for_admin(request):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def no_nul_in_admin(get_response):
    """Read a NUL in a query of the admin as U+FFFD, which nothing is called; with one in its path there is no page.

    PostgreSQL refuses a condition with a NUL, and neither Django's lists nor its autocomplete look for one.
    """

    def middleware(request):
        if is_for_admin(request):
            if "\0" in request.path_info:
                raise Http404
            query = request.META.get("QUERY_STRING", "")
            request.META["QUERY_STRING"] = query.replace("\0", "%00").replace("%00", "%EF%BF%BD")
        return get_response(request)

    return middleware


def sessions_end(get_response):
    """Log out whoever has been logged in for too long, did nothing for a while, or came without a second factor."""

    def middleware(request):
        if is_for_admin(request) and request.user.is_authenticated:
            reason = why_session_ended(request)
            if not reason and not has_second_factor(request):
                reason = gettext("Log in again with a code of your authenticator app.")
            if reason:
                end_session(request, reason)
            else:
                note_use(request)
                forget_when_sent(request)
        return get_response(request)

    return middleware


def end_session(request: HttpRequest, reason: str) -> None:
    """Log out, and keep what was typed into a form until the next log-in."""
    owner = request.user
    session_ended.send(type(owner), request=request, user=owner, reason=reason)
    logout(request)
    messages.warning(request, reason)
    if can_keep(request) and keep_unsent(request, owner.pk):
        messages.info(request, gettext("What you typed is not saved yet. You can send it after the log-in."))


def no_length_when_not_modified(get_response):
    """Send “not modified” without a length: a cache could take its 0 for the length of the page that it keeps."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 304:
            del response["Content-Length"]
        return response

    return middleware


def open_to_other_sites(get_response):
    """Let scripts of any site read what is at the addresses of machines, whatever its status.

    OPTIONS is answered here, so that nothing is read for it. An error that would be a page of HTML is said in the
    format of the address: a problem as in RFC 9457 in JSON, plain text elsewhere.
    """

    def middleware(request):
        if not is_machine_address(request.path_info):
            return get_response(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={**CORS_HEADERS, **PREFLIGHT_HEADERS})
        response = get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        # A developer reads the page on which Django shows where a failure comes from.
        if response.status_code >= 400 and is_page and not (settings.DEBUG and response.status_code >= 500):
            say_error(request, response)
        for name, value in CORS_HEADERS.items():
            response.headers[name] = value
        return response

    return middleware


def say_error(request: HttpRequest, response: HttpResponse) -> None:
    """Put a sentence for programs in place of the page of an error. Other headers, such as `Allow`, stay."""
    status = response.status_code
    sentence = gettext(REFUSALS.get(status, HTTPStatus(status).description))
    if request.path_info.endswith(".json"):
        problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": sentence}
        response.content = json.dumps(problem, ensure_ascii=False).encode()
        response.headers["Content-Type"] = "application/problem+json"
    else:
        response.content = f"{sentence}\n".encode()
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    response.headers["Content-Length"] = str(len(response.content))
    del response.headers["Content-Encoding"]


def redirects_are_asked_again(get_response):
    """Let nobody keep a redirect: browsers keep a 301 for years, unless its `Cache-Control` says otherwise.

    Records that were merged and records whose id changed both redirect with 301, since that is what search engines and
    programs need: the former address is not to be used any more. But a merge can be undone, and an id changed back.
    Then the record is at its former address again, and must not be hidden by what a browser kept.
    """

    def middleware(request):
        response = get_response(request)
        if "Location" in response.headers:
            response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return middleware
