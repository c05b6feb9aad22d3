"""The HTML of every public state: what the state is called, valid, and with a title of its own."""

import html
import json
import re
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import node_module

JAVA = shutil.which("java")


def test_states_are_what_they_are_called(pages):
    refused = {state.name for state, page in pages.items() if 'class="problems"' in page}
    empty = {state.name for state, page in pages.items() if re.search('class="result-head"[^>]*>0 ', page)}
    assert refused == {state.name for state in pages if state.name.endswith(" refused")}
    assert empty == {state.name for state in pages if state.name.endswith(" empty")}


# Installed by .ci/run, which skips nothing of this.
@pytest.mark.skipif(JAVA is None, reason="Java is not installed (Debian: default-jre-headless)")
def test_html_checker_finds_nothing(pages, tmp_path):
    checker = node_module("vnu-jar/build/dist/vnu.jar")
    for state, page in pages.items():
        (tmp_path / f"{state.name}.html").write_text(page)
    command = [JAVA, "-jar", checker, "--format", "json", *sorted(tmp_path.iterdir())]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = json.loads(result.stderr)["messages"]
    assert [(each["url"].rpartition("/")[2], each["message"], each.get("extract")) for each in found] == []


def test_title_of_a_page_is_its_own(pages):
    titles = {}
    for state, page in pages.items():
        title = html.unescape(re.search("<title>(.*?)</title>", page, re.DOTALL)[1])
        titles.setdefault(title, set()).add(urlsplit(state.address).path)
    assert {title: places for title, places in titles.items() if len(places) > 1} == {}
