"""The second factor of the log-in: an authenticator app (TOTP), and recovery codes for the day it is lost."""

import hashlib
import re
import secrets
from base64 import b32encode

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from cooperation.accounts.mail import warn_of_change
from cooperation.accounts.signals import (
    recovery_code_used,
    recovery_codes_made,
    second_factor_added,
    second_factor_removed,
)
from cooperation.models import RecoveryCode

RECOVERY_CODES = 10
# 120 bits: nobody guesses them, so that a plain digest protects them as stored.
RECOVERY_CODE_BYTES = 15
# The number of the authenticator app with which a session began.
SECOND_FACTOR = "second_factor"
# Modules of white around a QR code, as its standard asks.
QR_BORDER = 4


def find_device(user: User) -> TOTPDevice | None:
    """Return the authenticator app of an account, or None."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def has_second_factor(request: HttpRequest) -> bool:
    """Tell whether a session began with the authenticator app that its account has now, or needs none."""
    if SECOND_FACTOR not in request.session:
        return not settings.SECOND_FACTOR_REQUIRED
    number = request.session[SECOND_FACTOR]
    return bool(TOTPDevice.objects.filter(pk=number, user_id=request.user.pk, confirmed=True).exists())


def make_secret() -> str:
    """Make the secret of an authenticator app: 160 bits in hexadecimal."""
    return str(random_hex(20))


def verify_code(request: HttpRequest, user: User, code: str) -> bool:
    """Check a code of the authenticator app or a recovery code. Either is accepted once."""
    text = plain_code(code)
    if re.fullmatch("[0-9]{6}", text):
        with transaction.atomic():
            # Locked, so that of two requests at once one finds the code used.
            device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
            return device is not None and bool(device.verify_token(text))
    used, _per_model = RecoveryCode.objects.filter(user=user, digest=digest_code(text)).delete()
    if used:
        left = count_recovery_codes(user)
        recovery_code_used.send(RecoveryCode, request=request, user=user, left=left)
        warn_of_change(user, gettext("Somebody logged in to your account with a recovery code."))
    return bool(used)


@transaction.atomic
def add_device(request: HttpRequest, user: User, secret: str, code: str) -> list[str] | None:
    """Set up an authenticator app in place of any former one, and return new recovery codes; None for a wrong code."""
    text, device = plain_code(code), TOTPDevice(user=user, name="authenticator", key=secret)
    # A device of django-otp stores each wrong code that it checks, also one that is not set up yet.
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    if not re.fullmatch("[0-9]{6}", text) or not totp.verify(int(text), device.tolerance):
        return None
    device.last_t, device.drift = totp.t(), totp.drift
    device.save()
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    second_factor_added.send(TOTPDevice, request=request, user=user)
    warn_of_change(user, gettext("An authenticator app was set up for your account."))
    return make_recovery_codes(request, user)


@transaction.atomic
def remove_second_factor(user: User, *, request: HttpRequest | None = None, by: User | None = None) -> bool:
    """Remove the authenticator app and the recovery codes of an account; False if it had none."""
    RecoveryCode.objects.filter(user=user).delete()
    removed, _per_model = TOTPDevice.objects.filter(user=user).delete()
    if removed:
        second_factor_removed.send(TOTPDevice, request=request, user=user, by=by)
        sentence = gettext("The authenticator app of your account was removed. You set up one at the next log-in.")
        warn_of_change(user, sentence)
    return bool(removed)


@transaction.atomic
def make_recovery_codes(request: HttpRequest, user: User) -> list[str]:
    """Make new recovery codes and return them as they are written down. The former ones become void."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=digest_code(code)) for code in codes)
    recovery_codes_made.send(RecoveryCode, request=request, user=user)
    return [in_groups(code, "-") for code in codes]


def count_recovery_codes(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


def plain_code(code: str) -> str:
    """Return a code without the spaces and hyphens with which it may be typed."""
    return re.sub(r"[\s-]", "", code).upper()


def digest_code(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def in_groups(text: str, sign: str = " ") -> str:
    """Write a text in groups of four characters, so that it can be copied by hand."""
    return sign.join(re.findall(".{1,4}", text))


def secret_as_text(secret: str) -> str:
    """Write a secret as authenticator apps take it by hand: base 32, in groups."""
    return in_groups(b32encode(bytes.fromhex(secret)).decode())


def draw_qr_code(user: User, secret: str) -> tuple[int, str]:
    """Draw the QR code of a secret: the width of its square in modules, and a path of SVG for the dark ones."""
    code = segno.make(TOTPDevice(user=user, key=secret).config_url, micro=False)
    rows = list(code.matrix_iter(border=QR_BORDER))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), path
