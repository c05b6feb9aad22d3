"""What answers hold, as JSON Schema: the records from their columns, what surrounds them in words of its own."""

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from cooperation.exports.table import Kind
from cooperation.models import Record

TEXT, WHOLE_NUMBER, MOMENT = (
    {"type": "string"},
    {"type": "integer", "minimum": 0},
    {"type": "string", "format": "date-time"},
)
ADDRESS = {"type": "string", "format": "uri"}
TYPES = {
    Kind.TEXT: TEXT,
    Kind.CODE: TEXT,
    Kind.ADDRESS: TEXT,
    Kind.NUMBER: {"type": "integer"},
    Kind.AMOUNT: {"type": "number"},
    Kind.YES_NO: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.PARTIAL_DATE: {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"},
    Kind.TIME: MOMENT,
    Kind.LIST: {"type": "array", "items": TEXT},
}
# There is always a truth value, and a list may be empty.
NEVER_NULL = (Kind.YES_NO, Kind.LIST)


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema):
    """`schema`, or null for what is not known."""
    schema = {**schema, "type": [schema["type"], "null"]}
    return {**schema, "enum": [*schema["enum"], None]} if "enum" in schema else schema


def described(text, schema):
    return {**schema, "description": str(text)}


def thing(properties, optional=()):
    """An object that has all of the properties, but perhaps not the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def several(schema):
    return {"type": "array", "items": schema}


def record_schemas(table):
    """`{name: schema}` of a record and of each kind of its parts."""
    parts = {part.model.__name__: thing(column_schemas(part, part.columns[1:])) for part in table.parts}
    lists = {
        part.name: described(part.label, several(ref(name))) for name, part in zip(parts, table.parts, strict=True)
    }
    return {table.model.__name__: thing(column_schemas(table, table.columns) | lists), **parts}


def column_schemas(table, columns):
    return {column.name: column_schema(table, column) for column in columns}


def column_schema(table, column):
    schema = dict(TYPES[column.kind])
    codes = {"enum": [str(code) for code, _label in column.allowed]} if column.allowed else {}
    if column.kind is Kind.LIST:
        schema["items"] = {**schema["items"], **codes}
    else:
        schema |= codes
    if column.kind not in NEVER_NULL and not is_always_known(table.model, column.name):
        schema = or_null(schema)
    label = str(column.label)
    return {**schema, "title": label[:1].upper() + label[1:], "description": str(column.meaning)}


def is_always_known(model, name):
    """Whether a column is never empty: the names of a record, and what its form demands."""
    if name in ("id", "url"):
        return True
    if not issubclass(model, Model):
        return False
    try:
        field = model._meta.get_field(name.removesuffix("_label"))
    except FieldDoesNotExist:
        return False
    # What is linked may not be public.
    return not field.is_relation and not field.blank and not field.null


def list_schema(table):
    """A page of a list."""
    of_file = {
        "title": described(_("The records in words."), TEXT),
        "count": described(_("How many records fit, on all pages."), WHOLE_NUMBER),
        "page": described(_("The number of this page; null with sort=id."), or_null(WHOLE_NUMBER)),
        "pages": described(_("How many pages there are."), WHOLE_NUMBER),
        "next": described(_("The address of the next page."), or_null(ADDRESS)),
        "previous": described(_("The address of the page before; null with sort=id."), or_null(ADDRESS)),
        **SAID,
        "facets": described(
            _("For each filter, the values that lead to something, each with the number of records that it gives."),
            {"type": "object", "additionalProperties": several(ref("FacetValue"))},
        ),
        "results": several(ref(table.model.__name__)),
    }
    if not issubclass(table.model, Record):
        return thing(of_file)
    withdrawn = described(
        _(
            "With updated_since: the ids that are not public any more since then, because the record was withdrawn, "
            "merged into another or given another id. Remove them from a copy."
        ),
        several(ref("Withdrawn")),
    )
    return thing({**of_file, "withdrawn": withdrawn}, optional=("withdrawn",))


def record_schema(table):
    """One record, and what the answer says of itself."""
    return {"allOf": [ref(table.model.__name__), thing(dict(SAID))]}


SAID = {
    "as_of": described(_("When the latest change of any record was made."), MOMENT),
    "licence": described(_("The address of the licence."), ADDRESS),
    "citation": described(_("How to cite it."), TEXT),
}


def problem(status: int, description: str, **members: dict) -> dict:
    """Describe a problem as RFC 9457 has it, with the members that this kind adds."""
    common = {"type": TEXT, "title": TEXT, "status": {"type": "integer", "const": status}, "detail": TEXT}
    return described(description, thing(common | members))


def shared_schemas():
    """What several answers hold, and the answers that are about no single record type."""
    facet_value = {"value": TEXT, "label": TEXT, "count": WHOLE_NUMBER, "chosen": {"type": "boolean"}}
    allowed = thing({"value": TEXT, "label": TEXT})
    error = {
        "parameter": described(_("Its name; empty for what is wrong between several."), TEXT),
        "label": TEXT,
        "given": several(TEXT),
        "messages": several(TEXT),
        "allowed": described(_("The values that are allowed, where they can be listed."), several(allowed)),
    }
    withdrawn = {
        "id": described(_("The id by which it was asked for."), TEXT),
        "withdrawn": MOMENT,
        "reason": or_null(TEXT),
    }
    replaced_by = _("The id to use now: of the record into which it was merged, or of the same record.")
    gone = {
        "id": TEXT,
        "withdrawn": described(_("Since when it is not public any more."), MOMENT),
        "replaced_by": described(replaced_by, TEXT),
    }
    hit = {"title": TEXT, "url": described(_("The address of its page, relative to the site."), TEXT)}
    group = {
        "type": TEXT,
        "label": TEXT,
        "count": WHOLE_NUMBER,
        "url": described(_("The address of the list of all hits, relative to the site."), TEXT),
        "results": several(ref("Hit")),
    }
    found = {
        "query": TEXT,
        "count": WHOLE_NUMBER,
        "best": {"anyOf": [ref("Hit"), {"type": "null"}]},
        "did_you_mean": or_null(TEXT),
        "groups": several(thing(group)),
    }
    column = {
        "column": TEXT,
        "label": TEXT,
        "type": {"type": "string", "enum": [kind.name.lower() for kind in Kind]},
        "meaning": TEXT,
        "refers_to": or_null(TEXT),
        "codes": several(thing({"code": TEXT, "label": TEXT})),
    }
    kind = {"type": TEXT, "label": TEXT, "csv": TEXT, "json": TEXT, "xlsx": TEXT}
    dictionary = {
        "title": TEXT,
        "licence": ADDRESS,
        "types": several(thing(kind)),
        "tables": several(thing({"table": TEXT, "label": TEXT, "columns": several(thing(column))})),
    }
    return {
        "FacetValue": thing(facet_value),
        "Withdrawn": thing(gone, optional=("replaced_by",)),
        "Problem": problem(400, _("What was wrong with the parameters (RFC 9457)."), errors=several(thing(error))),
        "NotFound": problem(404, _("There is nothing public at the address (RFC 9457).")),
        "Gone": problem(410, _("The record was withdrawn: when and why (RFC 9457)."), **withdrawn),
        "Hit": thing(hit),
        "Found": thing(found),
        "Dictionary": thing(dictionary),
    }
