"""What must be in order before a record is published."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation.history.past import parts_of
from cooperation.models import (
    Forum,
    PartnerRole,
    Project,
    PublicationStatus,
    Record,
    format_partial_date,
)

# The sides of triangular cooperation. A partner whose role no source names may stand on either.
GIVES = {
    PartnerRole.PROVIDER,
    PartnerRole.PIVOTAL,
    PartnerRole.FACILITATING,
    PartnerRole.FUNDING,
    PartnerRole.BOTH,
    PartnerRole.PARTNER,
}
RECEIVES = {PartnerRole.BENEFICIARY, PartnerRole.BOTH, PartnerRole.PARTNER}


def checklist(record):
    """`[sentence, ...]` that say what is to be done before the record may be published; none when it may."""
    checks = (empty_fields, missing_source, partners_in_doubt, dates_out_of_order, links_to_unpublished)
    return [sentence for check in checks for sentence in check(record)]


def empty_fields(record):
    """Imports may leave open what a form asks for."""
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        is_empty = not value.strip() if isinstance(value, str) else value is None
        if is_empty and field.editable and (not field.blank or field.name == "summary"):
            yield _("Fill in “%(field)s”.") % {"field": capfirst(field.verbose_name)}


def missing_source(record):
    relations = (getattr(record, name) for name in ("citations", *record.SOURCED_PARTS))
    if not any(rows.filter(source__isnull=False).exists() for rows in relations):
        yield _("Name at least one source.")


def partners_in_doubt(record):
    """That each row names a partner is for the database to see to.

    What no source names is said in the note, which everybody reads; whether it does say so, a reviewer sees.
    """
    if not isinstance(record, Project):
        return
    parts = list(record.participations.select_related("country", "agency__country"))
    roles = {part.role for part in parts}
    says_why = bool(record.note.strip())
    if not parts and not says_why:
        yield _("Name at least one partner; where no source names any, say so in the note.")
    if not roles <= set(PartnerRole.values):
        yield _("Give each partner a role.")
    if record.modality == Project.Modality.TRIANGULAR:
        # A fund through which a partner pays stands for those who manage it.
        if len({partner_of(part) for part in parts}) + bool(record.fund_id) < 3 and not says_why:
            yield _(
                "Name the three partners of triangular cooperation; where no source names them all, say so in the "
                "note. Or choose another modality."
            )
        if not roles & GIVES:
            yield _("Say which partner gives in the triangular cooperation; “Partner” where no source names its role.")
        if not roles & RECEIVES and not says_why:
            yield _(
                "Say which partner is the beneficiary of the triangular cooperation; where no source names it, say so "
                "in the note. Or choose another modality."
            )


def partner_of(part):
    """An agency stands for its country: both together are one partner."""
    country = part.country or (part.agency and part.agency.country)
    return country or part.agency or part.organisation


def dates_out_of_order(record):
    """Holds the rows against the record: within one row the database keeps the dates in order."""
    if isinstance(record, Project):
        for part in record.participations.select_related("country", "agency"):
            if is_before(record.end, part.start):
                words = _("“%(part)s” begins in %(date)s, after the project has ended. Correct one of them.")
                yield words % {"part": part, "date": format_partial_date(part.start)}
            if is_before(part.end, record.start):
                words = _("“%(part)s” ends in %(date)s, before the project has begun. Correct one of them.")
                yield words % {"part": part, "date": format_partial_date(part.end)}
    if isinstance(record, Forum):
        for part in record.memberships.select_related("country"):
            if is_before(part.left, record.established):
                words = _("“%(part)s” left in %(date)s, before the forum was established. Correct one of them.")
                yield words % {"part": part, "date": format_partial_date(part.left)}


def is_before(first, second):
    """Whether all of the partial date `first` lies before `second`. “2019” is not before “2019-03”."""
    return bool(first and second) and first < second and not second.startswith(first)


def links_to_unpublished(record):
    """Whatever the record, or a row of it, refers to must be public: a reader would miss it."""
    for model in (type(record), *parts_of(type(record))):
        owner = getattr(model, "owner", None)
        rows = model._base_manager.filter(**{owner or "pk": record.pk})
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
            if field.name == owner or not issubclass(field.related_model or object, Record):
                continue
            linked = field.related_model._base_manager.filter(pk__in=rows.values(field.name))
            label = f"{model._meta.verbose_name}, {field.verbose_name}" if owner else field.verbose_name
            for each in linked.exclude(publication_status=PublicationStatus.PUBLISHED).order_by("pk"):
                words = _("%(field)s: “%(record)s” is not published (%(status)s). Publish it first, or take it out.")
                status = each.get_publication_status_display()
                yield words % {"field": capfirst(label), "record": each, "status": status}
