"""What can be asked of a list, as parameters of OpenAPI: from its FilterSet, its order and its pages."""

from django import forms
from django.utils.translation import gettext

from cooperation.exports.files import JSON
from cooperation.filters import FILTERSETS
from cooperation.filters.base import RELEVANCE
from cooperation.filters.event import EventFilterSet
from cooperation.filters.kinds import CodesFilter, LeaveOutFilter, WordsFilter
from cooperation.filters.options import Codes, Several
from cooperation.filters.paging import AFTER, ApiPagingForm
from cooperation.views.formats import OPTIONS
from cooperation.views.openapi_schemas import ref

# More codes than these would be no help to a reader; an answer has those that lead to something in its facets.
MOST_CODES = 1_000
# What only a format with pages heeds.
OF_PAGES = ("page", "per", AFTER)


def filterset_of(model):
    """The FilterSet of all records of `model`, as programs ask it."""
    return FILTERSETS[model]({}, paging=ApiPagingForm)


def component_name(model, name):
    return f"{model._meta.model_name}.{name}"


def parameter_components(model):
    """`{name: parameter}` of everything that can be asked of the list of `model`."""
    filterset = filterset_of(model)
    found = {name: filter_parameter(name, each) for name, each in filterset.filters.items()}
    found |= {name: paging_parameter(name, field) for name, field in filterset.paging.fields.items()}
    return {component_name(model, name): each for name, each in found.items()}


def list_parameters(model, file_format):
    """What the list of `model` takes in one format: references to the components, and what that format alone takes."""
    filterset = filterset_of(model)
    names = [
        *filterset.filters,
        *(each for each in filterset.paging.fields if file_format is JSON or each not in OF_PAGES),
    ]
    own = [option_parameter(name, allowed) for name, allowed in OPTIONS.get(file_format, {}).items()]
    return [{"$ref": f"#/components/parameters/{component_name(model, name)}"} for name in names] + own


def event_parameters(file_format):
    """What the timeline takes in one format."""
    filterset = EventFilterSet({}, paging=ApiPagingForm)
    fields = filterset.paging.fields
    sort = fields["sort"]
    return [
        *(filter_parameter(name, each) for name, each in filterset.filters.items()),
        # Without “best match”: a timeline goes by time.
        parameter("sort", one_of(sort.choices), f"{sort.label}.", in_words(sort.choices)),
        *(paging_parameter(name, fields[name]) for name in OF_PAGES if file_format is JSON and name in fields),
        *(option_parameter(name, allowed) for name, allowed in OPTIONS.get(file_format, {}).items()),
    ]


def parameter(name, schema, *words):
    description = " ".join(str(each) for each in words if each)
    # As forms send what nobody filled in.
    return {"name": name, "in": "query", "description": description, "allowEmptyValue": True, "schema": schema}


def filter_parameter(name, each):
    if isinstance(each, CodesFilter):
        return codes_parameter(name, each)
    words = (
        gettext("At least one letter or digit.")
        if isinstance(each, WordsFilter)
        else in_words(each.extra.get("choices"))
    )
    return parameter(name, field_schema(each.field), f"{each.label}.", words, each.hint)


def codes_parameter(name, each):
    label = gettext("Not: %(label)s.") % {"label": each.label} if isinstance(each, LeaveOutFilter) else f"{each.label}."
    values, words = codes_schema(each.codes)
    several = {"type": "array", "items": values}
    return {**parameter(name, several, label, words, each.hint), "style": "form", "explode": True}


def codes_schema(codes):
    """The schema of one of some codes, and what they mean in words; codes of records are explained elsewhere."""
    if isinstance(codes, Several):
        schemas, words = zip(*map(codes_schema, codes.kinds), strict=True)
        return {"anyOf": list(schemas)}, " ".join(filter(None, words))
    if isinstance(codes, Codes):
        return ref(code_schema_name(codes.model)), ""
    return one_of(codes), in_words(codes)


def paging_parameter(name, field):
    choices = getattr(field, "choices", None)
    if name == "sort":
        choices = [(RELEVANCE, gettext("best match, for words that are asked for")), *choices]
        return parameter(name, one_of(choices), f"{field.label}.", in_words(choices))
    return parameter(name, field_schema(field), f"{field.label}.")


def option_parameter(name, allowed):
    words = {"bom": gettext("1 puts the mark ahead by which Excel knows UTF-8.")}
    return parameter(name, {"type": "string", "enum": list(allowed)}, words[name])


def field_schema(field):
    """What a form field takes."""
    if isinstance(field, forms.ChoiceField):
        return one_of(field.choices)
    if isinstance(field, forms.IntegerField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "integer", **{name: limit for name, limit in limits.items() if limit is not None}}
    if isinstance(field, forms.DateTimeField):
        return {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}
    return {"type": "string", "maxLength": field.max_length}


def one_of(choices):
    return {"type": "string", "enum": [str(code) for code, _label in choices if code != ""]}


def in_words(choices):
    return "; ".join(f"{code}: {label}" for code, label in choices) + "." if choices else ""


def code_schema_name(model):
    return f"{model.__name__}Code"


def code_schemas():
    """`{name: schema}` of the codes that name records or words of a vocabulary: those of today, if not too many."""
    found = {}
    for model in FILTERSETS:
        filterset = filterset_of(model)
        for each in filterset.filters.values():
            if isinstance(each, CodesFilter) and isinstance(each.codes, Codes):
                name = code_schema_name(each.codes.model)
                if name not in found:
                    found[name] = code_schema(each.codes.model, filterset.options(each))
    return found


def code_schema(model, options):
    schema = {"type": "string", "description": gettext("The code of: %(what)s.") % {"what": model._meta.verbose_name}}
    if 0 < len(options) <= MOST_CODES:
        schema["enum"] = [option.code for option in options]
    return schema
