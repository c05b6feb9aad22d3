"""What a page is about, in the words of https://schema.org: for search engines, as a block of JSON in the page.

A record is described by what it is; the page about it says under which licence, as of when and on which sources.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cooperation.exports.statement import LICENCE_URL, PORTAL, Statement
from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Lesson,
    Milestone,
    PartnerRole,
    Project,
    PublicRecord,
    Source,
)

# Names and values of schema.org; what they may be is written there.
Described = dict[str, Any]

CONTEXT = "https://schema.org"
# The page has all sources; a search engine needs to know that it has some.
MOST_SOURCES = 10
# Signs that could end the element, or a line of a script.
AS_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"}


def data_block(content: object) -> SafeString:
    """`content`, made of plain values, as an element of a page that no text in it can end."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).translate(AS_ESCAPES)
    # No sign of HTML is left in it.
    safe = mark_safe(text)  # noqa: S308  # nosec B308, B703
    return format_html('<script type="application/ld+json">{}</script>', safe)


def describe(record: PublicRecord, statement: Statement, sources: Sequence[Source]) -> Described:
    """Describe a record and the page about it. It must come from `for_detail()`, so that all it names is public."""
    address = statement.address
    updated = getattr(record, "updated", None)
    page = {
        "@type": "WebPage",
        "@id": address,
        "isPartOf": {"@id": f"{statement.site}/"},
        "license": LICENCE_URL,
        "dateModified": updated and f"{updated:%Y-%m-%d}",
        "citation": [{"@type": "CreativeWork", "url": source.url} for source in sources[:MOST_SOURCES]],
    }
    return stated(
        {
            "@context": CONTEXT,
            "@id": f"{address}#record",
            "url": address,
            "name": getattr(record, "title", "") or getattr(record, "name", ""),
            "description": getattr(record, "summary", ""),
            **DESCRIPTIONS[type(record)](record),
            "mainEntityOfPage": stated(page),
        }
    )


def stated(values: Mapping[str, Any]) -> Described:
    """Those of the values that are known."""
    return {name: value for name, value in values.items() if value}


def organisation(name: str) -> Described:
    return {"@type": "Organization", "name": name}


def place(city: str, country: Country | None) -> Described | None:
    """Describe a city, a country, or a city in a country; None of neither."""
    address = stated({"addressLocality": city, "addressCountry": country.iso2 if country else ""})
    return {"@type": "Place", "address": {"@type": "PostalAddress", **address}} if address else None


def describe_project(project: Project) -> Described:
    """Describe a `Project`, which is a kind of organisation: it is founded when it begins, and has members."""
    partners = project.participations.all()
    bodies = [(part.agency.name if part.agency else part.organisation, part.role) for part in partners]
    funders = [name for name, role in bodies if role == PartnerRole.FUNDING]
    members = [name for name, role in bodies if role != PartnerRole.FUNDING]
    countries = [part.country.name for part in partners if part.country]
    return {
        "@type": "Project",
        "identifier": project.official_id,
        "foundingDate": project.start,
        "dissolutionDate": project.end,
        "keywords": [theme.name for theme in project.themes.all()],
        "location": [{"@type": "Country", "name": name} for name in dict.fromkeys(countries)],
        "member": [organisation(name) for name in dict.fromkeys(members) if name],
        "funder": [organisation(name) for name in dict.fromkeys(funders) if name],
    }


def describe_agency(agency: Agency) -> Described:
    parent = agency.parent.name if agency.parent else agency.parent_name
    return {
        "@type": "Organization",
        "alternateName": [name for name in (agency.acronym, agency.native_name) if name],
        "identifier": agency.iati_id,
        "foundingDate": agency.established,
        "location": place(agency.headquarters, agency.country),
        "parentOrganization": parent and organisation(parent),
        "sameAs": agency.website,
    }


def describe_forum(forum: Forum) -> Described:
    return {
        "@type": "Organization",
        "alternateName": [name for name in (forum.acronym, forum.name_es, forum.name_pt, forum.name_fr) if name],
        "foundingDate": forum.established,
        "location": place(forum.secretariat_city, forum.secretariat_country),
        "sameAs": forum.website,
    }


def describe_fund(fund: Fund) -> Described:
    """Describe a `FundingScheme`: the kind of organisation that funds the work of others. A bank account it is not."""
    return {
        "@type": "FundingScheme",
        "alternateName": fund.acronym,
        "foundingDate": fund.established,
        "parentOrganization": fund.forum and organisation(fund.forum.name),
        "sameAs": fund.website,
    }


def describe_country(country: Country) -> Described:
    return {
        "@type": "Country",
        "identifier": country.iso3,
        "alternateName": country.other_names.splitlines(),
        "containedInPlace": {"@type": "Place", "name": country.get_subregion_display()},
    }


def describe_milestone(milestone: Milestone) -> Described:
    return {
        "@type": "Event",
        "startDate": milestone.date,
        "endDate": milestone.end,
        "location": place(milestone.city, milestone.country),
        "organizer": milestone.forum and organisation(milestone.forum.name),
    }


def describe_lesson(lesson: Lesson) -> Described:
    return {"@type": "Article", "headline": lesson.title, "publisher": organisation(str(PORTAL))}


def describe_source(source: Source) -> Described:
    """Describe the work itself, at its own address; the licence is that of our page about it."""
    return {
        "@type": "CreativeWork",
        "url": source.url,
        "publisher": organisation(source.publisher),
        "datePublished": source.published,
        "archivedAt": source.archived_url,
    }


DESCRIPTIONS: dict[type[PublicRecord], Callable[[Any], Described]] = {
    Project: describe_project,
    Agency: describe_agency,
    Forum: describe_forum,
    Fund: describe_fund,
    Country: describe_country,
    Milestone: describe_milestone,
    Lesson: describe_lesson,
    Source: describe_source,
}


def website(site: str, search: str) -> Described:
    """Describe the portal. `site` and `search` are the absolute addresses of the home page and the search page."""
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": f"{site}/",
        "url": f"{site}/",
        "name": str(PORTAL),
        "inLanguage": "en-GB",
        "license": LICENCE_URL,
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{words}}"},
            "query-input": "required name=words",
        },
    }


def dataset(statement: Statement, description: str | Promise, downloads: Iterable[tuple[str, str]]) -> Described:
    """All the data as a `Dataset`; `downloads` are (media type, absolute address) pairs."""
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": f"{statement.address}#dataset",
        "url": statement.address,
        "name": statement.title,
        "description": description,
        "isPartOf": {"@id": f"{statement.site}/"},
        "creator": organisation(str(PORTAL)),
        "license": LICENCE_URL,
        "isAccessibleForFree": True,
        "dateModified": f"{statement.made:%Y-%m-%d}",
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": url} for media_type, url in downloads
        ],
    }
