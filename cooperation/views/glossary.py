"""What the words of the portal mean: our word, that of SEGIB, that of the OECD, and what an IATI file carries.

Each entry has the anchor to which the tags of an IATI file point. The words of SEGIB are those of its reports on
South-South cooperation in Ibero-America, those of the OECD those of https://www.oecd.org/dac/triangular-co-operation/;
"" where we have read none of its own.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.models import Instrument, PartnerRole, Project, Scope, Theme, iati_codes
from cooperation.views.generic import list_address

Role, Modality = PartnerRole, Project.Modality

# Names in the codelists OrganisationRole and CollaborationType of IATI 2.03.
ORGANISATION_ROLES = {"1": "Funding", "2": "Accountable", "3": "Extending", "4": "Implementing"}
COLLABORATION_TYPES = {"1": "Bilateral", "8": "Bilateral, triangular co-operation"}

# (meaning, word of SEGIB, word of the OECD)
ROLE_WORDS = {
    Role.PROVIDER: (_("Gives knowledge, skills or resources."), "", ""),
    Role.PIVOTAL: (
        _("The developing country whose experience is shared in triangular cooperation."),
        _("first provider"),
        _("pivotal partner"),
    ),
    Role.FACILITATING: (
        _("Helps the other two in triangular cooperation with money, organisation or expertise."),
        _("second provider"),
        _("facilitating partner"),
    ),
    Role.BENEFICIARY: (_("The partner that the cooperation is for."), _("recipient"), _("beneficiary partner")),
    Role.BOTH: (_("Provides and benefits in the same project."), "", ""),
    Role.FUNDING: (_("Pays for the project or a part of it."), "", ""),
    Role.IMPLEMENTING: (_("Carries the project out."), "", ""),
    Role.PARTNER: (_("Takes part, in no role that the sources name more closely."), "", ""),
}
MODALITY_WORDS = {
    Modality.BILATERAL: (
        _("Two developing countries cooperate with each other."),
        _("Bilateral South-South Cooperation"),
        "",
    ),
    Modality.TRIANGULAR: (
        _("South-South cooperation supported by a further partner. Brazil says “trilateral”."),
        _("Triangular Cooperation"),
        _("triangular co-operation"),
    ),
    Modality.REGIONAL: (
        _("Countries of one region cooperate in a common programme, often under a regional body."),
        _("Regional South-South Cooperation"),
        "",
    ),
    Modality.INTERREGIONAL: (_("Countries or bodies of several regions cooperate in a common programme."), "", ""),
}
SCOPE_WORDS = {
    Scope.INTERREGIONAL: _("The partner countries lie in both regions."),
    Scope.ASIA_PACIFIC: _("All partner countries of the two regions lie in Asia-Pacific."),
    Scope.LAC: _("All partner countries of the two regions lie in Latin America and the Caribbean."),
    Scope.OTHER: _("No partner country of either region is known."),
}


@dataclass(frozen=True)
class Entry:
    """A word: the anchor of its line, its code, what it is called, the list of its projects, and what others say."""

    anchor: str
    code: str
    word: str | Promise
    url: str
    meaning: str | Promise = ""
    segib: str | Promise = ""
    oecd: str | Promise = ""
    iati: str = ""


def read_glossary():
    """The entries of each kind, `{kind: [Entry, ...]}`."""
    return {
        "modalities": [entry("modality", each, *MODALITY_WORDS[each], iati_modality(each)) for each in Modality],
        "scopes": [entry("scope", each, SCOPE_WORDS[each]) for each in Scope],
        "roles": [entry("role", each, *ROLE_WORDS[each], iati_role(each)) for each in PartnerRole],
        "instruments": [
            vocabulary_entry("instrument", each, iati_instrument(each)) for each in Instrument.objects.all()
        ],
        "themes": [vocabulary_entry("theme", each, iati_theme(each)) for each in Theme.objects.all()],
    }


def entry(kind, choice, *words):
    address = list_address(Project, **{kind: choice.value})
    return Entry(f"{kind}-{choice.value}", choice.value, choice.label, address, *words)


def vocabulary_entry(kind, row, iati):
    return Entry(f"{kind}-{row.code}", row.code, row.name, row.get_absolute_url(), iati=iati)


def iati_role(role):
    code = iati_codes.ORGANISATION_ROLE[role]
    return gettext("organisation role %(code)s, %(name)s") % {"code": code, "name": ORGANISATION_ROLES[code]}


def iati_modality(modality):
    code = iati_codes.COLLABORATION_TYPE.get(modality)
    if code is None:
        return ""
    return gettext("collaboration type %(code)s, %(name)s") % {"code": code, "name": COLLABORATION_TYPES[code]}


def iati_instrument(instrument):
    return gettext("aid type %(code)s") % {"code": instrument.aid_type} if instrument.aid_type else ""


def iati_theme(theme):
    codes = theme.crs_codes.replace(" ", ", ")
    return gettext("DAC CRS sector %(codes)s") % {"codes": codes} if codes else ""
