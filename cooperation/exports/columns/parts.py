"""Parts that several records have."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cooperation.exports.fields import ColumnValues, Words, columns_of, own_values, owner_column
from cooperation.exports.meanings import MEANINGS
from cooperation.exports.table import Batch, Column, Kind, Table, among
from cooperation.models import Citation, PublicationStatus, Record, Source
from cooperation.models.source import RowOfRecord


def names_someone(*fields: str) -> Q:
    """Select the rows that name a public agency, or somebody by one of the other fields: a link or a text."""
    named = Q(agency__publication_status=PublicationStatus.PUBLISHED)
    for name in fields:
        named |= ~Q(organisation="") if name == "organisation" else Q(**{f"{name}__isnull": False})
    return named


def part_table(model: type[RowOfRecord], name: str, label: Words, *fields: str, where: Q | None = None) -> Table:
    """Declare the rows of `model` under the columns of some of its fields, after the public id of their record."""
    columns = (owner_column(model, model.owner), *columns_of(model, *fields))
    return Table(model, name, label, columns, model.owner, where=Q() if where is None else where)


def of_public_links(model: type[Citation]) -> Q:
    """Select the citations of facts that a reader may see: not of a link to a record that is not public."""
    owner: Any = model._meta.get_field(model.owner).related_model
    hidden = Q()
    for link in owner._meta.fields:
        if link.is_relation and issubclass(link.related_model, Record):
            path = f"{model.owner}__{link.name}"
            is_public = Q(**{f"{path}__publication_status": PublicationStatus.PUBLISHED})
            hidden |= Q(fact=link.name, **{f"{path}__isnull": False}) & ~is_public
    return ~hidden


def citation_table(model: type[Citation]) -> Table:
    """Declare the sources of a record: one row for each fact that a source backs or disputes."""

    def of_source(field: str) -> ColumnValues:
        def values(batch: Batch) -> list[str]:
            ids = batch.own("source_id")
            found = dict(Source.objects.filter(pk__in=among({*ids})).values_list("pk", field))
            return [found[each] for each in ids]

        return values

    return Table(
        model,
        "citations",
        _("Citations"),
        (
            owner_column(model, model.owner),
            Column("fact", _("fact"), MEANINGS["citation.fact"], Kind.CODE, own_values("fact")),
            *columns_of(model, "source"),
            Column(
                "source_title",
                _("source (title)"),
                _("What the source is called."),
                Kind.TEXT,
                of_source("title"),
            ),
            Column("source_url", _("source (address)"), _("Where it can be read."), Kind.ADDRESS, of_source("url")),
            Column(
                "value",
                _("what this source says"),
                MEANINGS["citation.value"],
                Kind.TEXT,
                lambda batch: batch.own("value"),
            ),
            *columns_of(model, "note"),
        ),
        model.owner,
        where=of_public_links(model),
    )
