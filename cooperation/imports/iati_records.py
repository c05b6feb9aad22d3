"""From plain values to records that can be checked and saved."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cooperation.imports.iati_content import out_of_order
from cooperation.models import Document, Participation, Project

LINKS = ("forum", "fund")
TEXTS_OF_PARTNER = {"role", "organisation", "organisation_ref", "organisation_type", "start", "end"}
TEXTS_OF_DOCUMENT = {"url", "title", "category", "language"}


def set_fields(project, fields, known):
    """Give the project the values of `ReadActivity.fields`, or some of them."""
    for name, value in fields.items():
        if name in LINKS:
            rows = {"forum": known.forums, "fund": known.funds}[name]
            setattr(project, f"{name}_id", rows[value].pk if value else None)
        else:
            setattr(project, name, value)


def participation_of(partner, known, **fields):
    """The `Participation` that a `ReadPartner` stands for."""
    country, agency = known.countries.get(partner.country), known.agencies.get(partner.agency)
    return Participation(
        role=partner.role,
        country_id=country.pk if country else None,
        agency_id=agency.pk if agency else None,
        organisation=partner.organisation,
        organisation_ref=partner.organisation_ref,
        organisation_type=partner.organisation_type,
        start=partner.start,
        end=partner.end,
        **fields,
    )


def document_of(document, **fields):
    """The `Document` that a `ReadDocument` stands for."""
    return Document(
        url=document.url, title=document.title, category=document.category, language=document.language, **fields
    )


def what_cannot_be_held(writing, held, slug, known):
    """The first thing in a `Writing` that no form would take, in words; "" if there is none.

    `held` is what the registry has of the record, `slug` the address of a new one. Nothing is asked of the database.
    """
    project = Project(slug=slug)
    set_fields(project, writing.fields, known)
    names = set(writing.fields) | ({"slug"} if slug else set())
    if not project.modality:  # for which a draft may wait
        names -= {"modality"}
    partners = [*writing.partners.added, *writing.partners.changed.values()]
    documents = [*writing.documents.added, *writing.documents.changed.values()]
    return (
        first_fault(project, names)
        or what_does_not_agree(writing.fields, held)
        or next(filter(None, (fault_of_partner(partner, known) for partner in partners)), "")
        or next(filter(None, (first_fault(document_of(each), TEXTS_OF_DOCUMENT) for each in documents)), "")
    )


def what_does_not_agree(fields, held):
    start, end, amount, currency = (
        fields.get(name, held.value(name)) for name in ("start", "end", "budget_amount", "budget_currency")
    )
    if out_of_order(start, end):
        return _("it ends before it begins (%(start)s – %(end)s)") % {"start": start, "end": end}
    if (amount is None) != (currency == ""):
        return _("its budget has no currency")
    return ""


def fault_of_partner(partner, known):
    if not (partner.country or partner.agency or partner.organisation):
        return _("a partner has no name")
    if out_of_order(partner.start, partner.end):
        dates = {"start": partner.start, "end": partner.end}
        return _("the part of a partner ends before it begins (%(start)s – %(end)s)") % dates
    return first_fault(participation_of(partner, known), TEXTS_OF_PARTNER)


def first_fault(record, names):
    """What is wrong with the fields of these names, in words; "" if nothing is."""
    try:
        record.clean_fields(exclude={field.name for field in record._meta.fields} - names)
    except ValidationError as error:
        return in_one_line(record, error)
    return ""


def in_one_line(record, error):
    """“title: This field cannot be blank.”, of the first thing that is wrong."""
    name, messages = next(iter(error.message_dict.items()))
    return f"{record._meta.get_field(name).verbose_name}: {messages[0]}"
