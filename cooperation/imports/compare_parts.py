"""Which partners and documents an activity in a file would add to a project, change in it and take from it."""

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from cooperation.imports.known import folded_name
from cooperation.models import PartnerRole, format_partial_date, iati_codes

BENEFITS = (PartnerRole.BENEFICIARY, PartnerRole.BOTH)


@dataclass
class Parts:
    """Rows of a project, as `ReadPartner` or `ReadDocument`.

    New ones, those that become others by their pk, and the pks of those that go.
    """

    added: list = field(default_factory=list)
    changed: dict = field(default_factory=dict)
    removed: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.added or self.changed or self.removed)


def compare_own_partners(activity, held, known):
    """`Parts` that make the partners those of a file of our own.

    A partner whose agency is not public is in the file without it, or not at all. The agency stays all the same.
    """
    parts = Parts()
    seen = {pk: as_public(row, known) for pk, row in held.partners.items()}
    left = {pk: row for pk, row in seen.items() if row.country or row.agency or row.organisation}
    for partner in activity.partners:
        pk = next((pk for pk, row in left.items() if row.key == partner.key), None)
        if pk is None:
            # Two that differ in agencies only look alike where neither agency is public.
            if partner.key not in {each.key for each in (*seen.values(), *parts.added)}:
                parts.added.append(partner)
            continue
        new = as_in_file(held.partners[pk], left.pop(pk), partner, known)
        if new != held.partners[pk]:
            parts.changed[pk] = new
    parts.removed = list(left)
    return parts


def as_public(row, known):
    return row if not row.agency or known.agencies[row.agency].is_public else replace(row, agency="")


def as_in_file(row, seen, partner, known):
    """The row with what the file says of it. Id and type of an organisation stay where its agency’s are written."""
    has_own_ref = not (seen.agency and known.agencies[seen.agency].iati_id)
    has_own_type = bool(seen.organisation) and not seen.agency
    return replace(
        row,
        end=partner.end,
        organisation_ref=partner.organisation_ref if has_own_ref else row.organisation_ref,
        organisation_type=partner.organisation_type if has_own_type else row.organisation_type,
    )


def compare_foreign_partners(activity, held, known):
    """`Parts` with the partners that the registry does not have yet, and what it does not know of an organisation."""
    parts, left = Parts(), dict(held.partners)
    for partner in activity.partners:
        pk = next((pk for pk, row in left.items() if is_meant(row, partner)), None)
        if pk is None:
            parts.added.append(partner)
            continue
        row = left.pop(pk)
        if row.organisation and not row.agency:
            new = replace(
                row,
                organisation_ref=row.organisation_ref or partner.organisation_ref,
                organisation_type=row.organisation_type or partner.organisation_type,
            )
            if new != row:
                parts.changed[pk] = new
    if left:
        names = [partner_in_words(row, known) for row in left.values()]
        activity.remark(activity.line, _("The registry has partners that the file does not name: they stay"), names)
    return parts


def is_meant(row, partner):
    """Whether a row of the registry is the partner that a file names, in whatever words curators have put it.

    IATI has four roles and ours are finer: “pivotal” is what IATI calls extending.
    """
    if partner.country:
        return row.country == partner.country and row.role in BENEFITS
    is_role = row.role == partner.role or iati_codes.ORGANISATION_ROLE[row.role] in partner.iati_roles
    is_body = (
        (row.agency and row.agency == partner.agency)
        or (row.organisation and folded_name(row.organisation) == folded_name(partner.name or partner.organisation))
        or (row.organisation_ref and row.organisation_ref == partner.ref)
    )
    return bool(is_role and is_body)


def compare_documents(activity, held):
    """`Parts` that make the documents those of the file. Only a file of our own takes documents away."""
    parts = Parts()
    left = {row.url: pk for pk, row in held.documents.items()}
    for document in {each.url: each for each in activity.documents}.values():
        if document.url not in left:
            parts.added.append(document)
            continue
        pk = left.pop(document.url)
        row = held.documents[pk]
        new = document if activity.is_own else replace(document, language=document.language or row.language)
        if new != row:
            parts.changed[pk] = new
    if activity.is_own:
        parts.removed = list(left.values())
    elif left:
        what = _("The registry has documents that the file does not name: they stay")
        activity.remark(activity.line, what, left)
    return parts


def partner_in_words(row, known):
    """“Funder: UNOPS (XM-DAC-41502)”."""
    agency, country = known.agencies.get(row.agency), known.countries.get(row.country)
    names = [agency.name if agency else row.organisation, country.name if country else ""]
    notes = [
        row.organisation_ref,
        _("type %(code)s") % {"code": row.organisation_type} if row.organisation_type else "",
        _("from %(date)s") % {"date": format_partial_date(row.start)} if row.start else "",
        _("until %(date)s") % {"date": format_partial_date(row.end)} if row.end else "",
    ]
    words = f"{PartnerRole(row.role).label}: {', '.join(filter(None, names))}"
    shown = ", ".join(filter(None, notes))
    return f"{words} ({shown})" if shown else words


def document_in_words(row):
    language = f", {row.language}" if row.language else ""
    return f"{row.title} ({row.category}{language}, {row.url})"
