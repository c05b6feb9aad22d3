"""How a list and a detail page work, for every record type. `records.py` declares what each of them shows."""

from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import DetailView, ListView

from cooperation.models import FormerSlug
from cooperation.references import References, count_sources

CARDS_IN_SIGHT = 10


@dataclass(frozen=True)
class Related:
    """Some of the public records of one type that belong to a record, how many there are, and where all of them are."""

    records: list
    count: int
    url: str
    card: str


def card_template(model):
    return f"cooperation/{model._meta.model_name}_card.html"


def list_address(model, **query):
    """The address of the list of `model` under the filters given, without empty ones."""
    given = {name: value for name, value in query.items() if value}
    address = reverse(f"{model._meta.model_name}_list")
    return f"{address}?{urlencode(given, doseq=True)}" if given else address


def related(records, **query):
    """`Related` for a queryset of public records; `query` are the filters under which their list shows the same."""
    first = list(records.for_list()[:CARDS_IN_SIGHT])
    show_source_counts(first)
    count = len(first) if len(first) < CARDS_IN_SIGHT else records.count()
    return Related(first, count, list_address(records.model, **query), card_template(records.model))


def show_source_counts(records):
    """Give each record `source_count`, the number of sources that its page will list."""
    counts = count_sources(records)
    for record in records:
        record.source_count = counts[record.pk]


class RecordList(ListView):
    """The public records of one type, under the filters of its FilterSet."""

    filterset_class = None
    template_name = "cooperation/record_list.html"
    context_object_name = "records"
    intro = ""
    cites = True

    def get_queryset(self):
        records = self.filterset_class._meta.model.objects.published().for_list()
        self.filterset = self.filterset_class(self.request.GET, records)
        return self.filterset.qs

    def paginate_queryset(self, queryset, page_size):
        page = self.get_paginator(queryset, page_size).get_page(self._asked("page") or 1)
        return page.paginator, page, page.object_list, page.has_other_pages()

    def get_paginate_by(self, queryset):
        return self._asked("per") or self.filterset.paging.fields["per"].empty_value

    def _asked(self, name):
        return self.filterset.paging.cleaned_data.get(name) if self.filterset.is_valid() else None

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        page, model = context["page_obj"], self.filterset_class._meta.model
        page.object_list = list(page.object_list)
        if self.cites:
            show_source_counts(page.object_list)
        return {
            **context,
            "records": page.object_list,
            "filterset": self.filterset,
            "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "names": model._meta,
            "intro": self.intro,
            "card": card_template(model),
            "address": self.request.path,
        }


class RecordDetail(DetailView):
    """One public record with its facts, its parts and its numbered sources. A former address leads to the present."""

    context_object_name = "record"
    slug_url_kwarg = "public_id"

    def get_template_names(self):
        return [f"cooperation/{self.model._meta.model_name}_detail.html"]

    def get_slug_field(self):
        return self.model.PUBLIC_ID

    def get_queryset(self):
        return self.model.objects.published().for_detail()

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            present = self.present_record(kwargs["public_id"])
            if present is None:
                raise
            return redirect(present, permanent=True)

    def present_record(self, public_id):
        """The public record that once had this address, or None."""
        former = FormerSlug.objects.filter(record_type=self.model._meta.model_name, slug=public_id).first()
        return former and self.model.objects.published().filter(slug=former.current).first()

    def lead(self, record, references):
        """What a page of this type shows before its key facts, as template context."""
        return {}

    def sections(self, record, references):
        """What a page of this type shows between its key facts and its sources, as template context."""
        return {}

    def get_context_data(self, **kwargs):
        record, references = self.object, References(self.object)
        heading = next((references.fact(name) for name in ("title", "name") if name in record.FACTS), None)
        summary = references.fact("summary") if "summary" in record.FACTS else None
        return {
            **super().get_context_data(**kwargs),
            "names": record._meta,
            "heading": heading,
            "summary": summary,
            # In the order of the page, since that is the order of the numbers.
            **self.lead(record, references),
            "facts": references.key_facts(),
            **self.sections(record, references),
            "further": references.further(),
            "sources": references.sources,
            "list_url": list_address(self.model),
            "absolute_url": self.request.build_absolute_uri(record.get_absolute_url()),
        }
