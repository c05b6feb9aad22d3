"""A new secret key: what stays valid of what the former one signed."""

import stat

import pytest

from tests.installation import Installation

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

LOG_IN = """
from django.contrib.auth.models import User
from django.test import Client
from cooperation.accounts.links import make_password_link
user = User.objects.create_superuser("ana.ruiz")
browser = Client()
browser.force_login(user)
print(browser.session.session_key, make_password_link(user).partition("8000")[2])
"""
LOOK = """
from django.test import Client
browser = Client(SERVER_NAME="127.0.0.1")
link = b"This link is not valid." not in browser.get("{link}", follow=True).content
browser.cookies["sessionid"] = "{session}"
print(browser.get("/admin/guide/").status_code, link)
"""


@pytest.fixture
def installation(set_up_empty, tmp_path):
    return Installation.make(tmp_path, var=set_up_empty.var)


def run(installation, script):
    variables = {"SECOND_FACTOR_REQUIRED": "false", "ACCESS_LOG": "false"}
    result = installation.manage("shell", "--no-imports", "--command", script, **variables)
    # Django writes this down for a session that no key has signed.
    said = [line for line in result.stderr.splitlines() if not line.endswith("Session data corrupted")]
    assert (result.returncode, said) == (0, [])
    return result.stdout.split()


@pytest.mark.parametrize(
    ("rotations", "found"),
    [([[]], ["200", "True"]), ([[], []], ["302", "False"]), ([["--forget"]], ["302", "False"])],
    ids=["one", "two", "one that forgets"],
)
def test_sessions_and_links_stay_valid_until_the_second_rotation_or_one_that_forgets(installation, rotations, found):
    session, link = run(installation, LOG_IN)
    assert run(installation, LOOK.format(session=session, link=link)) == ["200", "True"]
    session, link = run(installation, LOG_IN.replace("ana.ruiz", "tomas.silva"))
    for arguments in rotations:
        result = installation.manage("rotate_key", *arguments)
        assert (result.returncode, result.stdout) == (
            0,
            "There is a new secret key. Restart the portal now, so that it is used everywhere.\n",
        )
    assert run(installation, LOOK.format(session=session, link=link)) == found


def test_file_of_the_key_stays_readable_for_its_owner_only(installation):
    path = installation.var / "secret_key"
    [former] = path.read_text().split()
    installation.manage("rotate_key")
    new, kept = path.read_text().split()
    assert (len(new) > 50, new != former, kept) == (True, True, former)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in installation.var.glob(".secret_key*")] == []


def test_key_of_the_environment_is_left_to_the_operator(installation):
    before = (installation.var / "secret_key").read_text()
    result = installation.manage("rotate_key", SECRET_KEY="a" * 60)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Write a new key there, and the former one into SECRET_KEY_FALLBACKS" in result.stderr
    assert (installation.var / "secret_key").read_text() == before


def test_former_keys_can_be_set_in_the_environment(installation):
    script = "from django.conf import settings; print(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)"
    keys = ["a" * 60, "b" * 60, "c" * 60]
    result = installation.manage(
        "shell", "--no-imports", "--command", script, SECRET_KEY=keys[0], SECRET_KEY_FALLBACKS=" ".join(keys[1:])
    )
    assert result.stdout.split() == keys
