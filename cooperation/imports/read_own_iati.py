"""What our own files say, from the extension attributes in which they keep what IATI has no place for.

Each reads back what the writer of these files stored, so that a record comes out of the file as it went in.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.imports.iati_content import ReadActivity, ReadDocument, ReadPartner, full_day, shortened
from cooperation.imports.iati_elements import attribute, line_of, own, stated, whole_text
from cooperation.imports.read_partners import LONGEST_NAME
from cooperation.models import PartnerRole, iati_codes

STARTS = (iati_codes.ACTUAL_START, iati_codes.PLANNED_START)
ENDS = (iati_codes.ACTUAL_END, iati_codes.PLANNED_END)


def read_own(element, identifier, slug, known):
    """The `ReadActivity` of an activity that the portal published about the record `slug`."""
    activity = ReadActivity(line_of(element), identifier, slug=slug)
    tags = own_tags(element)
    activity.fields = {
        "title": text_of(next(iter(stated(element, "title")), None)),
        "summary": text_of(first(stated(element, "description"), "type", iati_codes.GENERAL_DESCRIPTION)),
        "note": text_of(first(stated(element, "description"), "type", iati_codes.OTHER_DESCRIPTION)),
        "official_id": ref_of(element, "other-identifier", iati_codes.OTHER_ACTIVITY_IDENTIFIER),
        "iati_identifier": ref_of(element, "related-activity", iati_codes.RELATED_THIRD_PARTY),
        "status": status_of(element),
        "modality": modality_of(element, tags),
        "start": date_of(element, STARTS),
        "end": date_of(element, ENDS),
        "confirmed_on": day_of(element, activity),
        **budget_of(element),
    }
    for name, rows in (("forum", known.forums), ("fund", known.funds)):
        slugs = [slug for slug in tags.get(name, ()) if is_known(slug, rows, element, activity)]
        activity.fields[name] = slugs[0] if slugs else ""
    activity.themes = {
        frozenset([code])
        for code in codes_of(stated(element, "sector"), iati_codes.OWN_VOCABULARY)
        if is_known(code, known.themes, element, activity)
    }
    activity.goals = {
        int(code)
        for code in codes_of(element.findall("tag"), iati_codes.SDG_GOALS)
        if code.isascii() and code.isdigit() and is_known(int(code), known.goals, element, activity)
    }
    activity.instruments = {
        code for code in tags.get("instrument", ()) if is_known(code, known.instruments, element, activity)
    }
    activity.partners = [read_partner(each, activity, known) for each in stated(element, "participating-org")]
    activity.documents = [
        read_document(link) for link in element.findall("document-link") if link.get(own("record")) != "yes"
    ]
    read_times(element, activity)
    return activity


def first(elements, name, value):
    return next((element for element in elements if element.get(name) == value), None)


def text_of(element):
    """What the element says, to the letter; "" of no element."""
    found = None if element is None else element.find("narrative")
    return "" if found is None else whole_text(found)


def ref_of(element, name, kind):
    found = first(element.findall(name), "type", kind)
    return "" if found is None else found.get("ref", "")


def codes_of(elements, vocabulary):
    return [element.get("code", "") for element in elements if element.get("vocabulary") == vocabulary]


def own_tags(element):
    """`{"modality": ["triangular"], "forum": ["ibsa"], ...}` from tags such as “modality-triangular”."""
    tags = {}
    for code in codes_of(element.findall("tag"), iati_codes.OWN_VOCABULARY):
        kind, _hyphen, value = code.partition("-")
        tags.setdefault(kind, []).append(value)
    return tags


def is_known(code, rows, element, activity):
    """Whether this registry has what the code stands for. If it has not, a remark says so."""
    if code not in rows:
        activity.remark(line_of(element), _("This registry does not have what the file refers to"), str(code))
    return code in rows


def status_of(element):
    found = stated(element, "activity-status")
    if not found:
        return ""
    return found[0].get(own("status")) or iati_codes.PROJECT_STATUS.get(found[0].get("code", ""), "")


def modality_of(element, tags):
    if tags.get("modality"):
        return tags["modality"][0]
    collaboration = element.find("collaboration-type")
    return iati_codes.MODALITY.get("" if collaboration is None else collaboration.get("code", ""), "")


def date_of(element, kinds):
    found = [each for each in stated(element, "activity-date") if each.get("type") in kinds]
    return (found[0].get(own("date")) or found[0].get("iso-date", "")) if found else ""


def day_of(element, activity):
    text = element.get(own("confirmed"))
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        activity.remark(line_of(element), _("A date cannot be held and was left out"), text)
        return None


def budget_of(element):
    budget = element.find("budget")
    if budget is None:
        return {"budget_amount": None, "budget_currency": ""}
    value = budget.find("value")
    currency = value.get("currency") or element.get("default-currency", "")
    return {"budget_amount": Decimal(whole_text(value).strip()), "budget_currency": currency}


def read_partner(element, activity, known):
    country, agency = element.get(own("country"), ""), element.get(own("agency"), "")
    name, kind = text_of(element), element.get("type", "")
    role = element.get(own("role"), "")
    if role not in PartnerRole.values:
        role = iati_codes.PARTNER_ROLE.get(element.get("role"), PartnerRole.PARTNER)
    if country and not is_known(country, known.countries, element, activity):
        country = ""
    has_record = bool(agency) and is_known(agency, known.agencies, element, activity)
    is_country_alone = country and not agency and (name, kind) == (known.countries[country].name, iati_codes.GOVERNMENT)
    ref = element.get("ref", "")
    if has_record:
        organisation, kind = element.get(own("organisation"), ""), ""
        ref = "" if known.agencies[agency].iati_id else ref
    elif is_country_alone:
        organisation, kind = "", ""
    else:
        organisation = shortened(name, LONGEST_NAME)
    return ReadPartner(
        role=role,
        country=country,
        agency=agency if has_record else "",
        organisation=organisation,
        organisation_ref=ref,
        organisation_type=kind,
        start=element.get(own("from"), ""),
        end=element.get(own("until"), ""),
        name=name,
    )


def read_document(link):
    language = link.find("language")
    return ReadDocument(
        url=link.get(own("url")) or link.get("url", ""),
        title=text_of(link.find("title")),
        category=link.find("category").get("code", ""),
        language="" if language is None else language.get("code", ""),
    )


def read_times(element, activity):
    """Read when the record was changed, and when it was added as far as the file tells.

    It was added on the day that stands in for a start that no source states, or else at the same time.
    """
    text = element.get("last-updated-datetime", "")
    try:
        updated = datetime.fromisoformat(text)
        updated = updated.replace(tzinfo=UTC) if updated.tzinfo is None else updated.astimezone(UTC)
    except (ValueError, OverflowError):
        updated = None
    if updated is None or updated > timezone.now():
        activity.remark(line_of(element), _("A date cannot be held and was left out"), text)
        return
    activity.updated = activity.created = updated
    stand_ins = [each for each in element.findall("activity-date") if each.get(own("stated")) == "no"]
    stand_in = first(stand_ins, "type", iati_codes.PLANNED_START)
    day = "" if stand_in is None else full_day(attribute(stand_in, "iso-date"))
    if day and not activity.fields["end"]:
        activity.created = min(updated, datetime.fromisoformat(f"{day}T00:00:00+00:00"))
