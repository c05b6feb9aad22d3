"""Tables of parts that several records have."""

from django.utils.translation import gettext as _

from cooperation.imports.resources import TableResource


class CitationTable(TableResource):
    NAME = "citations"
    KEY = ("fact", "source_id", "value")
    DERIVED = ("source_title", "source_url")

    def what_is_wrong(self, instance):
        facts = instance._meta.get_field(instance.owner).related_model.FACTS
        if instance.fact not in facts:
            sentence = _("“%(fact)s” is not a fact of this record. Choose one of: %(allowed)s.")
            yield "fact", sentence % {"fact": instance.fact, "allowed": ", ".join(facts)}


CITATION = ("fact", "source", "value", "note")


class NamingTable(TableResource):
    """Rows that name a country, an agency or an organisation."""

    KEY = ("role", "country_id", "agency_id", "organisation", "start")
    DATES = ("start", "end")

    def what_is_wrong(self, instance):
        yield from super().what_is_wrong(instance)
        if not (instance.country_id or instance.agency_id or instance.organisation):
            yield "country", _("Name a country, an agency or an organisation.")
