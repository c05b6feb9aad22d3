"""Read README.md, CHANGELOG.md and docs/, and find whatever they name that does not exist.

A document names things in three ways: in code spans (`like this`), in blocks of code, and in links. Paths in code begin
at the folder of the project, links at the folder of the document. `<name>` and `*` in a path stand for any text.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

from cooperation.views import health
from tests.installation import PROJECT
from tests.settings_overview import environment_names

FENCE = re.compile(r"```(\w*)$")
SPAN = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"#+ (.+)")
PLACEHOLDER = re.compile("<[^<>]*>")
PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)*/?")
FILE_NAME = re.compile(r"[\w.*-]+\.(css|csv|html|json|md|py|sqlite3|svg|toml|txt|xml|yaml)|LICENSE|\.gitignore")
NAME = re.compile(r"[A-Za-z_]\w*(\(\))?(\.[A-Za-z_]\w*(\(\))?)*")
# A command ends where the shell begins another one.
MANAGE = re.compile(r"(?:manage\.py|sscportal-manage) +([a-z]\w*)([^|&;]*)")
MODULE = re.compile(r"python -m +([\w.]+)([^|&;]*)")
PROGRAM = re.compile(r"\.venv/bin/([\w-]+)")
VARIABLE = re.compile(r"(?<!\w)([A-Z][A-Z0-9_]+)=")
OPTION = re.compile(r"(?<!\S)--[a-z][\w-]*")
WORD = re.compile(r"\w+")

# Made by an installation, and in no repository.
MADE_LATER = ("var/", ".venv/", "tests/browser/node_modules/")
# On the disk of a server, or given out by the web server itself.
NO_ADDRESSES = ("/etc/", "/proc", "/run/", "/srv/", "/static/", "/var/")
OF_DJANGO = {"DJANGO_SETTINGS_MODULE"}
WRITTEN_IN = ("cooperation", "sscportal", "tests", "templates", "static", ".ci", "pyproject.toml", "docs/operate")
# What the tests of this file make up is no name of the code.
LEFT_OUT = {"test_documents.py"}


@dataclass(frozen=True)
class Line:
    """A line of a document; `block` is the language of the block of code that it stands in, None in prose."""

    number: int
    text: str
    block: str | None


def find_documents(root: Path = PROJECT) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def read_lines(document: Path) -> Iterator[Line]:
    """Yield every line but the fences of blocks."""
    block = None
    for number, text in enumerate(document.read_text().splitlines(), 1):
        fence = FENCE.match(text.strip())
        if fence:
            block = fence[1] if block is None else None
        else:
            yield Line(number, text, block)


def find_faults(document: Path, root: Path = PROJECT) -> list[str]:
    """Return a sentence for everything that the document names and that is not there."""
    place = document.relative_to(root)
    return [
        f"{place}, line {line.number}: {fault}"
        for line in read_lines(document)
        for fault in (faults_of_prose(line.text, document) if line.block is None else faults_of_block(line))
    ]


def faults_of_prose(text: str, document: Path) -> Iterator[str]:
    for span in SPAN.findall(text):
        yield from faults_of_span(span)
    for target in LINK.findall(SPAN.sub("", text)):
        yield from faults_of_link(target, document)


def faults_of_block(line: Line) -> Iterator[str]:
    yield from faults_of_command(line.text)
    if line.block == "sh":
        for token in line.text.split():
            if "/" in token and is_path(token):
                yield from faults_of_path(token)


def faults_of_span(span: str) -> Iterator[str]:
    if "://" in span:
        return
    yield from faults_of_command(span)
    if " " in span:
        for token in span.split():
            if "/" in token and is_path(token):
                yield from faults_of_path(token)
    elif span.startswith("/"):
        yield from faults_of_address(span)
    elif span.startswith("--"):
        if not any(has_option(text, span) for text in all_help()):
            yield f"no command has the option {span}."
    elif is_path(span):
        yield from faults_of_path(span)
    elif NAME.fullmatch(span):
        unknown = [word for word in WORD.findall(span) if word not in words_of_code() | environment_names()]
        if unknown:
            yield f"the code has no name {', '.join(unknown)}."


def is_path(text: str) -> bool:
    plain = PLACEHOLDER.sub("*", text)
    return bool(PATH.fullmatch(plain) and ("/" in plain or FILE_NAME.fullmatch(plain)))


def faults_of_path(path: str) -> Iterator[str]:
    pattern = PLACEHOLDER.sub("*", path).rstrip("/")
    if path.startswith(MADE_LATER):
        return
    found = list(PROJECT.glob(pattern)) if "*" in pattern else [PROJECT / pattern]
    if not any(each.is_dir() if path.endswith("/") else each.exists() for each in found):
        yield f"there is no {'folder' if path.endswith('/') else 'file'} {path}."


def faults_of_address(address: str) -> Iterator[str]:
    # 1 fits every kind of place in an address.
    path = PLACEHOLDER.sub("1", address).partition("?")[0]
    if path == health.PATH or path.startswith(NO_ADDRESSES):
        return
    try:
        resolve(path)
    except Resolver404:
        yield f"the portal has no address {address}."


def faults_of_link(target: str, document: Path) -> Iterator[str]:
    if re.match("[a-z]+:", target):
        return
    path, _sign, anchor = target.partition("#")
    leads_to = (document.parent / path) if path else document
    if not leads_to.exists():
        yield f"the link {target} leads nowhere."
    elif anchor and anchor not in read_anchors(leads_to):
        yield f"the link {target} names no heading there."


def read_anchors(document: Path) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    headings = (HEADING.match(line.text) for line in read_lines(document) if line.block is None)
    return {re.sub(r"[^\w -]", "", heading[1].lower()).replace(" ", "-") for heading in headings if heading}


def faults_of_command(text: str) -> Iterator[str]:
    """Check a line of code for our commands, with their options, and for variables of the environment."""
    for name, rest in MANAGE.findall(text):
        if name not in get_commands():
            yield f"there is no command manage.py {name}."
        else:
            yield from faults_of_options(f"manage.py {name}", help_of_command(name), rest)
    for name, rest in MODULE.findall(text):
        if not module_exists(name):
            yield f"there is no module {name}."
        elif name == "tests.bench":
            yield from faults_of_benchmark(rest)
    for name in PROGRAM.findall(text):
        if not (Path(sys.prefix) / "bin" / name).exists():
            yield f"the virtual environment has no program {name}."
    for name in VARIABLE.findall(text):
        if name not in environment_names() | OF_DJANGO:
            yield f"no setting reads the variable {name}."


def faults_of_benchmark(rest: str) -> Iterator[str]:
    part = re.match(r" *([a-z]+)", rest)
    if part:
        told = help_of_benchmark(part[1])
        if told is None:
            yield f"there is no command python -m tests.bench {part[1]}."
        else:
            yield from faults_of_options(f"python -m tests.bench {part[1]}", told, rest)


def faults_of_options(command: str, told: str, rest: str) -> Iterator[str]:
    for option in OPTION.findall(rest):
        if not has_option(told, option):
            yield f"{command} has no option {option}."


def has_option(told: str, option: str) -> bool:
    """Return whether the help text of a command names the option."""
    return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", told) is not None


def module_exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


@cache
def help_of_command(name: str) -> str:
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    return command.create_parser("manage.py", name).format_help()


@cache
def help_of_benchmark(part: str) -> str | None:
    """Return what `python -m tests.bench PART --help` prints, None where there is no such part."""
    command = [sys.executable, "-m", "tests.bench", part, "--help"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    return None if result.returncode else result.stdout


def all_help() -> list[str]:
    """Return the help texts of our own commands."""
    own = [name for name, app in get_commands().items() if app == "cooperation"]
    parts = [help_of_benchmark(part) for part in ("generate", "run", "files", "desk")]
    return [*map(help_of_command, own), *filter(None, parts)]


@cache
def words_of_code() -> frozenset[str]:
    """Return every word of the code, the templates and the configuration."""
    files = [
        file
        for part in WRITTEN_IN
        for file in (PROJECT / part, *(PROJECT / part).rglob("*"))
        if file.is_file() and file.name not in LEFT_OUT and "__pycache__" not in file.parts
    ]
    texts = (file.read_text(errors="ignore") for file in files if "node_modules" not in file.parts)
    return frozenset(word for text in texts for word in WORD.findall(text))
