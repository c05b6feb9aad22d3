"""What every page says while the portal is not as usual."""

from django import template
from django.conf import settings

register = template.Library()


@register.inclusion_tag("components/read_only.html")
def read_only_notice() -> dict[str, bool]:
    """Show the banner of a portal that is read-only."""
    return {"is_read_only": settings.READ_ONLY}
