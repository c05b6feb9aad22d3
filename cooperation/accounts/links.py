"""Links with which somebody sets a password: after an invitation, or when it was forgotten.

A link is valid once, until the next log-in, and for PASSWORD_LINK_HOURS. It begins with a name in ALLOWED_HOSTS, not
with the host that a request names, which anybody can make up.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import ngettext

from cooperation.accounts.mail import can_mail, mail_to
from cooperation.accounts.signals import password_link_made
from cooperation.site_address import default_site


def make_password_link(user: User, *, request: HttpRequest | None = None, by: User | None = None) -> str:
    number = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("password_reset_confirm", args=[number, default_token_generator.make_token(user)])
    password_link_made.send(User, request=request, user=user, by=by)
    return f"{default_site()}{path}"


def mail_password_link(user: User, subject: str, *, request: HttpRequest | None = None, by: User | None = None) -> bool:
    """Send somebody a link; False if there is no mail server or no address."""
    if not can_mail(user):
        return False
    hours = settings.PASSWORD_LINK_HOURS
    text = ngettext(
        "Set the password of your account with this link:\n\n%(link)s\n\n"
        "Account: %(name)s\n"
        "The link can be used once, within %(hours)s hour.\n\n"
        "If you do not expect this message, delete it: nothing has been changed.",
        "Set the password of your account with this link:\n\n%(link)s\n\n"
        "Account: %(name)s\n"
        "The link can be used once, within %(hours)s hours.\n\n"
        "If you do not expect this message, delete it: nothing has been changed.",
        hours,
    )
    link = make_password_link(user, request=request, by=by)
    return mail_to(user, subject, text % {"link": link, "name": user.get_username(), "hours": hours})
