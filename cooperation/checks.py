"""What `manage.py check --deploy` says of settings that visitors or the operator miss."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

UNTOLD = "Reports of mistakes, failed pages and nightly tasks, and backups that are too old are mailed to nobody."
# The number of each warning, the variable, the setting that it fills, and what is missed without it. Numbers are not
# used again.
MISSED_SETTINGS = (
    (1, "OPERATOR_NAME", "OPERATOR_NAME", "/privacy/ does not say who is responsible for personal data."),
    (2, "OPERATOR_CONTACT", "OPERATOR_CONTACT", "Nobody can write about their data, or about a barrier on a page."),
    (3, "ACCESSIBILITY_EVALUATION", "ACCESSIBILITY_EVALUATION", "/accessibility/ says that there is no evaluation."),
    (4, "SECURITY_CONTACT", "SECURITY_CONTACT", "Who finds a weakness does not know to whom to report it."),
    (5, "EMAIL_URL", "HAS_MAIL", UNTOLD),
    (6, "OPERATOR_MAIL", "OPERATOR_MAIL", UNTOLD),
)


def check_missed_settings(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Warn of each setting that is empty and that an installation for the public needs."""
    return [
        Warning(f"{variable} is not set. {missed}", id=f"cooperation.W{number:03}")
        for number, variable, setting, missed in MISSED_SETTINGS
        if not getattr(settings, setting)
    ]
