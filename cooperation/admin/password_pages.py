"""A forgotten password: a link is asked for by e-mail address, and leads to a page where a new one is set."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from cooperation.accounts.links import mail_password_link
from cooperation.accounts.mail import warn_of_change
from cooperation.accounts.signals import password_set_by_link
from cooperation.accounts.throttle import TooManyAttemptsError, begin_attempt
from cooperation.admin.sign_in import refused
from cooperation.models import SignInAttempt


class PasswordLinkForm(PasswordResetForm):
    """An e-mail address. Links are for those who may log in to the admin."""

    def get_users(self, email: str) -> Iterator[User]:
        return (user for user in super().get_users(email) if user.is_staff)


@never_cache
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Send a link to the address of an account. The answer is the same if there is none."""
    if request.method != "POST" or not settings.HAS_MAIL:
        return link_page(request, PasswordLinkForm())
    form = PasswordLinkForm(request.POST)
    if not form.is_valid():
        return link_page(request, form)
    try:
        begin_attempt(request, SignInAttempt.Step.LINK, form.cleaned_data["email"])
    except TooManyAttemptsError as refusal:
        form.add_error(None, ValidationError(refusal.sentence))
        return refused(link_page(request, form), refusal)
    for user in form.get_users(form.cleaned_data["email"]):
        mail_password_link(user, gettext("set a new password"), request=request)
    sentence = gettext(
        "If an account has this e-mail address, a message with a link is on its way to it. If none arrives, look among "
        "unwanted mail, or ask an administrator of this portal."
    )
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("admin:login"))


def link_page(request: HttpRequest, form: PasswordLinkForm) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": gettext("Forgotten password"),
        "form": form,
        "has_mail": settings.HAS_MAIL,
    }
    return TemplateResponse(request, "admin/password_link.html", context)


class SetPasswordPage(PasswordResetConfirmView):
    """The page of a link. The link itself is taken out of the address first, so that no other page learns it."""

    success_url = reverse_lazy("admin:login")
    template_name = "admin/set_password.html"
    title = _("Set your password")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        response = super().form_valid(form)
        password_set_by_link.send(User, request=self.request, user=form.user)
        warn_of_change(
            form.user, gettext("The password of your account was set with a link that had been sent to you.")
        )
        messages.success(self.request, gettext("Your password is set. Log in with it."))
        return response
