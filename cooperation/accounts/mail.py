"""What is said to people by mail about their own accounts."""

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.utils.translation import gettext


def can_mail(user: User) -> bool:
    """Tell whether `user` can be written to: there is a mail server, and the account has an address."""
    return bool(settings.HAS_MAIL and user.email)


def mail_to(user: User, subject: str, text: str) -> bool:
    """Send plain text to somebody; False if there is no mail server or no address."""
    if not can_mail(user):
        return False
    send_mail(gettext("South-South Cooperation Portal: %(subject)s") % {"subject": subject}, text, None, [user.email])
    return True


def warn_of_change(user: User, what: str) -> None:
    """Tell somebody what was changed about the log-in to their account, in a sentence."""
    text = gettext(
        "%(what)s\n\n"
        "Account: %(name)s\n\n"
        "If you did not do this and know of nobody who did it for you, write to the administrators of the portal."
    )
    mail_to(user, gettext("your account was changed"), text % {"what": what, "name": user.get_username()})
