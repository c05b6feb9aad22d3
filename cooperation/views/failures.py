"""The pages of failures, with the number under which the log tells more."""

import sys
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from cooperation.database_faults import DatabaseFault, read_fault
from cooperation.middleware import READING_METHODS
from cooperation.request_log import request_number


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed; the page is made without the request, which may be what fails."""
    fault = read_fault(sys.exc_info()[1])
    if fault:
        return fault_page(request, fault)
    return HttpResponse(render_to_string("500.html", {"number": request_number()}), status=500)


def refuse_writes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Refuse whatever would be saved while a setting keeps the portal read-only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.READ_ONLY and request.method not in READING_METHODS.split(", "):
            return fault_page(request, DatabaseFault.READ_ONLY)
        return get_response(request)

    return middleware


def fault_page(request: HttpRequest, fault: DatabaseFault) -> HttpResponse:
    """Say what is the matter with the database, and to whom has sent a form where it is now."""
    context = {"fault": fault, "is_form": request.method not in READING_METHODS.split(", "), "number": request_number()}
    headers = {"Retry-After": str(fault.seconds), "Cache-Control": "no-store"}
    return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)
