"""The files of docs/operate/, and how tests read them and put other paths in."""

from tests.installation import PROJECT

FOLDER = PROJECT / "docs" / "operate"
UNITS = FOLDER / "systemd"
# Where the files are on a server, as docs/operate.md says.
CODE = "/srv/portal"
SETTINGS_FILE = "/etc/sscportal.env"
SOCKET = "/run/sscportal.sock"


def read_unit(text: str) -> dict[str, list[str]]:
    """Read the values of each name of a unit, in order and whatever their section."""
    values: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith(("#", ";")):
            values.setdefault(name, []).append(value)
    return values


def replace(text: str, replacements: dict[str, str]) -> str:
    """Put other texts in place, each of which must be there, so that none of these tests is about an older file."""
    for old, new in replacements.items():
        assert old in text, f"The file no longer has {old}."
        text = text.replace(old, new)
    return text
