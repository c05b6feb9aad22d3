"""The table of settings in docs/operate.md, made from the settings themselves.

`python -m tests.settings_overview` writes it anew. A setting is a call such as `read_switch("DEBUG")` outside any
function; the comment right above it is its meaning. Its default is the second argument of the call, `false` for a
switch, or what the comment says after “Default:”.
"""

import ast
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENT = PROJECT / "docs" / "operate.md"
SOURCES = (PROJECT / "sscportal" / "settings.py",)
BEGIN = "<!-- The table is made by python -m tests.settings_overview; change the comments in the settings instead. -->"
END = "<!-- end of the table -->"
DEFAULT = " Default: "


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str


def read_settings(source: str) -> list[Setting]:
    """Return the settings that a module reads from the environment, in its order. Raise ValueError with a sentence."""
    lines = source.splitlines()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    statements = [each for each in ast.parse(source).body if not isinstance(each, functions)]
    calls = [
        (statement, call)
        for statement in statements
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id.startswith("read")
    ]
    return [
        read_setting(call, comment_above(lines, call) or comment_above(lines, statement)) for statement, call in calls
    ]


def read_setting(call: ast.Call, comment: str) -> Setting:
    name, *others = [each.value if isinstance(each, ast.Constant) else None for each in call.args] or [None]
    if not isinstance(name, str):
        raise ValueError(f"Line {call.lineno}: the first argument must be the name of a variable.")
    meaning, _sign, default = comment.partition(DEFAULT)
    if not meaning:
        raise ValueError(f"Line {call.lineno}: a comment right above must say what {name} means.")
    if not default and others and others[0] is not None:
        default = f"`{others[0]}`"
    elif not default and call.func.id == "read_switch":
        default = "`false`"
    if not default:
        raise ValueError(f"Line {call.lineno}: the comment must end with “Default: …”, since {name} computes its own.")
    return Setting(name, default.removesuffix("."), meaning)


def comment_above(lines: list[str], node: ast.stmt | ast.expr) -> str:
    """Return the comment that ends on the line before the node, on one line."""
    found, place = [], node.lineno - 2
    while place >= 0 and lines[place].strip().startswith("#"):
        found.insert(0, lines[place].strip().removeprefix("#").strip())
        place -= 1
    return " ".join(found)


@cache
def all_settings() -> tuple[Setting, ...]:
    return tuple(setting for source in SOURCES for setting in read_settings(source.read_text()))


def environment_names() -> frozenset[str]:
    return frozenset(setting.name for setting in all_settings())


def table() -> str:
    rows = [f"| `{setting.name}` | {setting.default} | {setting.meaning} |" for setting in all_settings()]
    return "\n".join(["| variable | default | meaning |", "| --- | --- | --- |", *rows])


def parts_of_document() -> tuple[str, str, str]:
    """Return what stands before the table, the table, and what stands after it."""
    before, begin, rest = DOCUMENT.read_text().partition(BEGIN)
    between, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place for the table: it lies between “{BEGIN}” and “{END}”.")
    return before + begin, between.strip(), end + after


def main() -> None:
    before, _table, after = parts_of_document()
    DOCUMENT.write_text(f"{before}\n\n{table()}\n\n{after}")


if __name__ == "__main__":
    sys.exit(main())
