"""Two to four countries, forums or projects side by side."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cooperation import changes
from cooperation.filters import ProjectFilterSet
from cooperation.filters.shown import Problem
from cooperation.filters.wording import each_of
from cooperation.models import Country, Forum, Project
from cooperation.pictures.comparison import compare
from cooperation.views.generic import heading_of

MODELS = {"country": Country, "forum": Forum, "project": Project}
MOST = 4
PROJECTS_OFFERED = 50
PUBLIC_ID = re.compile(r"[-a-zA-Z0-9_]{1,100}")


@dataclass
class Question:
    """What is to be compared: the records in the order given, and what was wrong with the parameters."""

    records: list = field(default_factory=list)
    problems: list = field(default_factory=list)

    @property
    def can_be_answered(self):
        return len(self.records) > 1 and not self.problems


def read_question(query):
    """The `Question` of a query string (a QueryDict) that `parameters` has gone through."""
    question = Question()
    if len(query) > 1:
        message = _("Countries, forums and projects can be compared with their like only. Choose one kind.")
        question.problems.append(Problem("", "", [], [message]))
        return question
    for name, given in query.lists():
        found = records_at(MODELS[name], given)
        question.records = [found[code] for code in dict.fromkeys(given) if code in found]
        messages = list(faults(given, found))
        if messages:
            label = capfirst(MODELS[name]._meta.verbose_name)
            question.problems.append(Problem(name, label, given[: MOST + 1], messages))
    return question


def records_at(model, codes):
    """`{public id: record}` of the public records among some codes."""
    readable = [code for code in codes[: MOST + 1] if PUBLIC_ID.fullmatch(code)]
    found = model.objects.published().filter(**{f"{model.PUBLIC_ID}__in": readable})
    return {record.public_id: record for record in found.for_detail()}


def faults(given, found):
    """What is wrong with the codes given, in sentences."""
    if len(given) > MOST:
        text = _("At most %(most)s can be compared at once; %(number)s are given.")
        yield text % {"most": MOST, "number": len(given)}
        return
    for code, times in Counter(given).items():
        if code not in found:
            yield _("“%(code)s” is not the public id of such a record.") % {"code": code[:100]}
        elif times > 1:
            yield _("“%(code)s” is given more than once.") % {"code": code}


def choices_of(model, record=None):
    """`[(public id, name), ...]` of what can be chosen, beside `record` where one is chosen already."""
    found = model.objects.published()
    if model is not Project:
        return [(each.public_id, str(each)) for each in found.order_by("name")]
    countries = sorted({part.country.iso3 for part in record.participations.all() if part.country}) if record else []
    ids = ProjectFilterSet({"country": countries} if countries else {}).ids(0, PROJECTS_OFFERED)
    return list(found.filter(pk__in=ids).order_by("title", "slug").values_list("slug", "title"))


def forms_for(records):
    """`[(names of the kind, chosen record or None, choices), ...]`: a form for each kind, or for the one asked."""
    kinds = [type(records[0])] if records else MODELS.values()
    chosen = records[0] if records else None
    return [(model._meta, chosen, choices_of(model, chosen)) for model in kinds]


def compare_page(request):
    """The comparison that is asked for, or the forms to choose what to compare."""
    question = read_question(request.GET)
    return TemplateResponse(
        request,
        "cooperation/compare.html",
        {
            "question": question,
            "names": each_of([heading_of(record) for record in question.records]) if question.records else "",
            "comparison": compare(question.records) if question.can_be_answered else None,
            "forms": [] if question.can_be_answered else forms_for(question.records),
        },
    )


def parameters(query):
    """What of a query string the page depends on: the present public ids by kind, without empty ones."""
    known = query.copy()
    for name in query:
        values = [value.strip() for value in query.getlist(name) if value.strip()]
        if name in MODELS and values:
            known.setlist(name, replace_former_ids(MODELS[name], values))
        else:
            del known[name]
    return known


def replace_former_ids(model: type, codes: list[str]) -> list[str]:
    """The codes, a former or merged public id replaced by the present one, and left out where that is given as well."""
    present = read_present_ids(model, tuple(codes[: MOST + 1]), changes.current())
    found = []
    for code in codes:
        if code not in present:
            found.append(code)
        elif present[code] not in (*codes, *found):
            found.append(present[code])
    return found


@lru_cache(maxsize=1_000)
def read_present_ids(model: type, codes: tuple[str, ...], version: int) -> dict[str, str]:
    """`{former or merged public id: present one}` of some codes at a data version, without a query for a kept page."""
    return model.objects.present_ids(codes)


compare_page.parameters = parameters
