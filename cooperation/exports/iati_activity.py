"""A project as an activity of IATI 2.03: one function for each part of it, in the order that the schema asks for.

IATI demands some parts that the sources do not always state. Such a part is written as a stand-in and marked
`ssc:stated="no"`, so that nobody takes it for a fact.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from lxml import etree

from cooperation.exports.iati_period import Period, period_of
from cooperation.exports.statement import PORTAL
from cooperation.exports.whole_projects import DocumentRow, Partner, ThemeNames, WholeProject
from cooperation.models import Document, PartnerRole, Project, format_partial_date, iati_codes

NAMESPACES = {"ssc": iati_codes.EXTENSION}
NOT_STATED = _("Not stated in the sources")
BENEFITS = (PartnerRole.BENEFICIARY, PartnerRole.BOTH)

# Whatever XML 1.0 has no way to write.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FILE_NAME = re.compile(r"https?://[^/?#]+/[^?#]*\.([a-z0-9]+)(?:[?#]|$)", re.IGNORECASE)
# The authority of a web address, its path and query, its fragment.
ADDRESS = re.compile(r"(https?://[^/?#]*)([^#]*)(?:#(.*))?", re.DOTALL | re.IGNORECASE)
# What a browser forgives in a path, query or fragment, and xsd:anyURI does not.
NOT_IN_ADDRESS = re.compile(r"[\[\]#]|%(?![0-9A-Fa-f]{2})")


def activity_of(whole: WholeProject, site: str, today: date) -> etree._Element:
    """Make the `iati-activity` of a `WholeProject`.

    `site` is the absolute address of the home page without its slash, `today` decides which dates are planned ones.
    """
    project, period = whole.project, period_of(whole.project)
    address = f"{site}{project.get_absolute_url()}"
    glossary = f"{site}{reverse('about')}"
    activity = etree.Element("iati-activity", nsmap=NAMESPACES)
    set_attributes(
        activity,
        {
            "last-updated-datetime": moment(project.updated),
            "{http://www.w3.org/XML/1998/namespace}lang": "en",
            "default-currency": project.budget_currency,
            "linked-data-uri": address,
            own("confirmed"): project.confirmed_on.isoformat() if project.confirmed_on else None,
        },
    )
    add_texts(activity, project)
    add_partners(activity, whole.partners)
    if project.official_id:
        identifier = {"ref": project.official_id, "type": iati_codes.OTHER_ACTIVITY_IDENTIFIER}
        add(activity, "other-identifier", identifier)
    add_status(activity, project, period, today)
    add_dates(activity, project, period, today)
    add_recipients(activity, whole.partners)
    add_sectors(activity, whole.themes, glossary)
    add_tags(activity, whole, site, glossary)
    add_kinds(activity, whole)
    add_budget(activity, project, period)
    add_documents(activity, whole.documents, address)
    if project.iati_identifier:
        related = {"ref": project.iati_identifier, "type": iati_codes.RELATED_THIRD_PARTY}
        add(activity, "related-activity", related)
    etree.indent(activity, level=1)
    return activity


def own(name: str) -> str:
    """Name an attribute that IATI does not have."""
    return f"{{{iati_codes.EXTENSION}}}{name}"


PLACEHOLDER = {own("stated"): "no"}


def writable(text: object) -> str:
    """`text` without the characters that XML does not allow."""
    return FORBIDDEN.sub("", str(text))


def moment(time: datetime) -> str:
    """“2026-11-24T00:00:00Z”, with microseconds only where there are some."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def set_attributes(element: etree._Element, attributes: Mapping[str, str | Promise | None]) -> None:
    """Set those of the attributes that have a value."""
    for name, value in attributes.items():
        if value:
            element.set(name, writable(value))


def add(
    parent: etree._Element, name: str, attributes: Mapping[str, str | Promise | None], narrative: str | Promise = ""
) -> etree._Element:
    """Add a child to `parent`, with its text as `narrative`, if any."""
    element = etree.SubElement(parent, name)
    set_attributes(element, attributes)
    if narrative:
        etree.SubElement(element, "narrative").text = writable(narrative)
    return element


def shares(number: int) -> list[str]:
    """Make `number` equal percentages with two decimals that sum to exactly 100. A single part has none."""
    if number < 2:
        return [""] * number
    hundredths, left = divmod(10_000, number)
    return [f"{(hundredths + (index < left)) / 100:.2f}" for index in range(number)]


