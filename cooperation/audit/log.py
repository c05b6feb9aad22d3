"""Write an entry of the audit log, with who asks for it and from where."""

from collections.abc import Callable
from contextvars import ContextVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cooperation.client_address import client_address
from cooperation.models import AuditEntry

MAX_ABOUT, MAX_DETAIL = 300, 2_000  # characters

_request: ContextVar[HttpRequest | None] = ContextVar("the request that is being answered", default=None)


def audited_requests(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Let entries that are written while a request is answered know its account and address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    return middleware


def write_audit_entry(
    action: AuditEntry.Action,
    *,
    request: HttpRequest | None = None,
    user: AbstractBaseUser | AnonymousUser | None = None,
    about: str = "",
    detail: str = "",
) -> AuditEntry:
    """Add an entry in the transaction of the act: without the entry there is no act.

    `user` is who acted, as a rule whoever is signed in; a command has neither request nor account. `about` names one
    thing, as “project rice-seeds”. Neither it nor `detail` may hold a password or a token.
    """
    request = request or _request.get()
    user = user or getattr(request, "user", None)
    account = user if isinstance(user, User) and user.pk else None
    return AuditEntry.objects.create(
        action=action,
        user=account,
        user_name=account.get_username() if account else "",
        address=client_address(request) if request else "",
        about=clean_line(about)[:MAX_ABOUT],
        detail=detail.replace("\0", "")[:MAX_DETAIL],
    )


def clean_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
