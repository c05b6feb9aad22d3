"""How alike two records are: a score from 0 to 100, and the reasons for it in words."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cooperation.duplicates.likeness import Likeness
from cooperation.duplicates.names import TELLING, best_names, read_name
from cooperation.folding import words_of
from cooperation.models import Agency, Forum, Fund, Milestone, Project, Source

# Below this, nobody is asked to look.
FAR = 50
# Names so unlike are not made up for by anything but a code, an acronym or an address.
HOPELESS = 20
# What no likeness of names makes up for stays below the score from which on records are shown.
ANOTHER_NUMBER, ANOTHER_COUNTRY, ANOTHER_YEAR, GENERAL_NAME = 70, 60, 70, 75
# Projects that start further apart than this are hardly one.
MANY_YEARS = 2
# An id of fewer signs may be anybody’s.
SHORTEST_CODE = 6
YEAR = re.compile(r"\d{4}")
# Hosts on which many bodies have a page.
SHARED_HOSTS = re.compile(r"(?:.*\.)?(?:facebook|twitter|x|linkedin|youtube|wikipedia|wordpress|google)\.(?:com|org)")
SOME_PARTNERS = ngettext_lazy(
    "%(number)s partner country in common", "%(number)s partner countries in common", "number"
)


class Folded:
    """A `Likeness` made ready to be compared."""

    def __init__(self, likeness: Likeness):
        self.likeness, self.model, self.pk = likeness, likeness.model, likeness.pk
        self.names = [read_name(name) for name in dict.fromkeys(likeness.names)]
        self.acronym = "".join(words_of(likeness.acronym))
        self.codes = {squashed: code for code in likeness.codes if (squashed := "".join(words_of(code)))}
        self.series = {re.sub(r"\d", "0", code) for code in self.codes}
        self.hosts = {host for address in likeness.hosts if (host := host_of(address))}
        self.addresses = {plain for address in likeness.hosts if (plain := plain_address(address))}
        self.partners = frozenset(likeness.partners)
        self.start = likeness.start or ""
        year = YEAR.match(self.start)
        self.year = int(year[0]) if year else None
        self.squashed_names = {name.squashed for name in self.names}
        self.keys = frozenset(self._keys())

    def _keys(self):
        """What alone is reason enough for a comparison: a code, an acronym, a name, the address of a source."""
        yield from (("code", code) for code in self.codes)
        yield from (("name", name) for name in {self.acronym, *self.squashed_names} - {""})
        if self.model is Source:
            yield from (("address", address) for address in self.addresses)


def host_of(address):
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.")
    return "" if SHARED_HOSTS.fullmatch(host) else host


def plain_address(address):
    """An address without what does not tell pages apart: the scheme, “www.”, a slash at the end, a fragment."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}" if host else ""


@dataclass(frozen=True)
class Sign:
    """What one thing says of two records: points to add, a score at least, a score at most; a clause of `why`."""

    points: int = 0
    least: int = 0
    most: int = 100
    clause: str = ""
    words: dict = field(default_factory=dict)


def compare(one, other, country_words=frozenset()):
    """`(score, why)` of two `Folded` of one model. `why` is a sentence; "" where the score is below `FAR`."""
    names = best_names(one, other, country_words)
    if names.score < HOPELESS and not one.keys & other.keys:
        return 0, ""
    signs = [sign for judge in JUDGES for sign in judge(one, other, names)]
    score = max([names.score + sum(sign.points for sign in signs), *(sign.least for sign in signs)])
    is_certain = any(sign.least == 100 for sign in signs)
    most = min([99 if names.score >= 100 else 98, *(sign.most for sign in signs)])
    score = 100 if is_certain else int(min(score, most))
    if score < FAR:
        return max(score, 0), ""
    # Only here are the clauses translated, which takes longer than all the rest.
    return score, capfirst("; ".join([str(sign.clause % sign.words) for sign in signs if sign.clause])) + "."


