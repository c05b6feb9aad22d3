"""A form that was sent too late or with an old token: what was typed is shown again, and sent with one button."""

from typing import cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from cooperation.accounts.unsent import UnsentForm, can_keep, forget_unsent, read_unsent, typed_fields


@never_cache
def unsent_page(request: HttpRequest) -> HttpResponse:
    """Offer the form that was sent when the session had ended; a POST forgets it."""
    unsent = read_unsent(request, cast("User", request.user).pk)
    if request.method == "POST" or unsent is None:
        forget_unsent(request)
        return HttpResponseRedirect(reverse("admin:index"))
    why = gettext("You had been logged out when you sent this form, so it was not saved.")
    return send_again_page(request, why, unsent)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token. After a log-in in another window its sender gets it back, with a new one.

    Only if the browser says that it comes from this site. The sender has to press a button, so that nothing is sent by
    a page of somebody else.
    """
    own = f"{request.scheme}://{request.get_host()}"
    if can_keep(request) and request.headers.get("Origin") == own and admin.site.has_permission(request):
        why = gettext("You logged in again after this form had been opened, so it was not saved.")
        form = UnsentForm(request.get_full_path(), typed_fields(request), bool(request.FILES))
        response = send_again_page(request, why, form)
        response.status_code = 403
        return response
    sentence = gettext(
        "The form could not be checked, so nothing was changed. Go back, load the page again and resend it."
    )
    return render(request, "403.html", {"exception": sentence}, status=403)


def send_again_page(request: HttpRequest, why: str, form: UnsentForm) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": gettext("This form was not saved"),
        "why": why,
        "address": form.address,
        "fields": [(name, value) for name, values in form.data.lists() for value in values],
        "has_files": form.has_files,
    }
    return TemplateResponse(request, "admin/unsent.html", context)
