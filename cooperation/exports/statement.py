"""What every file says of itself: which records, how many, as of when, under which licence, and how to cite it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation import changes

PORTAL = _("South-South Cooperation Portal")
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Statement:
    """What a file says of itself.

    `title` are the records in words, `count` their number, `made` the time (UTC) of the latest change of the data,
    `address` the absolute address of the page that shows the same records, `site` that of the home page, without its
    slash at the end.
    """

    title: str
    count: int
    made: datetime
    address: str
    site: str

    @property
    def citation(self) -> str:
        """“South-South Cooperation Portal, “Projects: Fiji”, as of 24 November 2026, https://…, CC BY 4.0”."""
        words = gettext("%(portal)s, “%(title)s”, as of %(date)s, %(address)s, %(licence)s")
        return words % {
            "portal": PORTAL,
            "title": self.title,
            "date": date_format(self.made, "j F Y"),
            "address": self.address,
            "licence": LICENCE,
        }


def data_time() -> datetime:
    """Read the time (UTC) of the latest change of any record; now, when there was none yet."""
    version = changes.current()
    return datetime.fromtimestamp(version // 1_000_000, UTC) if version else timezone.now().replace(microsecond=0)
