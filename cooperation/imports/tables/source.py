"""What a table of sources may say."""

from cooperation.imports.resources import TableResource
from cooperation.models import Source


class SourceTable(TableResource):
    """Sources. What our files call “address” is the address of the source; their “url” is its page here."""

    OWN_NAMES = {"address": "url"}
    ALIASES = {
        "title": ("name",),
        "publisher": ("author", "organisation", "organization"),
        "url": ("address", "link", "web", "website", "web address"),
        "kind": ("type",),
        "published": ("date", "year", "publication date"),
        "retrieved": ("read on", "accessed", "access date"),
    }

    class Meta:
        model = Source
        fields = ("title", "publisher", "url", "archived_url", "kind", "published", "retrieved")
