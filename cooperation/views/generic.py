"""How a list and a detail page work, for every record type. `records.py` declares what each of them shows."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views import View
from django.views.generic import DetailView

from cooperation import search
from cooperation.exports.cited import cite_as
from cooperation.exports.files import list_files, part_files, record_files
from cooperation.exports.json_ld import data_block, describe
from cooperation.filters import FILTERSETS
from cooperation.filters.base import RecordFilterSet
from cooperation.filters.paging import PAGE_SIZES, PagingForm
from cooperation.history import what_changed, withdrawal
from cooperation.models import Project, Record
from cooperation.references import References, count_sources
from cooperation.views.project_cards import project_cards
from cooperation.views.record_files import statement_of

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


def cards_of(model, ids):
    """What the cards of some public records show, in the order of their ids."""
    if model is Project:
        return project_cards(ids)
    found = model.objects.published().for_list().in_bulk(ids)
    records = [found[each] for each in ids if each in found]
    counts = count_sources(records) if issubclass(model, Record) else {}
    for record in records:
        record.heading, record.source_count = heading_of(record), counts.get(record.pk)
    return records


def show_hits(records, filterset):
    """Mark the words that are asked for in what each record is called; else in another name or text that has them."""
    asked, model = search.read_question(filterset.asked["q"]), filterset._meta.model
    columns = [name for name in (*model.SEARCH_TEXTS, *model.SEARCH_NAMES) if "__" not in name]
    for record in records:
        record.heading = search.mark(heading_of(record), asked)
        texts = [text for text in (getattr(record, name, "") for name in columns) if text]
        shown = (search.excerpt(text, asked) for text in texts if text != heading_of(record))
        record.excerpt = next((text for text in shown if "<mark>" in text), "")


def unless_behind(answer):
    """The answer of a search, not to be kept while the index could not follow the records because somebody writes."""
    if not search.catch_up():
        answer.headers["Cache-Control"] = "no-store"
    return answer


def heading_of(record):
    return getattr(record, "title", "") or str(record)


def related(model, in_sight=CARDS_IN_SIGHT, **query):
    """`Related`: what the list of `model` shows first under these filters, and how many there are."""
    address = list_address(model, **query)
    filterset = FILTERSETS[model](QueryDict(address.partition("?")[2]))
    return Related(cards_of(model, filterset.ids(0, in_sight)), filterset.count, address, card_template(model))


def without(query, *names):
    """A copy of a query string (a QueryDict) without some parameters."""
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def page_query(query):
    """The query string of a page of this list, but for its number at the end."""
    kept = without(query, "page")
    return f"?{kept.urlencode()}&page=" if kept else "?page="


def canonical_query(query, number):
    """The query string by which search engines shall know page `number` of a list.

    A list in another order or of another length is the same list, whose pages are cut elsewhere: it is known by the
    first page.
    """
    filters = without(query, *PagingForm.base_fields)
    if number > 1 and not {"sort", "per"} & query.keys():
        filters["page"] = str(number)
    return f"?{filters.urlencode()}" if filters else ""


def page_title(filterset: RecordFilterSet, number: int = 1) -> str:
    """The title of page `number` of what is listed, which no other page has; of a refused one, that it is refused."""
    title = filterset.title
    if filterset.problems:
        title = gettext("Error: %(title)s") % {"title": title}
    return gettext("%(title)s, page %(number)s") % {"title": title, "number": number} if number > 1 else title


def list_context(request, filterset):
    """What the page of a list shows of it, but for its records: the template context."""
    query = filterset.data
    asked = filterset.paging.cleaned_data if filterset.is_valid() else {}
    page = Paginator(range(filterset.count), asked.get("per") or PAGE_SIZES[0]).get_page(asked.get("page") or 1)
    return {
        "title": page_title(filterset, page.number),
        "filterset": filterset,
        "facets": filterset.facets,
        "suggestion": filterset.suggestion,
        "page_obj": page,
        "page_numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "page_query": page_query(query),
        "canonical": request.build_absolute_uri(request.path + canonical_query(query, page.number)),
        "is_filtered": bool(without(query, *PagingForm.base_fields)),
        "names": filterset.names,
        "address": request.path,
    }


class RecordList(View):
    """The public records of one type, under the filters of its FilterSet."""

    filterset_class = None
    template_name = "cooperation/record_list.html"
    intro = ""

    @classmethod
    def parameters(cls, query):
        """What of the query string the page depends on."""
        return cls.filterset_class.parameters(query)

    def lead(self):
        """What a list of this type shows before its records, as template context."""
        return {}

    def get(self, request):
        filterset = self.filterset_class(self.parameters(request.GET))
        context, model = list_context(request, filterset), self.filterset_class._meta.model
        page = context["page_obj"]
        records = self.records(filterset.ids(page.start_index() - 1, page.end_index()))
        if "q" in filterset.asked:
            show_hits(records, filterset)
        context |= {"records": records, "intro": self.intro, "card": card_template(model)}
        context |= {**list_taken_away(filterset), **self.lead()}
        answer = TemplateResponse(request, self.template_name, context)
        return unless_behind(answer) if "q" in filterset.asked else answer

    def records(self, ids):
        """What the cards of a page show."""
        return cards_of(self.filterset_class._meta.model, ids)


def list_taken_away(filterset):
    """The whole list as files, and what belongs to its records; nothing of a list that cannot be shown as asked."""
    if not filterset.is_valid():
        return {"files": [], "parts": []}
    model, query = filterset._meta.model, without(filterset.data, "page", "per")
    return {"files": list_files(model, query, filterset.count), "parts": part_files(model, query)}


def taken_away(request, record, sources):
    """What a page gives to take away: the record as files, how to cite it, and what it is, for search engines."""
    statement = statement_of(request, record)
    return {
        "files": record_files(record),
        "citation": cite_as(record, statement),
        "data_block": data_block(describe(record, statement, sources)),
    }


def withdrawn_page(request, model, public_id, withdrawn):
    """The page at the address of a record that was withdrawn: when and why, and nothing else of it."""
    context = {
        "public_id": public_id,
        "withdrawn": withdrawn,
        "names": model._meta,
        "list_url": list_address(model),
    }
    # It may be published again, and a browser could keep for long what is gone.
    return TemplateResponse(request, "410.html", context, status=410, headers={"Cache-Control": "no-cache"})


class RecordDetail(DetailView):
    """One public record with its facts, its parts and its numbered sources.

    A former address leads to the present; that of a record that was withdrawn says so.
    """

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
            public_id = kwargs["public_id"]
            present = self.model.objects.once_at(public_id)
            if present is not None:
                return redirect(present, permanent=True)
            withdrawn = withdrawal(self.model, public_id)
            if withdrawn is None:
                raise
            return withdrawn_page(request, self.model, public_id, withdrawn)

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
            "changes": what_changed(record),
            "list_url": list_address(self.model),
            **taken_away(self.request, record, references.sources),
        }
