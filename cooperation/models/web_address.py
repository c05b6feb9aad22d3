"""Addresses on the web: http and https only, in forms and in the database."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

WEB_SCHEMES = ("http", "https")
ADVICE = _("Write an address that begins with https:// or http://.")


class WebAddressField(models.URLField):
    """A URL that a browser may be sent to: `http://` or `https://`, at most 1,000 characters."""

    default_validators = [URLValidator(schemes=WEB_SCHEMES, message=ADVICE)]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 1000)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs):
        return super().formfield(**{"assume_scheme": "https", "error_messages": {"invalid": ADVICE}, **kwargs})


def web_address_only(field, name):
    """Constraint: `field` is empty or an http(s) address, so that no script address gets past the forms."""
    condition = Q(**{field: ""}) | Q(**{f"{field}__startswith": "http://"}) | Q(**{f"{field}__startswith": "https://"})
    return models.CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message=ADVICE,
    )
