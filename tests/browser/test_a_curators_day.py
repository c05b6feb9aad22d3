"""A day at the desk in a real browser: from the file that comes in to the merge that is undone, by four people."""

import re

import pytest

from tests.browser.conftest import served, signed_in
from tests.iati_files import DATA
from tests.installation import Installation

GALAXY = DATA / "projects/undp_southsouth_galaxy_viz_dev.csv"
TITLE = "Chile Fund against Hunger and Poverty"
PASSWORD = "two shores of one ocean"
PEOPLE = {"maria.lopez": "Editors", "leilani.tau": "Reviewers", "somchai.dee": "Publishers"}
ADD_PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, group in {PEOPLE}.items():
    user = User.objects.create_user(name, password="{PASSWORD}", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
"""


@pytest.fixture(scope="module")
def desk(browser, installation, tmp_path_factory):
    """The address of a portal of its own, in which an editor, a reviewer and a publisher have accounts."""
    own = Installation.make(tmp_path_factory.mktemp("desk"), var=installation.var)
    made = own.manage("shell", "--no-imports", "--command", ADD_PEOPLE)
    assert (made.returncode, made.stderr) == (0, "")
    with served(own) as address:
        yield address


def test_a_curators_day_from_the_import_to_the_merge_that_is_undone(desk, browser):
    # The file states no licence, so it cannot be part of the project; where it is, as in CI, nothing is skipped.
    if not GALAXY.exists():
        pytest.skip("The file of the South-South Galaxy is not beside the project (../shared/data)")
    editor, reviewer, publisher = (signed_in(browser, desk, name, PASSWORD).new_page() for name in PEOPLE)
    reader = browser.new_context(base_url=desk, java_script_enabled=False).new_page()

    address = import_the_file(editor)
    complete_and_submit(editor, address)
    return_to_author(reviewer)
    submit_again(editor, address)
    public = publish(publisher)
    report_a_mistake(reader, public)
    correct_and_close(publisher)
    reader.goto(public)
    assert "2017" in reader.inner_text("main")
    undo_last(publisher, address, "Edited", "The reader was mistaken.")
    reader.goto(public)
    assert "2017" not in reader.inner_text("dl.facts >> nth=0")
    propose(editor, address)
    reader.goto(public)
    assert "Fondo Chile" not in reader.inner_text("main")
    accept(reviewer)
    reader.goto(public)
    assert "Fondo Chile" in reader.inner_text("main")
    other = merge_with(publisher, address)
    undo_last(publisher, address, "Merged", "They are two projects after all.")
    publisher.goto(other)
    assert publisher.input_value("[name=title]") != ""
    the_import_cannot_be_undone_any_more(publisher)


def follow(page, text):
    """Follow the link of the work queue that begins so."""
    page.goto("/admin/")
    page.click(f"section.work-queue a:has-text('{text}')")


def said(page):
    return page.inner_text("ul.messagelist")


def import_the_file(page):
    """Every row is seen before it is written, and one is left out. The address of the form of one draft."""
    page.goto("/admin/cooperation/importbatch/add/")
    page.select_option("[name=record_type]", "project")
    page.set_input_files("[name=file]", GALAXY)
    page.click("[value='Show what it would do']")
    assert "Nothing has been written yet" in page.inner_text("#content")
    page.goto("/admin/cooperation/project/")
    assert TITLE not in page.inner_text("#changelist")
    page.go_back()
    page.click("a[href='?show=alike']")
    page.wait_for_selector("caption:has-text('of 1')")
    assert "Pacific and Caribbean SIDS" in page.inner_text("tr.import-new")
    page.select_option("select[name^=row-]", "skip")
    page.click("[value='Keep the choices of this page']")
    assert "Your choices were kept" in said(page)
    does = page.get_attribute("[value^='Carry out']", "value").removeprefix("Carry out: ")
    page.click("[value^='Carry out']")
    assert does in said(page)
    page.click(f"th a:has-text('{TITLE}')")
    return page.url


def choose(page, box, words):
    """Look a record up in an autocomplete box and take the first that is found."""
    page.click(f"{box} + .select2 .select2-selection")
    page.fill(".select2-container--open .select2-search__field", words)
    page.click(f".select2-results__option--highlighted:has-text('{words}')")


def complete_and_submit(page, address):
    page.goto(address)
    page.select_option("[name=modality]", "triangular")
    page.select_option("[name=citations-0-fact]", "title")
    choose(page, "[name=citations-0-source]", "FEALAC")
    page.click("button[value=submit]")
    assert "was submitted" in said(page)


def return_to_author(page):
    follow(page, "in review")
    page.click(f"#result_list a:has-text('{TITLE}')")
    page.fill("[name=_reason]", "It names two partners, so it is bilateral.")
    page.click("button[value=return]")
    assert "was returned" in said(page)


def submit_again(page, address):
    page.goto(address)
    page.select_option("[name=modality]", "bilateral")
    page.click("button[value=submit]")
    assert "was submitted" in said(page)


def publish(page):
    """Somebody else publishes. The address of the public page."""
    follow(page, "in review")
    page.click(f"#result_list a:has-text('{TITLE}')")
    page.click("button[value=publish]")
    assert "visible to everyone now" in said(page)
    page.goto(page.get_attribute("a.viewsitelink", "href"))
    return page.url


def report_a_mistake(page, public):
    page.goto(public)
    page.click("a:has-text('Report a mistake')")
    # As fast as people type: what is filled in within three seconds is taken for a program’s.
    page.locator("[name=what]").press_sequentially("It ended in 2017, not in 2016.", delay=120)
    page.click("button:has-text('Send the report')")
    assert page.url.endswith("/report/thanks/")


def correct_and_close(page):
    follow(page, "mistake")
    page.click("#result_list tbody a >> nth=0")
    case = page.url
    page.click(".field-about a")
    page.fill("[name=end]", "2017")
    page.fill("[name=_reason]", "A reader reports another year.")
    page.click("[name=_save] >> nth=0")
    assert "was changed successfully" in said(page)
    page.goto(case)
    page.select_option("[name=state]", "corrected")
    page.fill("[name=answer]", "The end is now 2017.")
    page.click("[name=_save]")
    page.goto("/admin/")
    assert "mistake" not in page.inner_text("section.work-queue ul")


def undo_last(page, address, kind, reason):
    """Undo the newest change of this kind in the story of a record."""
    page.goto(address)
    page.click("a:has-text('Story')")
    page.click(f"section:has(h2:has-text('{kind}')) >> nth=0 >> a:has-text('Undo this change')")
    page.fill("[name=reason]", reason)
    page.click("[value='Undo this change']")
    assert "undone" in said(page)


def propose(page, address):
    page.goto(address)
    page.fill("[name=summary]", "Fondo Chile pays for projects of other developing countries.")
    page.fill("[name=_reason]", "The summary is shorter.")
    page.click("[value='Send for review'] >> nth=0")
    assert "waits until somebody accepts it" in said(page)


def accept(page):
    follow(page, "change")
    page.click("#result_list tbody a >> nth=0")
    page.click("[name=_accept]")
    assert "accepted" in said(page)


def merge_with(page, address):
    """Another record of the import becomes part of this one. The address of its form."""
    page.goto("/admin/cooperation/project/?publication_status__exact=draft")
    page.click("#result_list tbody th a >> nth=0")
    other, slug = page.url, page.input_value("[name=slug]")
    page.goto(address)
    page.click("a:has-text('Merge with another record')")
    page.fill("[name=with]", slug)
    page.click("[value=Compare]")
    page.fill("[name=reason]", "The same project under two names.")
    page.click("[name=_merge]")
    page.goto(other)
    assert page.url.rstrip("/").endswith("/admin")  # there is no such record any more
    return other


def the_import_cannot_be_undone_any_more(page):
    page.goto("/admin/cooperation/importbatch/")
    page.click("#result_list tbody a >> nth=0")
    page.click("a:has-text('Undo the whole import')")
    page.fill("[name=reason]", "The file was an old version.")
    page.click("[value='Undo the whole import']")
    assert re.search(r"Nothing was undone.*Chile Fund", page.inner_text("#content"), re.DOTALL)
