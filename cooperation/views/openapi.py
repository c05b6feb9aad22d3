"""The description of the API (OpenAPI 3.1), made from the declarations of the lists, the files and the addresses."""

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.exports import files
from cooperation.exports.columns import TABLES
from cooperation.exports.event_table import EventColumns
from cooperation.exports.statement import LICENCE, LICENCE_URL, PORTAL
from cooperation.exports.whole_registry import INDEX
from cooperation.exports.write_json import write_json
from cooperation.filters.flows import FlowsFilterSet
from cooperation.models import Project, Record
from cooperation.views.formats import PROBLEM
from cooperation.views.openapi_parameters import (
    code_schemas,
    component_name,
    event_parameters,
    filter_parameter,
    list_parameters,
    parameter_components,
)
from cooperation.views.openapi_schemas import (
    column_schemas,
    list_schema,
    record_schema,
    record_schemas,
    ref,
    shared_schemas,
    thing,
)
from cooperation.views.timeline import FORMATS as TIMELINE_FORMATS

VERSION = "1.0.0"
JSON, TEXT, HTML = files.JSON.media_type, "text/plain", "text/html"
INTRODUCTION = _(
    "The public records of the registry under the same filters as its pages. Several values of one parameter widen a "
    "list, different parameters narrow it. Parameters that a list does not know are ignored; a value that it does not "
    "know is answered with status 400 and the values that are allowed. No key is needed. Scripts of any site may read "
    "every answer, errors too (CORS). Answers carry an ETag: send it back as If-None-Match, and as long as nothing "
    "changed the answer is a short 304."
)
# An id in an address, as addresses take it.
PUBLIC_ID = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}


def openapi_json(request):
    return HttpResponse(write_json(document(request.build_absolute_uri("/")[:-1])), content_type=JSON)


def document(site):
    """The description as plain values. `site` is the absolute address of the home page without its slash."""
    paths = {}
    for model in TABLES:
        paths |= list_paths(model) | record_paths(model)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(PORTAL),
            "version": VERSION,
            "description": str(INTRODUCTION),
            "license": {"name": LICENCE, "url": LICENCE_URL},
        },
        "externalDocs": {"url": f"{site}{reverse('data')}", "description": gettext("The data, with examples")},
        "servers": [{"url": site}],
        "tags": [{"name": table.name, "description": str(table.label)} for table in TABLES.values()]
        + [{"name": "timeline"}, {"name": "search"}, {"name": "data"}],
        "paths": paths | flows_path() | timeline_paths() | search_path() | data_paths(),
        "components": {
            "parameters": {name: each for model in TABLES for name, each in parameter_components(model).items()},
            "schemas": {
                **code_schemas(),
                **{name: each for table in TABLES.values() for name, each in record_schemas(table).items()},
                **{f"{model.__name__}List": list_schema(table) for model, table in TABLES.items()},
                "Event": thing(column_schemas(EventColumns, EventColumns.columns)),
                "EventList": list_schema(EventColumns),
                **shared_schemas(),
            },
        },
    }


def operation(name, tag, summary, parameters, responses):
    return {
        "get": {
            "operationId": name,
            "tags": [tag],
            "summary": summary,
            "parameters": parameters,
            "responses": responses,
        }
    }


def content(media_type, schema=None):
    return {"content": {media_type: {"schema": schema} if schema else {}}}


def answered(description, media_type, schema=None):
    return {"description": str(description), **content(media_type, schema)}


def refused(is_json):
    """What a list says to values that it does not know."""
    if is_json:
        return answered(_("What was wrong, and what is allowed (RFC 9457)."), PROBLEM, ref("Problem"))
    return answered(_("What was wrong, and what is allowed, in words."), TEXT)


def problem_or_text(description: str, schema: str, is_json: bool) -> dict:
    """Describe what stands in place of a record: a problem of that schema in JSON, a sentence elsewhere."""
    return answered(description, PROBLEM, ref(schema)) if is_json else answered(description, TEXT)


NOT_THERE = _("There is no public record at this address.")
TOO_LONG = _("The address is longer than a server takes: about 4,000 characters.")


def list_paths(model):
    """The list of `model` in each of its formats, and each kind of its parts."""
    table, stem = TABLES[model], model._meta.model_name
    paths = {}
    for each in files.list_formats(model):
        name = f"{stem}_list_{each.suffix}"
        schema = ref(f"{model.__name__}List") if each is files.JSON else None
        responses = {
            "200": answered(_("The records that fit."), each.media_type, schema),
            "400": refused(is_json=each is files.JSON),
            "414": answered(TOO_LONG, HTML),
        }
        if each is files.XLSX:
            responses["413"] = answered(_("More records than a workbook takes."), TEXT)
        summary = gettext("%(records)s as %(format)s") % {"records": table.label, "format": each.label}
        parameters = list_parameters(model, each)
        paths[reverse(name)] = operation(name, table.name, summary, parameters, responses)
    for part in table.parts:
        name = f"{stem}_{part.name}_csv"
        responses = {
            "200": answered(_("The rows of the records that fit."), files.CSV.media_type),
            "400": refused(is_json=False),
            "414": answered(TOO_LONG, HTML),
        }
        summary = gettext("%(parts)s of %(records)s as CSV") % {"parts": part.name, "records": table.name}
        paths[reverse(name)] = operation(name, table.name, summary, list_parameters(model, files.CSV), responses)
    return paths


