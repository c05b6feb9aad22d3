"""What Lighthouse gives the pages on a slow phone: all points, and nearly all for speed."""

import json
import os
import shutil
import subprocess

import pytest

from tests.browser.conftest import CHROMIUM, CHROMIUM_OPTIONS, fetch, node_module
from tests.browser.states import SCORED
from tests.processes import process_name

NODE = shutil.which("node")
# A computer that is busy with other things makes a page slower, never faster: the best of so many tries counts.
TRIES = 3
FAST = 0.98


def examine(address):
    """The report of Lighthouse on a page, and its scores."""
    options = ["--quiet", "--output=json", f"--chrome-flags={' '.join(CHROMIUM_OPTIONS)}"]
    command = [NODE, node_module("lighthouse/cli/index.js"), address, *options]
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    for _try in range(TRIES):
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        # Sometimes it loses its browser before it has seen the page, which says nothing of the page.
        if result.returncode == 0:
            break
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    return report, {name: category["score"] for name, category in report["categories"].items()}


# .ci/run installs Node.js and runs this file by itself: it skips nothing of this.
@pytest.mark.skipif(process_name() != "main", reason="Speed is measured alone: pytest tests/browser/test_lighthouse.py")
@pytest.mark.skipif(NODE is None, reason="Node.js is not installed (Debian: nodejs)")
@pytest.mark.parametrize("address", SCORED)
def test_lighthouse_gives_all_points(portal, address):
    fetch(portal + address)  # the first reader of all waits for the index
    for _try in range(TRIES):
        report, scores = examine(portal + address)
        if scores["performance"] >= FAST:
            break
    weak = [audit["id"] for audit in report["audits"].values() if audit["score"] not in (None, 1)]
    speed = scores.pop("performance")
    assert scores == {"accessibility": 1, "best-practices": 1, "seo": 1}, weak
    assert speed >= FAST, weak
