"""The pages of failures, with the number under which the log tells more."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cooperation.request_log import request_number


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer a request that failed; the page is made without the request, which may be what fails."""
    return HttpResponse(render_to_string("500.html", {"number": request_number()}), status=500)
