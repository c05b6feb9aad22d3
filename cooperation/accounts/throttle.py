"""Limits for attempts to log in, counted in the database, where all processes see them.

Nobody can shut out a curator from elsewhere: the limit for an account alone counts attempts from addresses from which
the account has never logged in, and holds for those only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from cooperation.accounts.signals import sign_in_refused
from cooperation.client_address import client_address
from cooperation.models import KnownAddress, SignInAttempt

# Without a log-in for so long, an address is no longer known.
ADDRESS_KNOWN_FOR = timedelta(days=90)
# A time later than that from now was written before the clock was put back.
CLOCK_TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class AttemptLimit:
    """So many attempts within a time, for attempts that have the fields `same` in common."""

    attempts: int
    within: timedelta
    same: tuple[str, ...]
    # Counts attempts from unknown addresses, and holds for those.
    is_for_strangers: bool = False


QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
ATTEMPT_LIMITS = {
    SignInAttempt.Step.PASSWORD: (
        AttemptLimit(5, QUARTER, ("account", "address")),
        AttemptLimit(30, QUARTER, ("address",)),
        AttemptLimit(30, HOUR, ("account",), is_for_strangers=True),
    ),
    SignInAttempt.Step.CODE: (
        AttemptLimit(5, QUARTER, ("account", "address")),
        AttemptLimit(30, QUARTER, ("address",)),
        AttemptLimit(10, DAY, ("account",), is_for_strangers=True),
    ),
    SignInAttempt.Step.LINK: (
        AttemptLimit(3, HOUR, ("account",)),
        AttemptLimit(10, HOUR, ("address",)),
    ),
}
LONGEST = max(limit.within for limits in ATTEMPT_LIMITS.values() for limit in limits)


class TooManyAttemptsError(Exception):
    """Raised before anything is checked. `wait` is the time until the next attempt is accepted."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    @property
    def seconds(self) -> int:
        """Return the time to wait in seconds, at least one, for the header `Retry-After`."""
        return max(1, int(self.wait.total_seconds()))

    @property
    def sentence(self) -> str:
        minutes = -(-self.seconds // 60)
        hours = -(-minutes // 60)
        if minutes > 60:
            return ngettext(
                "Too many attempts. Try again in %(number)s hour.",
                "Too many attempts. Try again in %(number)s hours.",
                hours,
            ) % {"number": hours}
        return ngettext(
            "Too many attempts. Try again in %(number)s minute.",
            "Too many attempts. Try again in %(number)s minutes.",
            minutes,
        ) % {"number": minutes}


def begin_attempt(request: HttpRequest, step: SignInAttempt.Step, name: str) -> SignInAttempt:
    """Count an attempt for the account `name`, which need not exist. Raise TooManyAttemptsError when it is too much.

    The attempt is stored before anything is counted: of many requests at once, no more are let through than of as many
    one after another. One that is refused is not counted, so that a limit ends although somebody goes on trying.
    """
    now = timezone.now()
    SignInAttempt.objects.filter(Q(at__lt=now - LONGEST) | Q(at__gt=now + CLOCK_TOLERANCE)).delete()
    attempt = SignInAttempt.objects.create(
        step=step,
        account=digest_name(name),
        address=digest_address(request),
        is_known=is_known_address(request, name, now),
        at=now,
    )
    for limit in ATTEMPT_LIMITS[step]:
        if not (limit.is_for_strangers and attempt.is_known) and (wait := time_to_wait(attempt, limit)):
            attempt.delete()
            sign_in_refused.send(SignInAttempt, request=request, name=name, step=step)
            raise TooManyAttemptsError(wait)
    return attempt


def time_to_wait(attempt: SignInAttempt, limit: AttemptLimit) -> timedelta | None:
    """Find how long it takes until `attempt` is within the limit; None if it is."""
    same = {name: getattr(attempt, name) for name in limit.same}
    if limit.is_for_strangers:
        same["is_known"] = False
    others = SignInAttempt.objects.filter(step=attempt.step, at__gt=attempt.at - limit.within, **same)
    times = list(others.exclude(pk=attempt.pk).order_by("-at").values_list("at", flat=True)[: limit.attempts])
    if len(times) < limit.attempts:
        return None
    return max(timedelta(seconds=1), times[-1] + limit.within - attempt.at)


def forget_attempts(attempt: SignInAttempt) -> None:
    """Forget an attempt that succeeded, and the failures before it of the same account from the same address."""
    SignInAttempt.objects.filter(step=attempt.step, account=attempt.account, address=attempt.address).delete()


def remember_address(request: HttpRequest, user: AbstractBaseUser) -> None:
    """Note that `user` has logged in from the address of `request`."""
    now = timezone.now()
    KnownAddress.objects.filter(user_id=user.pk, last_used__lt=now - ADDRESS_KNOWN_FOR).delete()
    KnownAddress.objects.update_or_create(user_id=user.pk, address=digest_address(request), defaults={"last_used": now})


def is_known_address(request: HttpRequest, name: str, now: datetime) -> bool:
    known = KnownAddress.objects.filter(user__username=name, address=digest_address(request))
    return known.filter(last_used__gte=now - ADDRESS_KNOWN_FOR).exists()


def digest_name(name: str) -> str:
    folded = normalize("NFKC", name).strip().casefold()
    return salted_hmac("account of an attempt to log in", folded, algorithm="sha256").hexdigest()


def digest_address(request: HttpRequest) -> str:
    return salted_hmac("address of an attempt to log in", client_address(request), algorithm="sha256").hexdigest()
