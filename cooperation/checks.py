"""What `manage.py check --deploy` says of settings that visitors are owed."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning

# The number of each warning, the setting, and what visitors miss without it. Numbers are not used again.
OWED_TO_VISITORS = (
    (1, "OPERATOR_NAME", "/privacy/ does not say who is responsible for personal data."),
    (2, "OPERATOR_CONTACT", "Nobody can write about their data, or about a barrier on a page."),
    (3, "ACCESSIBILITY_EVALUATION", "/accessibility/ says that no evaluation by people is recorded."),
    (4, "SECURITY_CONTACT", "Who finds a weakness does not know to whom to report it."),
)


def check_statements(app_configs: Sequence[AppConfig] | None, **options: object) -> list[CheckMessage]:
    """Warn of each setting that is empty and that the public pages need."""
    return [
        Warning(f"{name} is not set: {missing}", id=f"cooperation.W{number:03}")
        for number, name, missing in OWED_TO_VISITORS
        if not getattr(settings, name)
    ]
