"""What a table of agencies may say."""

from django.utils.translation import gettext as _

from cooperation.imports.resources import ParentNameColumn, TableResource, widget_of
from cooperation.imports.tables.parts import CITATION, CitationTable
from cooperation.models import Agency, AgencyCitation, AgencyRole


class AgencyCitationTable(CitationTable):
    class Meta:
        model = AgencyCitation
        fields = CITATION


class AgencyRoleTable(TableResource):
    NAME = "roles"
    KEY = ("role",)

    class Meta:
        model = AgencyRole
        fields = ("role", "source", "note")


class AgencyTable(TableResource):
    PARTS = (AgencyRoleTable, AgencyCitationTable)
    ALIASES = {
        "name": ("agency", "agency name", "organisation", "organization", "title", "nombre"),
        "native_name": ("native name", "original name"),
        "kind": ("type",),
        "country": ("country name", "countries", "pais"),
        "headquarters": ("city", "seat"),
        "established": ("founded", "year established", "year of establishment"),
        "website": ("url", "link", "web", "web site", "homepage"),
        "iati_id": ("iati identifier", "iati organisation identifier"),
        "summary": ("description", "abstract"),
    }

    parent_name = ParentNameColumn(
        Agency._meta.get_field("parent_name"), widget_of(Agency._meta.get_field("parent_name"))
    )

    class Meta:
        model = Agency
        fields = (
            "name",
            "acronym",
            "native_name",
            "former_names",
            "kind",
            "country",
            "headquarters",
            "parent",
            "parent_name",
            "established",
            "website",
            "iati_id",
            "summary",
            "note",
            "confirmed_on",
        )

    @classmethod
    def is_derived(cls, name):
        return name != "parent_name" and super().is_derived(name)

    def what_is_wrong(self, instance):
        yield from super().what_is_wrong(instance)
        if instance.parent_id and instance.parent_name:
            yield "parent_name", _("Name the body above it once: as a record or in words, not both.")
