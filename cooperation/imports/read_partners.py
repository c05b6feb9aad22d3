"""Who takes part, according to a file of another publisher: organisations, and the countries that receive."""

from dataclasses import replace

from django.utils.translation import gettext as _

from cooperation.imports.iati_content import ReadPartner, shortened
from cooperation.imports.iati_elements import attribute, line_of, narrative
from cooperation.imports.known import folded_name
from cooperation.models import Participation, PartnerRole, iati_codes

LONGEST_NAME = Participation._meta.get_field("organisation").max_length
LONGEST_REF = Participation._meta.get_field("organisation_ref").max_length


def read_partners(element, activity, known):
    """`[ReadPartner, ...]`: the organisations in the order of the file, then the countries."""
    partners = {}
    for organisation in element.findall("participating-org"):
        partner = read_organisation(organisation, activity, known)
        if partner is None:
            continue
        key = (partner.role, partner.agency or folded_name(partner.organisation))
        if key in partners:
            same = partners[key]
            partner = replace(same, iati_roles=same.iati_roles | partner.iati_roles)
        partners[key] = partner
    return [*partners.values(), *read_countries(element, activity, known)]


def read_organisation(element, activity, known):
    role, ref, kind = (attribute(element, name) for name in ("role", "ref", "type"))
    name, _language = narrative(element)
    line = line_of(element)
    if role not in iati_codes.PARTNER_ROLE:
        activity.remark(line, _("A partner has a role that is no code of IATI: it was left out"), name or ref)
        return None
    agency = known.agency_called(ref, name)
    if not (agency or name or ref):
        activity.remark(line, _("A partner without name and id was left out"))
        return None
    common = {"role": iati_codes.PARTNER_ROLE[role], "name": name, "ref": ref, "iati_roles": frozenset([role])}
    if agency:
        return ReadPartner(agency=agency, **common)
    if not name:
        activity.remark(line, _("A partner is named by its id only"), ref)
    if len(name) > LONGEST_NAME:
        activity.remark(line, _("The name of a partner was cut"), shortened(name, 60))
    if len(ref) > LONGEST_REF:
        activity.remark(line, _("The id of a partner is too long and was left out"), shortened(ref, 60))
    return ReadPartner(
        organisation=shortened(name or ref, LONGEST_NAME),
        organisation_ref=ref if len(ref) <= LONGEST_REF else "",
        organisation_type=kind if len(kind) == 2 and kind.isascii() and kind.isdigit() else "",
        **common,
    )


def read_countries(element, activity, known):
    """Those that receive, according to the activity or else to its transactions."""
    receivers = element.findall("recipient-country") or element.findall("transaction/recipient-country")
    countries, unknown = {}, {}
    for receiver in receivers:
        code = attribute(receiver, "code").upper()
        if code in known.iso3:
            countries.setdefault(known.iso3[code])
        else:
            unknown.setdefault(code, line_of(receiver))
    if unknown:
        activity.remark(min(unknown.values()), _("The registry does not know a country"), unknown)
    regions = element.findall("recipient-region") or element.findall("transaction/recipient-region")
    if regions:
        details = {region_in_words(region) for region in regions}
        activity.remark(line_of(regions[0]), _("A region is not a partner and was left out"), details)
    return [ReadPartner(PartnerRole.BENEFICIARY, country=iso3) for iso3 in countries]


def region_in_words(region):
    code, vocabulary = attribute(region, "code"), region.get("vocabulary", iati_codes.DAC_REGIONS)
    name, _language = narrative(region)
    return name or _("%(code)s (vocabulary %(vocabulary)s)") % {"code": code, "vocabulary": vocabulary}
