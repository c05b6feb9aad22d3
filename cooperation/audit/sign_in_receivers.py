"""What the guarded sign-in adds to the audit log: refusals, second factors, links for passwords, ended sessions."""

import logging
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import Error, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.accounts.signals import (
    password_link_made,
    recovery_code_used,
    recovery_codes_made,
    second_factor_added,
    second_factor_failed,
    second_factor_removed,
    session_ended,
    sign_in_refused,
)
from cooperation.audit.log import write_audit_entry
from cooperation.audit.receivers import describe_typed_name, name_account
from cooperation.client_address import client_address
from cooperation.models import AuditEntry

logger = logging.getLogger(__name__)
Action = AuditEntry.Action

# Who goes on trying after too many attempts could fill the disk: of one address and name one entry is enough.
ONE_REFUSAL_IN = timedelta(minutes=10)


@receiver(sign_in_refused)
def audit_too_many_attempts(request: HttpRequest, name: str, **_signal: Any) -> None:
    try:
        with transaction.atomic():
            about, detail = describe_typed_name(name), _("Too many attempts.")
            recent = AuditEntry.objects.filter(made__gt=timezone.now() - ONE_REFUSAL_IN, action=Action.SIGN_IN_REFUSED)
            if not recent.filter(address=client_address(request), about=about, detail=detail).exists():
                write_audit_entry(Action.SIGN_IN_REFUSED, request=request, about=about, detail=detail)
    except Error as error:  # the sign-in is refused all the same
        logger.warning("A refused sign-in could not be written to the audit log: %s", error)


@receiver(second_factor_failed)
def audit_wrong_code(request: HttpRequest, user: User, **_signal: Any) -> None:
    about = name_account(user.get_username())
    write_audit_entry(Action.SIGN_IN_REFUSED, request=request, about=about, detail=_("Wrong code."))


@receiver(second_factor_added)
def audit_second_factor(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    about = name_account(user.get_username())
    write_audit_entry(Action.SECOND_FACTOR_ADDED, request=request, user=user, about=about)


@receiver(second_factor_removed)
def audit_removed_factor(request: HttpRequest | None, user: User, by: User | None = None, **_signal: Any) -> None:
    about = name_account(user.get_username())
    write_audit_entry(Action.SECOND_FACTOR_REMOVED, request=request, user=by, about=about)


@receiver(recovery_code_used)
def audit_recovery_code(request: HttpRequest, user: User, left: int, **_signal: Any) -> None:
    about, detail = name_account(user.get_username()), _("Codes left: %(number)s.") % {"number": left}
    write_audit_entry(Action.RECOVERY_CODE_USED, request=request, user=user, about=about, detail=detail)


@receiver(recovery_codes_made)
def audit_recovery_codes(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    about = name_account(user.get_username())
    write_audit_entry(Action.RECOVERY_CODES_MADE, request=request, user=user, about=about)


@receiver(password_link_made)
def audit_password_link(request: HttpRequest | None, user: User, by: User | None = None, **_signal: Any) -> None:
    about = name_account(user.get_username())
    write_audit_entry(Action.PASSWORD_LINK_MADE, request=request, user=by, about=about)


@receiver(session_ended)
def audit_session(request: HttpRequest, user: User, reason: str, **_signal: Any) -> None:
    write_audit_entry(Action.SESSION_ENDED, request=request, user=user, detail=reason)
