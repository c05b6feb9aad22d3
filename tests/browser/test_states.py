"""Every state of every type of page, as people meet it: with a keyboard, in the dark, on a phone, without scripts."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import node_module

# Without `wcag22aa` axe does not measure the size of targets. WCAG does not demand a heading of the first rank; we do.
ACCESSIBLE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"page-has-heading-one": {"enabled": True}},
    "preload": False,
}
READABLE = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "preload": False}
VIOLATIONS = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(found =>
    found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html} (${node.failureSummary})`)))"""
# What reaches beyond the window, itself or as the widest part of something.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > innerWidth + 1)
        .map(each => each.outerHTML.slice(0, 120))"""
# Everything that a keyboard must reach, in the order of the document; of a group of radio buttons, one.
FIND_STOPS = """() => {
    const controls = "a[href], button, input, select, textarea, summary, [tabindex]";
    window.stops = [...document.querySelectorAll(controls)].filter(each =>
        each.tabIndex >= 0 && !each.disabled && each.type !== "hidden"
        && each.checkVisibility({visibilityProperty: true})
        && !(each.type === "radio" && each !== document.querySelector(`[name="${each.name}"]:checked`)));
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    return window.stops.length;
}"""
STOPPED_AT = """() => {
    const here = document.activeElement, [box] = here.getClientRects(), style = getComputedStyle(here);
    const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return [window.stops.indexOf(here), ring, Boolean(hit) && (here.contains(hit) || hit.contains(here)),
            here.outerHTML.slice(0, 120)];
}"""


@pytest.fixture(scope="module")
def axe():
    return node_module("axe-core/axe.min.js").read_text()


def test_page_opens_without_a_complaint_and_asks_no_other_host(opened, portal):
    expected = ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert opened.status == opened.state.status
    assert opened.complaints == (expected if opened.state.status == 404 else [])
    assert opened.hosts == {urlsplit(portal).netloc}


def test_page_says_the_same_without_javascript(opened, visitor_without_javascript):
    if opened.state.address.startswith("/admin/"):
        # Django’s admin draws its date pickers and lookups by script; the promise is about what the public reads.
        pytest.skip("The admin has scripts of its own")
    page = visitor_without_javascript.new_page()
    page.goto(opened.state.address)
    said = page.inner_text("body")
    page.close()
    assert said == opened.page.inner_text("body")


def test_keyboard_reaches_everything_in_order_and_is_seen(opened):
    page = opened.look()
    reached = []
    for _stop in range(page.evaluate(FIND_STOPS)):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(STOPPED_AT))
    assert [stop for stop in reached if not (stop[1] and stop[2])] == []
    assert [number for number, *_rest in reached] == list(range(len(reached)))


def test_page_breaks_no_rule_of_accessibility(opened, axe):
    page = opened.look()
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS, ACCESSIBLE) == []


def test_page_is_readable_in_the_dark(opened, axe):
    page = opened.look(scheme="dark")
    page.evaluate(axe)
    assert page.evaluate(VIOLATIONS, READABLE) == []


def test_page_fits_a_width_of_320(opened):
    assert opened.look(width=320).evaluate(TOO_WIDE) == []
