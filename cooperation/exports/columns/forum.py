"""What a forum says in every format."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.exports.columns.parts import citation_table, names_someone, part_table
from cooperation.exports.fields import coded, columns_of, id_columns, lines_column, list_columns, record_columns
from cooperation.exports.table import Batch, Column, Kind, Table
from cooperation.models import (
    Country,
    Forum,
    ForumCitation,
    ForumRole,
    Meeting,
    Membership,
    Vitality,
)


def members(batch: Batch) -> list[Sequence[int]]:
    """List the ids of the members and associate members of today."""
    found = batch.linked(Membership, "forum", "country_id", where=Membership.as_of())
    return [found.get(row, ()) for row in batch.own("id")]


def forums(batch: Batch) -> dict[int, Any]:
    """Read the forums of the batch with their signs of life, by id."""
    return batch.once("forums", lambda: Forum.objects.with_signs_of_life().in_bulk(batch.own("id")))


def last_meetings(batch: Batch) -> list[str]:
    return [forums(batch)[each].last_meeting or "" for each in batch.own("id")]


def vitalities(batch: Batch) -> list[str]:
    return [forums(batch)[each].vitality.value for each in batch.own("id")]


ForumColumns = Table(
    Forum,
    "forums",
    _("Forums"),
    (
        *id_columns(Forum),
        *columns_of(Forum, "name", "acronym", "name_es", "name_pt", "name_fr"),
        lines_column(Forum._meta.get_field("former_names")),
        *columns_of(Forum, "kind", "reach", "established", "established_city", "established_country"),
        *columns_of(Forum, "secretariat", "secretariat_city", "secretariat_country", "stated_member_count"),
        *list_columns(
            "member_countries",
            _("member countries"),
            _("Members and associate members of today: ISO 3166-1 alpha-3 codes."),
            Country,
            members,
        ),
        *columns_of(Forum, "rhythm_months"),
        Column(
            "last_meeting",
            _("last meeting"),
            _("When it last met, as far as meetings are recorded here."),
            Kind.PARTIAL_DATE,
            last_meetings,
        ),
        *coded(
            "vitality",
            _("state"),
            _("Active, quiet, dormant or not known, worked out from its last meeting, its rhythm and its projects."),
            vitalities,
            Vitality.choices,
        ),
        *columns_of(Forum, "stated_activity", "themes", "website", "summary"),
        *record_columns(Forum),
    ),
    parts=(
        part_table(
            Membership,
            "members",
            _("Members of forums"),
            "country",
            "kind",
            "joined",
            "left",
            "designation",
            "source",
            "note",
        ),
        part_table(
            ForumRole,
            "roles",
            _("Roles in forums"),
            "role",
            "country",
            "agency",
            "organisation",
            "start",
            "end",
            "source",
            "note",
            where=names_someone("country", "organisation"),
        ),
        part_table(
            Meeting,
            "meetings",
            _("Meetings of forums"),
            "edition",
            "date",
            "end",
            "city",
            "country",
            "online",
            "hosts",
            "outcome",
            "source",
            "note",
        ),
        citation_table(ForumCitation),
    ),
)
