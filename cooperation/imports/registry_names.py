"""What a table may call the rows of the registry that its cells refer to: by code, by name, by one of several names."""

import re
from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from cooperation.folding import words_of
from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Goal,
    Instrument,
    PublicationStatus,
    Source,
    Theme,
)

# Words in which the same name is written in different ways.
ABBREVIATED = {"st": "saint", "ste": "sainte", "rep": "republic", "dem": "democratic", "fed": "federated"}
LEFT_OUT = {"the", "and"}
# “Federative Republic of Brazil”: what may stand before a name that is known.
STATE_FORM = re.compile(
    r"(?:(?:federative|federal|islamic|plurinational|bolivarian|arab|socialist|democratic|people s|co operative|"
    r"cooperative|independent|hashemite|united|oriental) )*"
    r"(?:republic|kingdom|state|states|union|commonwealth|federation|principality|sultanate) of (?P<name>.+)"
)
# Official names that hold no other.
OFFICIAL = {
    "argentine republic": "argentina",
    "united mexican states": "mexico",
    "kyrgyz republic": "kyrgyzstan",
    "somali democratic republic": "somalia",
    "french republic": "france",
    "swiss confederation": "switzerland",
}
# Names that mean something else without their beginning.
NOT_SHORTENED = {"republic of china", "republic of korea"}
IN_BRACKETS = re.compile(r"(?P<before>[^(]+)\((?P<inside>[^)]+)\)\s*")
SEPARATORS = re.compile(r"[;\n\r|]+")
# A name has at most so many commas, and one more: “Bonaire, Sint Eustatius and Saba”.
MOST_PARTS = 4


class Names:
    """The rows that cells may refer to, read when they are first asked for, each kind in one query.

    Each lookup is `{what a file may say: primary key}` and has only names that one row has.
    """

    def __init__(self):
        self._countries_meant = {}

    @cached_property
    def countries(self):
        found = defaultdict(set)
        for country in Country.objects.all():
            found[country.iso3].add(country.pk)
            found[country.iso2].add(country.pk)
            found[country.m49].add(country.pk)
            names = [country.name, country.name_es, country.name_pt, country.name_fr, *country.other_names.splitlines()]
            for name in filter(None, names):
                for spelling in spellings(name):
                    found[spelling].add(country.pk)
        return of_one(found)

    @cached_property
    def iso3(self):
        """Map the primary key of each country to its code."""
        return dict(Country.objects.values_list("pk", "iso3"))

    def country(self, text):
        """The key of the country that a text means by code or by any of its names; None if there is none."""
        if text not in self._countries_meant:
            self._countries_meant[text] = self._country(text.strip())
        return self._countries_meant[text]

    def _country(self, text):
        if code := self.countries.get(text.zfill(3) if text.isdigit() else text):
            return code
        for spelling in spellings(text):
            if spelling in self.countries:
                return self.countries[spelling]
        official = plain(text)
        match = STATE_FORM.fullmatch(official)
        if match and official not in NOT_SHORTENED:
            return self.countries.get(match["name"])
        return self.countries.get(OFFICIAL.get(official))

    @cached_property
    def themes(self):
        return of_codes_and_names(Theme.objects.values_list("pk", "code", "name"))

    @cached_property
    def instruments(self):
        return of_codes_and_names(Instrument.objects.values_list("pk", "code", "name"))

    @cached_property
    def goals(self):
        return {number: pk for pk, number in Goal.objects.values_list("pk", "number")}

    @cached_property
    def agencies(self):
        return of_records(Agency, "name", "native_name", "acronym")

    @cached_property
    def forums(self):
        return of_records(Forum, "name", "acronym")

    @cached_property
    def funds(self):
        return of_records(Fund, "name", "acronym")

    @cached_property
    def sources(self):
        found = {}
        for pk, slug, url in Source.objects.values_list("pk", "slug", "url"):
            found[slug] = found[url] = pk
        return found

    @cached_property
    def hidden(self):
        """`{model: {primary key, ...}}` of the records that the public, and so our own files, do not know."""
        not_public = ~Q(publication_status=PublicationStatus.PUBLISHED)
        return {
            model: set(model.objects.filter(not_public).values_list("pk", flat=True)) for model in (Agency, Forum, Fund)
        }

    def is_hidden(self, model, pk):
        return pk in self.hidden.get(model, ())


def plain(name):
    """A name in folded words, abbreviations written out, without what is as often left out."""
    return " ".join(ABBREVIATED.get(word, word) for word in words_of(name) if word not in LEFT_OUT)


def spellings(name):
    """The ways in which a name may be written: “Korea, Republic of” as “Republic of Korea”, and so on."""
    found = [plain(name)]
    if match := IN_BRACKETS.fullmatch(name):
        found += [plain(f"{match['inside']} {match['before']}"), plain(match["before"])]
    elif "," in name:
        before, _comma, after = name.partition(",")
        found.append(plain(f"{after} {before}"))
    return found


def of_one(found):
    """`{name: key}` of the names that mean one row only."""
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


def of_codes_and_names(rows):
    found = defaultdict(set)
    for pk, code, name in rows:
        found[code].add(pk)
        found[plain(name)].add(pk)
    return of_one(found)


def of_records(model, *names):
    """By public id, and by names that only one record has. What was withdrawn is not meant."""
    found, by_slug = defaultdict(set), {}
    rows = model.objects.exclude(publication_status=PublicationStatus.WITHDRAWN)
    for pk, slug, *texts in rows.values_list("pk", "slug", *names):
        by_slug[slug] = pk
        for text in filter(None, texts):
            found[plain(text)].add(pk)
    return of_one(found) | by_slug


def find(lookup, text):
    """The key that `lookup` has for a code or a name; None if it has none."""
    text = text.strip()
    return lookup.get(text) or lookup.get(plain(text))


def split_known(text, known):
    """`(found, unknown)` of a list in one cell.

    Separated by semicolons, line ends or commas; `known(part)` says what a part means, or None. A comma may belong to a
    name: the longest one that is known counts.
    """
    found, unknown = [], []
    for chunk in SEPARATORS.split(text):
        parts = [part.strip() for part in chunk.split(",")]
        place = 0
        while place < len(parts):
            for end in range(min(len(parts), place + MOST_PARTS), place, -1):
                meant = known(", ".join(parts[place:end]))
                if meant is not None:
                    found.append(meant)
                    place = end
                    break
            else:
                if parts[place]:
                    unknown.append(parts[place])
                place += 1
    return list(dict.fromkeys(found)), unknown