def judge_names(_one, _other, names):
    if names.score >= 100:
        yield Sign(clause=_("same name"))
    elif names.score >= FAR:
        yield Sign(clause=_("names %(percent)s %% alike"), words={"percent": int(names.score)})
    else:
        yield Sign(clause=_("other names"))
    if names.has_other_number:
        yield Sign(most=ANOTHER_NUMBER, clause=_("but another number in them"))
    if names.has_other_country:
        yield Sign(most=ANOTHER_COUNTRY, clause=_("but another country in them"))


def judge_codes(one, other, _names):
    shared = sorted(one.codes.keys() & other.codes.keys(), key=len)
    if shared:
        least = 100 if len(shared[-1]) >= SHORTEST_CODE else 0
        yield Sign(10, least, clause=_("same code %(code)s"), words={"code": one.codes[shared[-1]]})
    # Ids of one series, such as “SME 01 2018” and “SME 02 2018”, are given to two different things.
    elif one.series & other.series:
        yield Sign(most=ANOTHER_NUMBER, clause=_("other codes of one series"))


def judge_addresses(one, other, _names):
    shared = sorted(one.hosts & other.hosts)
    if one.model is not Source:
        if shared:
            yield Sign(8, clause=_("same web host %(host)s"), words={"host": shared[0]})
    elif one.addresses & other.addresses:
        yield Sign(least=100, clause=_("same address"))
    elif not shared:
        yield Sign(-12)


def judge_acronyms(one, other, _names):
    if one.model not in (Agency, Forum, Fund):
        return
    ours, theirs = {one.acronym, *one.squashed_names} - {""}, {other.acronym, *other.squashed_names} - {""}
    if {one.acronym, other.acronym} & ours & theirs:
        is_at_home = bool(one.hosts & other.hosts) or bool(one.partners & other.partners)
        yield Sign(10, least=85 if is_at_home else 70, clause=_("same acronym"))
    elif one.acronym and other.acronym:
        yield Sign(-8)


def judge_countries(one, other, _names):
    if one.model in (Agency, Milestone) and one.partners and other.partners:
        if one.partners & other.partners:
            yield Sign(3, clause=_("same country"))
        else:
            yield Sign(most=ANOTHER_COUNTRY, clause=_("another country"))


def judge_partners(one, other, _names):
    if one.model is not Project or not one.partners or not other.partners:
        return
    shared = len(one.partners & other.partners)
    if not shared:
        yield Sign(-30, clause=_("no partner country in common"))
        return
    points = round(10 * shared / min(len(one.partners), len(other.partners))) - 2
    if one.partners == other.partners:
        yield Sign(points, clause=_("same partner countries"))
    else:
        yield Sign(points, clause=SOME_PARTNERS, words={"number": shared})


def judge_dates(one, other, _names):
    if one.year is None or other.year is None:
        return
    apart = abs(one.year - other.year)
    if one.start == other.start:
        yield Sign(3, clause=_("same date"))
    elif apart == 0:
        yield Sign(clause=_("same year"))
    elif one.model in (Milestone, Source):
        yield Sign(most=ANOTHER_YEAR, clause=_("another year"))
    elif one.model is Project and apart >= MANY_YEARS:
        yield Sign(-15, clause=_("start %(years)s years apart"), words={"years": apart})
    else:
        yield Sign(-3)


def judge_generality(one, other, names):
    """“Capacity building” says little; something else must speak for it, or nothing be known that speaks against it."""
    if one.model not in (Project, Source) or names.words >= TELLING:
        return
    ours, theirs = (one.partners, other.partners) if one.model is Project else (one.hosts, other.hosts)
    is_open = names.score >= 100 and not (ours and theirs)
    if not ours & theirs and not is_open:
        yield Sign(most=GENERAL_NAME)


# In the order in which their clauses are read.
JUDGES = (
    judge_codes,
    judge_acronyms,
    judge_names,
    judge_addresses,
    judge_countries,
    judge_partners,
    judge_dates,
    judge_generality,
)
