"""What an activity of an IATI file says, as far as the registry can hold it: plain values and public codes."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from cooperation.models.partial_date import first_day


@dataclass(frozen=True)
class Remark:
    """Something in the file that could not be taken over as it stands there.

    `what` is the same sentence for all activities, without its full stop; `detail` is what this one says, or `number`
    how often, where that is all there is to say.
    """

    line: int
    what: str
    detail: str = ""
    number: int = 0

    @property
    def sentence(self):
        detail = self.detail or (str(self.number) if self.number else "")
        return f"{self.what}: {detail}." if detail else f"{self.what}."


@dataclass(frozen=True)
class ReadPartner:
    """A partner. `country` is an ISO 3166-1 alpha-3 code, `agency` a slug; "" where there is none.

    `name` and `ref` are what the file says, whether or not the registry has a record of that body. `iati_roles` are the
    codes of OrganisationRole under which a foreign file names it.
    """

    role: str
    country: str = ""
    agency: str = ""
    organisation: str = ""
    organisation_ref: str = ""
    organisation_type: str = ""
    start: str = ""
    end: str = ""
    name: str = ""
    ref: str = ""
    iati_roles: frozenset = frozenset()

    @property
    def key(self):
        """What no two partners of a project have in common."""
        return (self.role, self.country, self.agency, self.organisation, self.start)


@dataclass(frozen=True)
class ReadDocument:
    url: str
    title: str
    category: str
    language: str = ""


@dataclass
class ReadActivity:
    """An activity in a file, at `line`.

    `fields` holds those fields of a project that the file states: text as it is stored, `budget_amount` a Decimal or
    None, `confirmed_on` a date or None, `forum` and `fund` slugs. An activity of our own states them all.
    `foreign_language` names those that are in another language than English. Each of `themes` is the set of those
    that one sector stands for, mostly a single one. `instruments` are codes, `goals` numbers.
    `created` and `updated` are times (UTC), of our own activities only, whose `slug` is that of the record.
    """

    line: int
    identifier: str
    slug: str = ""
    fields: dict = field(default_factory=dict)
    foreign_language: set = field(default_factory=set)
    themes: set = field(default_factory=set)
    goals: set = field(default_factory=set)
    instruments: set = field(default_factory=set)
    partners: list = field(default_factory=list)
    documents: list = field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None
    remarks: list = field(default_factory=list)

    @property
    def is_own(self):
        """Whether the portal itself published it."""
        return bool(self.slug)

    @property
    def title(self):
        return self.fields.get("title", "")

    def remark_number(self, line, what, number):
        self.remarks.append(Remark(line, what, number=number))

    def remark(self, line, what, details=()):
        """Keep a `Remark`; `details` is a text, or several in any order."""
        texts = [details] if isinstance(details, str) else sorted(set(details))
        shown = texts[:20]
        left = len(texts) - len(shown)
        if left:
            shown.append(_("and %(number)s more") % {"number": left})
        self.remarks.append(Remark(line, what, ", ".join(shown)))


def full_day(text):
    """The day in an `xsd:date`, without its time zone; "" if it has no four-digit year."""
    day, zone = text[:10], text[10:]
    try:
        first_day(day)
    except ValueError:
        return ""
    return day if len(day) == 10 and (zone == "" or zone[0] in "Z+-") else ""


def out_of_order(start, end):
    """Whether a partial date `end` is before `start`. “2019” does not end before “2019-03”."""
    return bool(start and end) and end < start and not start.startswith(end)


def shortened(text, most):
    """At most `most` characters of `text`, cut between words and marked with “…”."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    words = kept[: kept.rfind(" ")] if " " in kept[most // 2 :] else kept
    return f"{words.rstrip(' ,;:–-')}…"
