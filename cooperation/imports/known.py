"""What the registry already has that files refer to by code or name, read once for a whole file."""

from collections import defaultdict
from dataclasses import dataclass

from cooperation.models import Agency, Country, Forum, Fund, Goal, Instrument, PublicationStatus, Theme
from cooperation.search import fold


@dataclass(frozen=True)
class Known:
    """`{code: Row}` of each kind, and how a file that uses other codes or names means them."""

    countries: dict  # by ISO 3166-1 alpha-3
    agencies: dict  # by slug
    forums: dict
    funds: dict
    themes: dict  # by code
    goals: dict  # by number
    instruments: dict
    iso3: dict  # ISO 3166-1 alpha-2: alpha-3
    themes_of_sector: dict  # DAC CRS code: codes of themes
    agency_of_ref: dict  # IATI organisation id in small letters: slug
    agency_of_name: dict  # folded name: slug, for names that only one agency has

    def agency_called(self, ref, name):
        """The slug of the agency that a file means, "" if there is none."""
        found = self.agency_of_ref.get(ref.casefold()) if ref else None
        return found or self.agency_of_name.get(folded_name(name), "")


@dataclass(frozen=True)
class Row:
    pk: int
    name: str
    is_public: bool = True
    iati_id: str = ""


def folded_name(name):
    return " ".join(fold(name).split())


def read_known():
    """`Known`, in seven queries."""
    countries = list(Country.objects.values_list("pk", "iso3", "iso2", "name"))
    agencies = list(
        Agency.objects.values_list("pk", "slug", "name", "native_name", "iati_id", "publication_status", named=True)
    )
    themes = list(Theme.objects.values_list("pk", "code", "name", "crs_codes"))
    in_use = [agency for agency in agencies if agency.publication_status != PublicationStatus.WITHDRAWN]
    return Known(
        countries={iso3: Row(pk, name) for pk, iso3, _iso2, name in countries},
        agencies={
            each.slug: Row(each.pk, each.name, is_public(each.publication_status), each.iati_id) for each in agencies
        },
        forums=records(Forum),
        funds=records(Fund),
        themes={code: Row(pk, name) for pk, code, name, _codes in themes},
        goals={number: Row(pk, name) for pk, number, name in Goal.objects.values_list("pk", "number", "name")},
        instruments={code: Row(pk, name) for pk, code, name in Instrument.objects.values_list("pk", "code", "name")},
        iso3={iso2: iso3 for _pk, iso3, iso2, _name in countries},
        themes_of_sector=themes_of_sectors(themes),
        agency_of_ref={each.iati_id.casefold(): each.slug for each in in_use if each.iati_id},
        agency_of_name=names_of_one(in_use),
    )


def records(model):
    rows = model.objects.values_list("pk", "slug", "name", "publication_status")
    return {slug: Row(pk, name, is_public(status)) for pk, slug, name, status in rows}


def is_public(status):
    return status == PublicationStatus.PUBLISHED


def themes_of_sectors(themes):
    found = defaultdict(list)
    for _pk, code, _name, crs_codes in themes:
        for crs_code in crs_codes.split():
            found[crs_code].append(code)
    return dict(found)


def names_of_one(agencies):
    """`{folded name: slug}` of English and native names, without those that several agencies have."""
    found = defaultdict(set)
    for agency in agencies:
        for name in filter(None, (agency.name, agency.native_name)):
            found[folded_name(name)].add(agency.slug)
    return {name: next(iter(slugs)) for name, slugs in found.items() if len(slugs) == 1}
