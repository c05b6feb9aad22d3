"""Accounts in the admin: Django's own pages, and what a superuser does for somebody who cannot log in."""

from typing import cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.admin import TOTPDevice

from cooperation.accounts.links import mail_password_link
from cooperation.accounts.second_factor import remove_second_factor
from cooperation.admin.registry_admin import RegistryAdmin

# Its pages show the secret from which the codes are made. Who needs a new one sets up a new app.
admin.site.unregister(TOTPDevice)
admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(RegistryAdmin, UserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "has_app")
    actions = ("send_password_links", "reset_second_factors")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.annotate(has_app=Exists(apps))

    @admin.display(description=_("authenticator app"), boolean=True, ordering="has_app")
    def has_app(self, user: User) -> bool:
        return bool(getattr(user, "has_app", False))

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_mail_permission(self, request: HttpRequest) -> bool:
        return settings.HAS_MAIL and request.user.is_superuser

    @admin.action(description=_("Send a link to set a password"), permissions=["mail"])
    def send_password_links(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        """Invite those who have no password yet, or help those who forgot it."""
        subject, by = gettext("set your password"), cast("User", request.user)
        outcomes = {
            user: user.is_active and mail_password_link(user, subject, request=request, by=by) for user in accounts
        }
        if sent := sum(outcomes.values()):
            sentence = ngettext(
                "A link was sent to %(number)s account.", "Links were sent to %(number)s accounts.", sent
            )
            self.message_user(request, sentence % {"number": sent}, messages.SUCCESS)
        for user in (user for user, is_sent in outcomes.items() if not is_sent):
            sentence = gettext("No link was sent to %(name)s: the account is not active or has no e-mail address.")
            self.message_user(request, sentence % {"name": user.get_username()}, messages.WARNING)

    @admin.action(description=_("Remove the authenticator app and recovery codes"), permissions=["superuser"])
    def reset_second_factors(self, request: HttpRequest, accounts: QuerySet[User]) -> None:
        """Let those who lost phone and recovery codes set up an app at the next log-in."""
        for user in accounts:
            if remove_second_factor(user, request=request, by=cast("User", request.user)):
                sentence = gettext("%(name)s sets up an authenticator app at the next log-in.")
                self.message_user(request, sentence % {"name": user.get_username()}, messages.SUCCESS)
            else:
                sentence = gettext("%(name)s has no authenticator app.")
                self.message_user(request, sentence % {"name": user.get_username()}, messages.WARNING)
