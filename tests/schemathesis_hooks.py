"""What the description of the API cannot say of parameters, told to schemathesis."""

import schemathesis
from schemathesis import GenerationMode


def texts(query):
    """Every text among the values of a query."""
    for value in query.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield each


@schemathesis.hook
def filter_case(context, case):
    query = case.query or {}
    # Spaces around a value do not count, so that a value of spaces is none.
    if any(text != text.strip() for text in texts(query)):
        return False
    # No schema compares two values.
    years = [str(query.get(name, "")) for name in ("year_from", "year_to")]
    if all(map(str.isdecimal, years)) and int(years[0]) > int(years[1]):
        return False
    # No schema says that one parameter goes with a value of another, or not with it.
    is_by_id = query.get("sort") == "id"
    if (is_by_id and query.get("page")) or (query.get("after") and not is_by_id):
        return False
    # No schema says what a letter or digit is, in whatever script.
    words = [each for each in (query.get("q"), query.get("organisation")) if isinstance(each, str) and each]
    is_negative = case.meta.generation.mode is GenerationMode.NEGATIVE
    return is_negative or all(any(map(str.isalnum, each)) and "\x00" not in each for each in words)
