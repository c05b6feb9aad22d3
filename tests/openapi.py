"""Answers of the API, held against its description."""

from openapi_schema_validator import OAS31Validator, oas31_format_checker

from tests.records import list_url


def describe(client):
    return client.get("/openapi.json").json()


def json_address(model):
    return f"{list_url(model).rstrip('/')}.json"


def faults(document, schema, content):
    """Where `content` is not as a schema of the document wants it, or the one of that name."""
    if isinstance(schema, str):
        schema = {"$ref": f"#/components/schemas/{schema}"}
    document = {**schema, "components": document["components"]}
    validator = OAS31Validator(document, format_checker=oas31_format_checker)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(content)]
