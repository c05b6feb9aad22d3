"""Cells of a project that list several of its parts: partners in one role, bodies, web pages."""

import re

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.imports.cells import SEPARATORS, PartsColumn, remark_on_unknown
from cooperation.imports.iati_content import shortened
from cooperation.imports.registry_names import find, split_known
from cooperation.models import Country, Document, Participation, PartnerRole

# Roles in which other people’s tables name bodies and not countries.
ROLES_OF_BODIES = (PartnerRole.FUNDING, PartnerRole.IMPLEMENTING)
LONGEST_ORGANISATION = Participation._meta.get_field("organisation").max_length
LONGEST_TITLE = Document._meta.get_field("title").max_length
# Addresses in a text; several may follow each other with nothing but a comma between them.
ADDRESS = re.compile(r"https?://(?:(?![,;]?https?://)\S)+")


def partners_in(role):
    """What reads a cell that lists partners in one role: countries, agencies, or names without a record here."""

    def read(text, column, reading, instance):
        if role not in ROLES_OF_BODIES:
            found, unknown = split_known(text, reading.names.country)
            remark_on_unknown(reading, column, Country, unknown)
            return [Participation(role=role, country_id=pk) for pk in found]
        return [part for name in names_in(text) if (part := partner_called(name, role, column, reading))]

    return read


def partners_column(role):
    label = format_lazy(gettext_lazy("partners: {}"), role.label)
    return PartsColumn(f"partner_{role.value}", label, partners_in(role))


def names_in(text):
    """Names of bodies in one cell. A comma with a blank behind it may belong to a name, one without does not."""
    for chunk in SEPARATORS.split(text):
        place, names = 0, chunk.split(",")
        while place < len(names):
            name = names[place]
            while place + 1 < len(names) and names[place + 1].startswith(" "):
                place += 1
                name += "," + names[place]
            place += 1
            if name.strip():
                yield " ".join(name.split())


def partner_called(name, role, column, reading):
    agency = find(reading.names.agencies, name)
    if agency:
        return Participation(role=role, agency_id=agency)
    country = reading.names.country(name)
    if country:
        return Participation(role=role, country_id=country)
    if len(name) > LONGEST_ORGANISATION:
        sentence = _("“%(name)s” is longer than a name may be (%(most)s characters): it is left out.")
        reading.remarks.append((column, sentence % {"name": shortened(name, 60), "most": LONGEST_ORGANISATION}))
        return None
    return Participation(role=role, organisation=name)


def bodies(text, column, reading, instance):
    """Bodies whose role the column does not tell."""
    return [part for name in names_in(text) if (part := partner_called(name, PartnerRole.PARTNER, column, reading))]


def documents_in(text, column, reading, instance):
    """Web pages about a project, wherever their addresses stand in the cell. Each is called like the project."""
    found = []
    for address in dict.fromkeys(match.rstrip(".,)") for match in ADDRESS.findall(text)):
        title = shortened(instance.title or address, LONGEST_TITLE)
        found.append(Document(url=address, title=title, category=Document.Category.WEB_PAGE))
    rest = " ".join(ADDRESS.sub(" ", text).replace(",", " ").split())
    if rest:
        sentence = _("“%(words)s” is no address that begins with https:// or http://: it is left out.")
        reading.remarks.append((column, sentence % {"words": shortened(rest, 100)}))
    return found
