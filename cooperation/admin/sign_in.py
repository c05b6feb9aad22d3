"""The log-in of curators: the password, then a code of the authenticator app, which is set up at the first log-in.

Until both are given, nobody is logged in: the session holds only who gave the right password, for ten minutes.
"""

from dataclasses import dataclass
from time import time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cooperation.accounts.second_factor import (
    SECOND_FACTOR,
    add_device,
    count_recovery_codes,
    draw_qr_code,
    find_device,
    make_recovery_codes,
    make_secret,
    secret_as_text,
    verify_code,
)
from cooperation.accounts.signals import second_factor_failed
from cooperation.accounts.throttle import TooManyAttemptsError, begin_attempt, forget_attempts, remember_address
from cooperation.accounts.unsent import forget_unsent, read_unsent
from cooperation.models import SignInAttempt

BACKEND = "django.contrib.auth.backends.ModelBackend"
# Keys of the session: who gave the right password; the secret of an authenticator app that is being set up.
PENDING, NEW_SECRET = "pending_sign_in", "new_secret"
# Seconds from the password to the code. An authenticator app is installed and set up meanwhile.
PENDING_SECONDS = 600
TOO_MANY, RETRY_AFTER = "too_many_attempts", "Retry-After"


class PasswordForm(AdminAuthenticationForm):
    """The form of name and password. Each attempt is counted before the password is checked."""

    refusal: TooManyAttemptsError | None = None

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not name or not password:
            return super().clean()
        try:
            attempt = begin_attempt(self.request, SignInAttempt.Step.PASSWORD, name)
        except TooManyAttemptsError as refusal:
            self.refusal = refusal
            raise ValidationError(refusal.sentence, code=TOO_MANY) from refusal
        cleaned = super().clean()
        forget_attempts(attempt)
        return cleaned


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class NewDeviceForm(forms.Form):
    """The first code of an authenticator app that is being set up; before a former one goes, also one of that."""

    code = forms.CharField(
        label=_("Code that the app shows now"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )


@dataclass(frozen=True)
class PendingSignIn:
    """Somebody who gave the right password, and the address that was asked for."""

    user: User
    next_url: str


class PasswordStep(LoginView):
    """The first step. Whoever gives the right password is pending, and not yet logged in."""

    template_name = "admin/login.html"
    authentication_form = PasswordForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user, next_url = form.get_user(), self.get_redirect_url() or reverse("admin:index")
        if find_device(user):
            return begin_pending(self.request, user, next_url, reverse("sign_in_code"))
        if settings.SECOND_FACTOR_REQUIRED:
            return begin_pending(self.request, user, next_url, reverse("sign_in_set_up"))
        return HttpResponseRedirect(complete_sign_in(self.request, user, next_url))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return refused(super().form_invalid(form), cast("PasswordForm", form).refusal)


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Answer `/admin/login/`."""
    if request.method == "GET" and admin.site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    context = {
        **admin.site.each_context(request),
        "title": gettext("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
    }
    if "next" not in request.GET and "next" not in request.POST:
        context["next"] = reverse("admin:index")
    return PasswordStep.as_view(extra_context=context)(request)


@never_cache
@sensitive_post_parameters("code")
def code_step(request: HttpRequest) -> HttpResponse:
    """Ask whoever gave the right password for a code."""
    pending = read_pending(request)
    if pending is None:
        return start_again(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    refusal = check_code(request, pending.user, form) if request.method == "POST" else None
    if request.method == "POST" and form.is_valid():
        return HttpResponseRedirect(complete_sign_in(request, pending.user, pending.next_url))
    return refused(page(request, "sign_in_code", gettext("Enter a code"), form=form), refusal)


@never_cache
@sensitive_post_parameters("code")
def set_up_step(request: HttpRequest) -> HttpResponse:
    """Let whoever gave the right password, and has no authenticator app, set one up."""
    pending = read_pending(request)
    if pending is None or find_device(pending.user):
        return start_again(request)
    form = NewDeviceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        codes = add_new_device(request, pending.user, form)
        if codes:
            next_url = complete_sign_in(request, pending.user, pending.next_url)
            return recovery_codes_page(request, codes, next_url)
    return set_up_page(request, pending.user, form=form)


@never_cache
@sensitive_post_parameters("code", "current-code")
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Show somebody who is logged in what second factor there is, and let it be set up, replaced or given new codes.

    What changes an existing one needs a code of it, so that an open session alone cannot take it over.
    """
    user = cast("User", request.user)
    device = find_device(user)
    wants_codes = device is not None and "new-codes" in request.POST
    current = CodeForm(request.POST if request.method == "POST" and device else None, prefix="current")
    form = NewDeviceForm(request.POST if request.method == "POST" and not wants_codes else None)
    refusal, codes = None, None
    if request.method == "POST" and (wants_codes or form.is_valid()):
        refusal = check_code(request, user, current) if device else None
        if not device or current.is_valid():
            codes = make_recovery_codes(request, user) if wants_codes else add_new_device(request, user, form)
    if codes:
        device = find_device(user)
        request.session[SECOND_FACTOR] = device and device.pk
        request.session.cycle_key()
        return recovery_codes_page(request, codes, reverse("admin:index"))
    context = {"device": device, "left": count_recovery_codes(user), "current": current, "form": form}
    return refused(set_up_page(request, user, "second_factor", gettext("Authenticator app"), **context), refusal)


def check_code(request: HttpRequest, user: User, form: CodeForm) -> TooManyAttemptsError | None:
    """Check the code of a form, and put an error into the form if it is wrong. Return what refuses the attempt."""
    if not form.is_valid():
        return None
    try:
        attempt = begin_attempt(request, SignInAttempt.Step.CODE, user.get_username())
    except TooManyAttemptsError as refusal:
        form.add_error("code", ValidationError(refusal.sentence, code=TOO_MANY))
        return refusal
    if verify_code(request, user, form.cleaned_data["code"]):
        forget_attempts(attempt)
    else:
        second_factor_failed.send(User, request=request, user=user)
        form.add_error("code", gettext("This code is wrong or was used before. Enter the one that the app shows now."))
    return None


def add_new_device(request: HttpRequest, user: User, form: NewDeviceForm) -> list[str] | None:
    """Set up the authenticator app with the secret that was shown; for a wrong code put an error into the form."""
    secret = request.session.get(NEW_SECRET)
    codes = add_device(request, user, secret, form.cleaned_data["code"]) if secret else None
    if codes:
        del request.session[NEW_SECRET]
    else:
        form.add_error("code", gettext("This code is wrong. Check the clock of your phone, and enter the next code."))
    return codes


def begin_pending(request: HttpRequest, user: User, next_url: str, step: str) -> HttpResponse:
    """Note who gave the right password, in a session with a new key."""
    request.session.cycle_key()
    request.session.pop(NEW_SECRET, None)
    request.session[PENDING] = [user.pk, user.get_session_auth_hash(), int(time()), next_url]
    return HttpResponseRedirect(step)


def read_pending(request: HttpRequest) -> PendingSignIn | None:
    """Return who gave the right password less than ten minutes ago, and may still log in."""
    number, digest, began, next_url = request.session.get(PENDING, (None, "", 0, ""))
    if number is None or abs(time() - began) > PENDING_SECONDS:
        return None
    user = User.objects.filter(pk=number, is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), digest):
        return None
    return PendingSignIn(user, next_url)


