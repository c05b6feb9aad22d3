"""The addresses of all public pages, for search engines: an index, and one section for each record type."""

from django.contrib.sitemaps import Sitemap, views
from django.db.models import DateTimeField, Max, Value
from django.http import QueryDict
from django.urls import reverse

from cooperation.models import PUBLIC_RECORDS, Record

# Pages that are no records, beside the lists.
PAGES = (
    "home",
    "flows",
    "timeline",
    "platforms",
    "champions",
    "compare",
    "about",
    "data",
    "data_dictionary",
    "privacy",
    "accessibility",
)
NO_TIME = Value(None, output_field=DateTimeField())


class PageSitemap(Sitemap):
    """The pages that are about the registry as a whole, and the lists."""

    def items(self):
        return [*PAGES, *(f"{model._meta.model_name}_list" for model in PUBLIC_RECORDS)]

    def location(self, name):
        return reverse(name)


class RecordSitemap(Sitemap):
    """The public records of one type. A page of it takes two queries and holds plain values, however many there are."""

    limit = 25_000

    def __init__(self, model):
        self.model = model
        # “Reverse” would take longer than all the rest.
        self.before, _x, self.after = reverse(f"{model._meta.model_name}_detail", args=["0"]).rpartition("0")

    def items(self):
        """`(public id, time of the latest change or None)`, in an order that an index of the database has."""
        records = self.model.objects.published()
        if issubclass(self.model, Record):
            return records.order_by("-updated", "-id").values_list("slug", "updated")
        return records.order_by(self.model.PUBLIC_ID).values_list(self.model.PUBLIC_ID, NO_TIME)

    def location(self, item):
        return f"{self.before}{item[0]}{self.after}"

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        if issubclass(self.model, Record):
            return self.model.objects.published().aggregate(latest=Max("updated"))["latest"]
        return None


def sections():
    records = {model._meta.model_name: RecordSitemap(model) for model in PUBLIC_RECORDS}
    return {"pages": PageSitemap(), **records}


def index(request):
    return views.index(request, sections(), sitemap_url_name="sitemap_section")


def section(request, section):
    return views.sitemap(request, sections(), section)


def page_number(query):
    """What of the query string a section depends on: which page of it, beyond the first."""
    only, number = QueryDict(mutable=True), query.get("p", "1")
    if number != "1":
        only["p"] = number
    return only


section.parameters = page_number
