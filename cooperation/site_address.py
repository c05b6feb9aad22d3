"""Under which address others reach the portal, where no request may say so."""

from django.conf import settings

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
TRIAL_SITE = "http://127.0.0.1:8000"


def default_site() -> str:
    """Return the first host name that is not of this computer, with https; else a trial on this computer."""
    names = [name.lstrip(".") for name in settings.ALLOWED_HOSTS if name not in LOOPBACK]
    return f"https://{names[0]}" if names else TRIAL_SITE