def complete_sign_in(request: HttpRequest, user: User, next_url: str) -> str:
    """Log in somebody who gave everything that is asked for. Return where to go: first to a form that waits."""
    device = find_device(user)
    login(request, user, backend=BACKEND)
    for key in (PENDING, NEW_SECRET, SECOND_FACTOR):
        request.session.pop(key, None)
    if device:
        request.session[SECOND_FACTOR] = device.pk
    remember_address(request, user)
    if read_unsent(request, user.pk):
        return reverse("unsent")
    forget_unsent(request)
    return next_url


def start_again(request: HttpRequest) -> HttpResponse:
    """Send somebody to the first step, unless everything is done."""
    if admin.site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    if request.session.pop(PENDING, None) is not None or request.method == "POST":
        messages.warning(request, gettext("The log-in took too long. Enter your password again."))
    return HttpResponseRedirect(reverse("admin:login"))


def set_up_page(
    request: HttpRequest, user: User, template: str = "sign_in_set_up", title: str = "", **context: object
) -> TemplateResponse:
    """Show the QR code of a new secret. It stays the same until it is set up, so that a wrong code can be repeated."""
    secret = request.session.setdefault(NEW_SECRET, make_secret())
    width, path = draw_qr_code(user, secret)
    qr_code = {"width": width, "path": path, "secret": secret_as_text(secret)}
    return page(request, template, title or gettext("Set up an authenticator app"), qr_code=qr_code, **context)


def recovery_codes_page(request: HttpRequest, codes: list[str], next_url: str) -> TemplateResponse:
    return page(request, "recovery_codes", gettext("Your recovery codes"), codes=codes, next_url=next_url)


def page(request: HttpRequest, template: str, title: str, **context: object) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/{template}.html", context)


def refused(response: HttpResponse, refusal: TooManyAttemptsError | None) -> HttpResponse:
    """Say in the status of an answer that there were too many attempts."""
    if refusal is not None:
        response.status_code = 429
        response.headers[RETRY_AFTER] = str(refusal.seconds)
    return response
