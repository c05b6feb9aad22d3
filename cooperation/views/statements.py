"""What the operator of the portal states: which personal data are kept, and how accessible the pages are.

The settings that these pages show are named in `SHOWN_SETTINGS` of `cooperation/views/public_page.py`.
"""

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import ngettext


def days(number: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", number) % {"days": number}


def privacy(request: HttpRequest) -> TemplateResponse:
    """State which personal data are kept, why and for how long."""
    return TemplateResponse(
        request,
        "cooperation/privacy.html",
        {
            "operator": settings.OPERATOR_NAME,
            "contact": contact_link(settings.OPERATOR_CONTACT),
            "reports_kept": days(settings.CORRECTION_RETENTION_DAYS),
            "has_addresses": settings.LOG_ADDRESSES,
            "audit_kept": days(settings.AUDIT_RETENTION_DAYS),
        },
    )


def accessibility(request: HttpRequest) -> TemplateResponse:
    """State to which standard the pages are built, what is known to be missing, and where a barrier is reported."""
    return TemplateResponse(
        request,
        "cooperation/accessibility.html",
        {
            "operator": settings.OPERATOR_NAME,
            "contact": contact_link(settings.OPERATOR_CONTACT),
            "evaluation": settings.ACCESSIBILITY_EVALUATION,
            "complaints": contact_link(settings.ACCESSIBILITY_COMPLAINTS),
        },
    )


def contact_link(address: str) -> tuple[str, str] | None:
    """Give the address of a link and its words, without what only programs need; None for no address."""
    return (address, address.removeprefix("mailto:").removeprefix("https://")) if address else None
