"""What `manage.py check --deploy` says of mail."""

from typing import Any

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def check_mail(**_options: Any) -> list[Warning]:
    """Warn of settings without which an operator misses what goes wrong."""
    missed = "Reports of mistakes, failed pages and nightly tasks, and backups that are too old are mailed to nobody."
    warnings = []
    if not settings.HAS_MAIL:
        hint = "Set EMAIL_URL to a mail server, such as smtp+tls://user:password@mail.example.org:587."
        warnings.append(Warning(f"EMAIL_URL is not set. {missed}", hint=hint, id="cooperation.W001"))
    if not settings.OPERATOR_MAIL:
        hint = "Set OPERATOR_MAIL to addresses with commas between them, such as portal@example.org."
        warnings.append(Warning(f"OPERATOR_MAIL is not set. {missed}", hint=hint, id="cooperation.W002"))
    return warnings
