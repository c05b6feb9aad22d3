"""A work as an entry of BibTeX, for LaTeX and reference managers."""

from urllib.parse import quote

from cooperation.exports.cited import Work

# A brace counts for BibTeX even behind a backslash: written as commands, an odd one cannot swallow the rest of a file.
COMMANDS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
# What would end a field; a web address is taken as it is otherwise.
NOT_IN_ADDRESS = str.maketrans({sign: quote(sign) for sign in "{}\\"})


def write_bibtex(work: Work) -> str:
    """Write the `Work` as text. Double braces keep capitals, and an organisation from being taken for a person."""
    fields = {
        "author": f"{{{escaped(work.author)}}}",
        "title": f"{{{escaped(work.title)}}}",
        "year": work.published[:4],
        "url": work.url.translate(NOT_IN_ADDRESS),
        "urldate": work.read.isoformat() if work.read else "",
        "note": escaped(work.note),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@misc{{sscportal-{work.key},\n{''.join(lines)}}}\n"


def escaped(text: str) -> str:
    return text.translate(COMMANDS)