def add_texts(activity: etree._Element, project: Project) -> None:
    publisher = settings.IATI_ORGANISATION_ID
    add(activity, "iati-identifier", {}).text = f"{publisher}-{project.slug}"
    add(
        activity,
        "reporting-org",
        {"ref": publisher, "type": iati_codes.OTHER, "secondary-reporter": "1"},
        PORTAL,
    )
    add_text(activity, "title", {}, project.title)
    add_text(activity, "description", {"type": iati_codes.GENERAL_DESCRIPTION}, project.summary)
    if project.note:
        add(activity, "description", {"type": iati_codes.OTHER_DESCRIPTION}, project.note)


def add_text(activity: etree._Element, name: str, attributes: Mapping[str, str], text: str) -> None:
    """Add a text that IATI demands."""
    text = writable(text)
    add(activity, name, attributes if text else {**attributes, **PLACEHOLDER}, text or NOT_STATED)


def add_partners(activity: etree._Element, partners: Sequence[Partner]) -> None:
    for partner in partners:
        country, agency = partner.country, partner.agency
        add(
            activity,
            "participating-org",
            {
                "ref": (agency and agency.iati_id) or partner.organisation_ref,
                "type": partner_type(partner),
                "role": iati_codes.ORGANISATION_ROLE[partner.role],
                own("role"): partner.role,
                own("country"): country.iso3 if country else None,
                own("agency"): agency.slug if agency else None,
                # Beside an agency, whose name the element bears, it would be lost.
                own("organisation"): partner.organisation if agency else None,
                own("from"): partner.start,
                own("until"): partner.end,
            },
            partner.name,
        )
    if not partners:
        role = iati_codes.ORGANISATION_ROLE[PartnerRole.PARTNER]
        add(activity, "participating-org", {"role": role, **PLACEHOLDER}, NOT_STATED)


def partner_type(partner: Partner) -> str:
    """OrganisationType of a partner; "" for an organisation of which it is not known."""
    if partner.agency:
        return iati_codes.ORGANISATION_TYPE[partner.agency.kind]
    return partner.organisation_type if partner.organisation else iati_codes.GOVERNMENT


def add_status(activity: etree._Element, project: Project, period: Period, today: date) -> None:
    if project.status:
        add(
            activity,
            "activity-status",
            {"code": iati_codes.ACTIVITY_STATUS[project.status], own("status"): project.status},
        )
    else:
        add(activity, "activity-status", {"code": period.likely_status(today), **PLACEHOLDER})


def add_dates(activity: etree._Element, project: Project, period: Period, today: date) -> None:
    add_date(activity, period.start_type(today), period.start, project.start if period.start_is_stated else "")
    if period.end:
        add_date(activity, period.end_type(today), period.end, project.end)


def add_date(activity: etree._Element, date_type: str, written: date, stored: str) -> None:
    """`written` is the full day, `stored` as much of it as a source states. "" marks a stand-in."""
    attributes = {"type": date_type, "iso-date": written.isoformat()}
    if not stored:
        add(activity, "activity-date", {**attributes, **PLACEHOLDER}, NOT_STATED)
    else:
        is_day = stored == written.isoformat()
        narrative = "" if is_day else format_partial_date(stored)
        add(activity, "activity-date", {**attributes, own("date"): stored}, narrative)


def add_recipients(activity: etree._Element, partners: Sequence[Partner]) -> None:
    """Add the countries that benefit. Where none is named, the parts of the world that the partners are from."""
    countries = sorted({each.country.iso2 for each in partners if each.country and each.role in BENEFITS})
    if countries:
        for code, percentage in zip(countries, shares(len(countries)), strict=True):
            add(activity, "recipient-country", {"code": code, "percentage": percentage})
        return
    vocabulary, regions = iati_codes.UN_REGIONS, sorted({each.country.subregion for each in partners if each.country})
    if not regions:
        vocabulary, regions = iati_codes.DAC_REGIONS, [iati_codes.DEVELOPING_COUNTRIES_UNSPECIFIED]
    for code, percentage in zip(regions, shares(len(regions)), strict=True):
        attributes = {"code": code, "vocabulary": vocabulary, "percentage": percentage}
        add(activity, "recipient-region", {**attributes, **PLACEHOLDER}, NOT_STATED)


def add_sectors(activity: etree._Element, themes: Sequence[ThemeNames], glossary: str) -> None:
    codes = sorted({code for theme in themes for code in theme.crs_codes.split()})
    for code, percentage in zip(codes, shares(len(codes)), strict=True):
        add(activity, "sector", {"vocabulary": iati_codes.DAC_SECTORS, "code": code, "percentage": percentage})
    if not codes:
        attributes = {"vocabulary": iati_codes.DAC_SECTORS, "code": iati_codes.SECTORS_NOT_SPECIFIED}
        add(activity, "sector", {**attributes, **PLACEHOLDER}, NOT_STATED)
    vocabulary = {"vocabulary": iati_codes.OWN_VOCABULARY, "vocabulary-uri": f"{glossary}#themes"}
    for theme, percentage in zip(themes, shares(len(themes)), strict=True):
        add(activity, "sector", {**vocabulary, "code": theme.code, "percentage": percentage}, theme.name)


