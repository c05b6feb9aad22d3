"""A rule for passwords beside those of Django: more than words that everybody connects with the portal."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# What somebody who guesses a password of this portal tries first, in lower case. docs/security.md names them.
CONTEXT_WORDS = (
    *("sscportal", "portal", "registry", "cooperation", "south", "triangular", "trilateral", "asia", "pacific"),
    *("latin", "america", "caribbean", "forum", "project", "agency", "ministry", "foreign", "affairs", "embassy"),
    *("curator", "editor", "reviewer", "publisher", "admin", "password", "fealac", "apec", "escap", "eclac", "cepal"),
)
# Letters and digits that have to be left without these words, since they alone are hard to guess.
MIN_REST = 8


class ContextWordsValidator:
    """Refuse a password of which too little is left without such words and the names of the host."""

    def validate(self, password: str, user: object = None) -> None:
        hosts = [part for host in settings.ALLOWED_HOSTS for part in host.lower().split(".") if len(part) > 3]
        words = sorted({*CONTEXT_WORDS, *hosts}, key=len, reverse=True)
        rest = re.sub("|".join(map(re.escape, words)), "", password.lower())
        if len(rest) < len(password) and len(re.sub(r"[\W_]", "", rest)) < MIN_REST:
            text = _("This password is mostly made of words of the portal, which others try first. Choose other words.")
            raise ValidationError(text, code="password_of_context_words")

    def get_help_text(self) -> str:
        return _("Your password can’t be mostly made of words of the portal, such as “cooperation”.")
