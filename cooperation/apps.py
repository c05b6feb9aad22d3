from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from cooperation import changes, checks


class CooperationConfig(AppConfig):
    name = "cooperation"
    verbose_name = _("South-South and triangular cooperation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(checks.check_statements, deploy=True)
        pre_migrate.connect(changes.stop_watching, sender=self)
        post_migrate.connect(changes.watch, sender=self)
