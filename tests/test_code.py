"""What the code of the portal never does, whatever it is asked for: by reading it, not by running it."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache

import pytest

from tests.installation import PROJECT

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

FORBIDDEN = {
    "evaluates a text as code": r"(builtins\.)?(eval|exec|compile)",
    "reads what makes objects of any kind": r"(pickle|marshal|shelve|dill)(\..*)?|yaml\.(unsafe|full)_load.*",
    "starts a shell": r"os\.(system|popen)|subprocess\.(getoutput|getstatusoutput)|subprocess\..*\(shell\)|pty\..*",
    "makes a template of a text": r"((django\.template|string)\.)?(Template|Engine)|.*\.from_string|jinja2.*",
    "takes a secret from chance that can be predicted": r"random(\..*)?|uuid\.uuid1|numpy\.random\..*",
    "hashes with what is broken": r"hashlib\.(md5|sha1|new)|crypt(\..*)?|.*\.(MD5|SHA1)PasswordHasher",
    "encrypts by itself": r"(Crypto|Cryptodome|nacl|rsa)(\..*)?",
    "asks a directory, or a processor of LaTeX": r"(ldap|ldap3|pylatex)(\..*)?",
    "trusts every certificate": r"ssl\._create_unverified_context|ssl\.CERT_NONE|.*\(verify=False\)",
    "reads XML by a parser that follows entities": r"xml\.(sax|dom|etree).*",
}


@cache
def trees() -> dict[str, ast.Module]:
    paths = [*(PROJECT / "cooperation").rglob("*.py"), *(PROJECT / "sscportal").rglob("*.py"), PROJECT / "manage.py"]
    return {str(path.relative_to(PROJECT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


@cache
def files() -> dict[str, frozenset[str]]:
    """Read the names that each file of the portal uses."""
    return {path: frozenset(names_used(tree)) for path, tree in trees().items()}


def names_used(tree: ast.AST) -> Iterator[str]:
    """Yield what a file imports, calls and looks up, such as `os.system`; options that matter as `call(shell)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield name
            for option in node.keywords:
                if option.arg == "shell":
                    yield f"{name}(shell)"
                elif option.arg == "verify":
                    yield f"{name}(verify={ast.unparse(option.value)})"
                elif option.arg:
                    yield option.arg  # such as name__regex


def uses(pattern: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if re.fullmatch(pattern, name)})


@pytest.mark.parametrize("what", FORBIDDEN)
def test_code_does_nothing_forbidden(what):
    found = {path: uses(FORBIDDEN[what], names) for path, names in files().items()}
    assert {path: names for path, names in found.items() if names} == {}


def test_code_that_answers_visitors_starts_no_program():
    pattern = r"subprocess(\..*)?|os\.(exec|spawn|fork|posix_spawn)\w*|multiprocessing(\..*)?"
    found = {path for path, names in files().items() if uses(pattern, names)}
    assert {path for path in found if not path.startswith("cooperation/management/")} == set()


def test_code_that_asks_other_servers_stands_in_its_places():
    pattern = r"(http\.client|urllib\.request|urllib3|requests|httpx|socket|smtplib|ftplib)(\..*)?"
    found = {path for path, names in files().items() if uses(pattern, names)}
    places = ("cooperation/links/", "cooperation/mail/", "cooperation/management/commands/demo.py")
    places += ("sscportal/gunicorn.py", "sscportal/worker.py")  # they answer visitors, and ask nobody
    assert {path for path in found if not path.startswith(places)} == set()


def test_expression_that_looks_up_elements_of_xml_is_a_constant_or_a_place_that_the_parser_names():
    calls = [node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = [node for node in calls if re.search(r"\b(xpath|XPath|XPathEvaluator)$", ast.unparse(node.func))]
    assert {ast.unparse(argument) for node in asked for argument in node.args} == {"'string()'", "error.path"}


def unescaped_parts(tree: ast.AST) -> Iterator[str]:
    """Yield what is put into a regular expression and is neither escaped nor a constant, which has capital letters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            for part in ast.walk(node.args[0]):
                text = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
                if not re.fullmatch(r"re\.escape\(.*\)|[A-Z_]*", text):
                    yield text


def test_regular_expression_takes_a_text_escaped_only():
    assert {path: found for path, tree in trees().items() if (found := [*unescaped_parts(tree)])} == {}
    assert [*unescaped_parts(ast.parse('re.compile(f"{question}$")'))] == ["question"]
    fields = {name for names in files().values() for name in uses(r".*__i?regex", names)}
    assert fields == set()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("eval(request.GET['q'])", "evaluates a text as code"),
        ("import pickle", "reads what makes objects of any kind"),
        ("from pickle import loads", "reads what makes objects of any kind"),
        ("yaml.unsafe_load(text)", "reads what makes objects of any kind"),
        ("subprocess.run(command, shell=True)", "starts a shell"),
        ("os.system('ls')", "starts a shell"),
        ("from django.template import Template", "makes a template of a text"),
        ("engines['django'].from_string(text)", "makes a template of a text"),
        ("from random import choice", "takes a secret from chance that can be predicted"),
        ("hashlib.md5(text)", "hashes with what is broken"),
        ("requests.get(address, verify=False)", "trusts every certificate"),
    ],
)
def test_forbidden_code_is_noticed(source, what):
    assert uses(FORBIDDEN[what], names_used(ast.parse(source))) != []
