"""A day at the desk, from the file that comes in to the merge that is undone, as five people see it."""

import pytest

from tests.browser.conftest import served, signed_in
from tests.iati_files import DATA
from tests.installation import Installation

GALAXY = DATA / "projects/undp_southsouth_galaxy_viz_dev.csv"
PASSWORD = "two shores of one ocean"
MAKE_PEOPLE = """
from django.contrib.auth.models import Group, User
for name, group in (("maria.lopez", "Editors"), ("somchai.dee", "Publishers"), ("leilani.tau", "Reviewers")):
    User.objects.create_user(name, password="two shores of one ocean", is_staff=True).groups.add(Group.objects.get(name=group))
"""


@pytest.fixture(scope="module")
def desk(installation, tmp_path_factory):
    """The address of a portal of its own, in which an editor, a reviewer and a publisher have accounts."""
    own = Installation.make(tmp_path_factory.mktemp("desk"), var=installation.var)
    made = own.manage("shell", "--no-imports", "--command", MAKE_PEOPLE)
    assert (made.returncode, made.stderr) == (0, "")
    with served(own) as address:
        yield address


def say(page):
    return page.inner_text("ul.messagelist")


def test_a_curators_day(desk, browser):
    if not GALAXY.exists():
        pytest.skip("The file of the South-South Galaxy is not there (../shared/data)")
    editor, publisher, reviewer = (
        signed_in(browser, desk, name, PASSWORD).new_page() for name in ("maria.lopez", "somchai.dee", "leilani.tau")
    )
    reader = browser.new_context(base_url=desk, java_script_enabled=False).new_page()

    # The editor brings in the file, and sees every row before anything is written.
    editor.goto("/admin/cooperation/importbatch/add/")
    editor.select_option("[name=record_type]", "project")
    editor.set_input_files("[name=file]", GALAXY)
    editor.click("input[type=submit][value='Show what it would do']")
    print(editor.inner_text("#content")[:3000])
