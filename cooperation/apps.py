from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.core.checks import register
from django.core.signals import got_request_exception
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from cooperation import changes, checks
from cooperation.accounts.sessions import begin_session

# They connect themselves. What asks for models can only be imported once Django has loaded them.
RECEIVERS = ("cooperation.audit.receivers", "cooperation.audit.sign_in_receivers")


class CooperationConfig(AppConfig):
    name = "cooperation"
    verbose_name = _("South-South and triangular cooperation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        audit, faults = import_module("cooperation.audit"), import_module("cooperation.mail.faults")
        for receivers in RECEIVERS:
            import_module(receivers)
        register(checks.check_missed_settings, deploy=True)
        pre_migrate.connect(changes.stop_watching, sender=self)
        post_migrate.connect(changes.watch, sender=self)
        post_migrate.connect(audit.protect_audit_log, sender=self)
        got_request_exception.connect(faults.mail_fault)
        user_logged_in.connect(begin_session)