def timeline_paths():
    """The events of the timeline, told by records of several types, in each of its formats."""
    paths = {}
    for each in TIMELINE_FORMATS:
        name = f"timeline_{each.suffix}"
        schema = ref("EventList") if each is files.JSON else None
        responses = {
            "200": answered(_("The events that fit."), each.media_type, schema),
            "400": refused(is_json=each is files.JSON),
            "414": answered(TOO_LONG, HTML),
        }
        summary = gettext("Events as %(format)s") % {"format": each.label}
        paths[reverse(name)] = operation(name, "timeline", summary, event_parameters(each), responses)
    return paths


def flows_path():
    """The matrix of who cooperates with whom, under the filters of projects and by its own places."""
    filters = [each for each in list_parameters(Project, files.CSV) if not each.get("$ref", "").endswith(".sort")]
    responses = {
        "200": answered(_("The pairs of places with a project."), files.CSV.media_type),
        "400": refused(is_json=False),
        "414": answered(TOO_LONG, HTML),
    }
    summary = gettext("Who cooperates with whom as CSV")
    parameters = [filter_parameter("by", FlowsFilterSet.base_filters["by"]), *filters]
    return {reverse("flows_csv"): operation("flows_csv", TABLES[Project].name, summary, parameters, responses)}


def record_paths(model):
    """One record of `model` in each of its formats."""
    table, stem = TABLES[model], model._meta.model_name
    paths = {}
    for each in files.record_formats(model):
        name = f"{stem}_detail_{each.suffix}"
        try:
            before, _id, after = reverse(name, args=["0"]).rpartition("0")
        except NoReverseMatch:
            continue
        is_json = each is files.JSON
        schema = record_schema(table) if is_json else None
        responses = {
            "200": answered(_("The record."), each.media_type, schema),
            "301": {"description": gettext("The record has another address now. Ask here again each time.")},
            "404": problem_or_text(NOT_THERE, "NotFound", is_json),
        }
        if issubclass(model, Record):
            withdrawn = gettext("The record was withdrawn. The answer says when and why.")
            responses["410"] = problem_or_text(withdrawn, "Gone", is_json)
        summary = gettext("%(record)s as %(format)s") % {"record": model._meta.verbose_name, "format": each.label}
        paths[f"{before}{{id}}{after}"] = operation(name, table.name, summary, [id_parameter(model)], responses)
    return paths


def id_parameter(model):
    example = model.objects.published().order_by("pk").values_list(model.PUBLIC_ID, flat=True).first()
    parameter = {"name": "id", "in": "path", "required": True, "schema": PUBLIC_ID}
    return {**parameter, "example": example} if example else parameter


def search_path():
    words = {"$ref": f"#/components/parameters/{component_name(next(iter(TABLES)), 'q')}"}
    responses = {
        "200": answered(_("What was found, by type of record."), JSON, ref("Found")),
        "400": refused(is_json=True),
        "414": answered(TOO_LONG, HTML),
    }
    summary = gettext("Everything that holds the words")
    return {reverse("search_json"): operation("search_json", "search", summary, [words], responses)}


def data_paths():
    """The data dictionary, and the files that were published."""
    before, _name, after = reverse("data_file", args=["0"]).rpartition("0")
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[-.a-zA-Z]+$"}}
    columns = gettext("Every column of every table.")
    # An address that ends like none of the files is that of a page.
    no_file = gettext("There is no file of that name, or none was published yet.")
    no_file_content = {**content(PROBLEM, ref("NotFound"))["content"], TEXT: {}, HTML: {}}
    return {
        reverse("data_dictionary_json"): operation(
            "data_dictionary_json",
            "data",
            gettext("The data dictionary as JSON"),
            [],
            {"200": answered(columns, JSON, ref("Dictionary"))},
        ),
        reverse("data_dictionary_csv"): operation(
            "data_dictionary_csv",
            "data",
            gettext("The data dictionary as CSV"),
            [],
            {"200": answered(columns, files.CSV.media_type)},
        ),
        f"{before}{{name}}{after}": operation(
            "data_file",
            "data",
            gettext("A file of the whole registry as it was published last; index.json names them all"),
            [{**name, "example": INDEX}],
            {
                "200": answered(gettext("The file. Its ETag is its SHA-256 digest."), "*/*"),
                "404": {"description": no_file, "content": no_file_content},
            },
        ),
    }
