"""What a table of forums may say."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.imports.cells import PartsColumn, remark_on_unknown
from cooperation.imports.registry_names import split_known
from cooperation.imports.resources import TableResource
from cooperation.imports.tables.parts import CITATION, CitationTable, NamingTable
from cooperation.models import Country, Forum, ForumCitation, ForumRole, Meeting, Membership


def members_in(text, column, reading, instance):
    found, unknown = split_known(text, reading.names.country)
    remark_on_unknown(reading, column, Country, unknown)
    return [Membership(country_id=pk) for pk in found]


class ForumCitationTable(CitationTable):
    class Meta:
        model = ForumCitation
        fields = CITATION


class MemberTable(TableResource):
    NAME = "members"
    KEY = ("country_id", "kind", "joined")
    DATES = ("joined", "left")
    ALIASES = {
        "country": ("member", "member state", "member country", "country name"),
        "kind": ("membership", "type"),
        "joined": ("member since", "since", "from", "year joined", "date joined", "accession"),
        "left": ("until", "to"),
    }

    class Meta:
        model = Membership
        fields = ("country", "kind", "joined", "left", "designation", "source", "note")

    def what_is_wrong(self, instance):
        yield from super().what_is_wrong(instance)
        if not instance.country_id:
            yield "country", _("Name the country.")


class ForumRoleTable(NamingTable):
    NAME = "roles"

    class Meta:
        model = ForumRole
        fields = ("role", "country", "agency", "organisation", "start", "end", "source", "note")


class MeetingTable(TableResource):
    NAME = "meetings"
    KEY = ("date", "edition")
    DATES = ("date", "end")
    ALIASES = {"edition": ("meeting", "title"), "date": ("start", "start date", "year")}

    class Meta:
        model = Meeting
        fields = (
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
        )

    def what_is_wrong(self, instance):
        yield from super().what_is_wrong(instance)
        if not (instance.date or instance.edition):
            yield "date", _("A meeting needs a date or an edition.")


class ForumTable(TableResource):
    """Forums. Present members may stand in the row of their forum, all in one cell."""

    PARTS = (MemberTable, ForumRoleTable, MeetingTable, ForumCitationTable)
    DERIVED = ("member_countries", "last_meeting", "vitality")
    ALIASES = {
        "name": ("forum", "forum name", "title", "platform", "nombre"),
        "kind": ("type",),
        "reach": ("regions", "region"),
        "established": ("founded", "year established", "year of establishment"),
        "website": ("url", "link", "web", "web site", "homepage"),
        "summary": ("description", "abstract"),
        "members": ("member countries", "member states", "membership", "countries"),
    }

    members = PartsColumn("members", gettext_lazy("members of today"), members_in)

    class Meta:
        model = Forum
        fields = (
            "name",
            "acronym",
            "name_es",
            "name_pt",
            "name_fr",
            "former_names",
            "kind",
            "reach",
            "established",
            "established_city",
            "established_country",
            "secretariat",
            "secretariat_city",
            "secretariat_country",
            "stated_member_count",
            "rhythm_months",
            "stated_activity",
            "themes",
            "website",
            "summary",
            "note",
            "confirmed_on",
            "members",
        )
