"""The search across all record types, as a page and for machines."""

from dataclasses import dataclass

from django.http import JsonResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from cooperation import search
from cooperation.filters import FILTERSETS
from cooperation.views.formats import refuse
from cooperation.views.generic import list_address, show_hits, unless_behind

HITS_IN_SIGHT = 5


@dataclass(frozen=True)
class Group:
    """The hits of one record type: how many, the first of them, and the address of the list of all."""

    names: object  # the model’s _meta
    count: int
    hits: list
    url: str
    best_tier: int


def words_only(query):
    """What the page of a search depends on."""
    only = QueryDict(mutable=True)
    words = " ".join(query.get("q", "").split())
    if words:
        only["q"] = words
    return only


def search_page(request):
    """Everything that holds the words, by record type, the type with the best hit first."""
    found = find(words_only(request.GET))
    return unless_behind(TemplateResponse(request, "cooperation/search.html", found))


def search_json(request):
    """The same answer for machines. Addresses are those of the pages, relative to the site."""
    found = find(words_only(request.GET))
    if found["problems"]:
        return refuse(found["problems"], is_json=True)
    groups = [
        {
            "type": group.names.model_name,
            "label": capfirst(group.names.verbose_name_plural),
            "count": group.count,
            "url": group.url,
            "results": [as_result(hit) for hit in group.hits],
        }
        for group in found["groups"]
    ]
    answer = {
        "query": found["words"],
        "count": found["count"],
        "best": groups[0]["results"][0] if groups else None,
        "did_you_mean": found["suggestion"] or None,
        "groups": groups,
    }
    return unless_behind(JsonResponse(answer, json_dumps_params={"ensure_ascii": False}))


search_page.parameters = search_json.parameters = words_only


def as_result(record):
    return {"title": str(record), "url": record.get_absolute_url()}


def find(query):
    """The answer to a question, as template context."""
    words = query.get("q", "")
    lists = {model: filterset(query) for model, filterset in FILTERSETS.items()}
    # Words that cannot be asked for here cannot be asked for anywhere.
    problems = next(iter(lists.values())).problems
    if not words or problems:
        groups, suggestion = [], ""
    else:
        groups = [group_of(model, filterset) for model, filterset in lists.items() if filterset.count]
        groups.sort(key=lambda group: group.best_tier)
        suggestion = "" if groups else search.suggestion(search.read_question(words), has_hits)
    return {
        "words": words,
        "problems": problems,
        "groups": groups,
        "count": sum(group.count for group in groups),
        "suggestion": suggestion,
    }


def has_hits(words):
    query = QueryDict(mutable=True)
    query["q"] = words
    return any(filterset(query).count for filterset in FILTERSETS.values())


def group_of(model, filterset):
    ids = filterset.ids(0, HITS_IN_SIGHT)
    found = model.objects.published().in_bulk(ids)
    hits = [found[each] for each in ids if each in found]
    show_hits(hits, filterset)
    return Group(model._meta, filterset.count, hits, list_address(model, q=filterset.asked["q"]), filterset.best_tier)