def add_tags(activity: etree._Element, whole: WholeProject, site: str, glossary: str) -> None:
    """Add the Sustainable Development Goals, and what IATI has no codes for."""
    for goal in whole.goals:
        add(activity, "tag", {"vocabulary": iati_codes.SDG_GOALS, "code": str(goal.number)}, goal.name)
    for code, narrative in glossary_tags(whole):
        add_own_tag(activity, code, f"{glossary}#{code}", narrative)
    for kind, record in (("forum", whole.forum), ("fund", whole.fund)):
        if record:
            address = f"{site}{reverse(f'{kind}_detail', args=[record.slug])}"
            add_own_tag(activity, f"{kind}-{record.slug}", address, record.name)


def glossary_tags(whole: WholeProject) -> Iterator[tuple[str, str | Promise]]:
    """`(code, narrative)` of the words that the glossary of the portal explains."""
    for partner in whole.partners:
        words = {"role": PartnerRole(partner.role).label, "name": partner.name}
        yield f"role-{partner.role}", gettext("%(role)s: %(name)s") % words
    modality = Project.Modality(whole.project.modality)
    yield f"modality-{modality}", modality.label
    yield f"scope-{whole.scope}", whole.scope.label
    for instrument in whole.instruments:
        yield f"instrument-{instrument.code}", instrument.name


def add_own_tag(activity: etree._Element, code: str, address: str, narrative: str | Promise) -> None:
    attributes = {"vocabulary": iati_codes.OWN_VOCABULARY, "vocabulary-uri": address, "code": code}
    add(activity, "tag", attributes, narrative)


def add_kinds(activity: etree._Element, whole: WholeProject) -> None:
    collaboration = iati_codes.COLLABORATION_TYPE.get(whole.project.modality)
    if collaboration:
        add(activity, "collaboration-type", {"code": collaboration})
    aid_types = {instrument.aid_type for instrument in whole.instruments if instrument.aid_type}
    if len(aid_types) == 1:
        add(activity, "default-aid-type", {"code": aid_types.pop()})


def add_budget(activity: etree._Element, project: Project, period: Period) -> None:
    if project.budget_amount is None:
        return
    start = period.start.isoformat()
    attributes = {
        "type": iati_codes.ORIGINAL_BUDGET,
        "status": iati_codes.INDICATIVE_BUDGET,
        own("covers"): "whole-project",
    }
    budget = add(activity, "budget", attributes)
    add(budget, "period-start", {"iso-date": start})
    add(budget, "period-end", {"iso-date": period.budget_end.isoformat()})
    value = add(budget, "value", {"currency": project.budget_currency, "value-date": start})
    value.text = f"{project.budget_amount:.2f}"


def add_documents(activity: etree._Element, documents: Iterable[DocumentRow], record_address: str) -> None:
    for document in documents:
        address = schema_address(document.url)
        attributes = {
            "url": address,
            "format": file_format(address),
            own("url"): document.url if document.url != address else "",
        }
        add_document(activity, attributes, document.title, document.category, document.language)
    attributes = {"url": record_address, "format": iati_codes.WEB_PAGE, own("record"): "yes"}
    title = gettext("Record in the South-South Cooperation Portal")
    add_document(activity, attributes, title, Document.Category.WEB_PAGE, "")


def add_document(
    activity: etree._Element, attributes: Mapping[str, str], title: str, category: str, language: str
) -> None:
    document = add(activity, "document-link", attributes)
    add(document, "title", {}, title)
    add(document, "category", {"code": category})
    if language:
        add(document, "language", {"code": language})


def schema_address(url: str) -> str:
    """Write `url` as the schema takes it: “?id[]=3” becomes “?id%5B%5D=3”. ValueError if it is no web address."""
    found = ADDRESS.match(url)
    if not found:
        raise ValueError(url)
    authority, path, fragment = found.groups()
    address = authority + quoted(path)
    return address if fragment is None else f"{address}#{quoted(fragment)}"


def quoted(text: str) -> str:
    return NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), text)


def file_format(address: str) -> str:
    name = FILE_NAME.match(address)
    return iati_codes.FILE_FORMAT.get(name[1].lower() if name else "", iati_codes.WEB_PAGE)
