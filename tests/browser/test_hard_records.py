"""Pages with hard records: nothing is too wide, cut or on something else, and each text runs in its own direction."""

import pytest

from tests.browser.hard_records import NUMBER_OF_PARTNERS, TITLES
from tests.browser.states import HARD
from tests.browser.test_states import TOO_WIDE

# Texts that are wider than their box, or that a box hides. What only a screen reader reads is left out.
CUT = """() => [...document.querySelectorAll("body *")].filter(each =>
    !each.closest(".hidden, .tiles i") && [...each.childNodes].some(part => part.nodeType === 3 && part.data.trim())
    && each.checkVisibility()).filter(each => {
        const style = getComputedStyle(each), boxed = style.display !== "inline";
        return style.textOverflow === "ellipsis" || (boxed && each.scrollWidth > each.clientWidth + 1);
    }).map(each => each.outerHTML.slice(0, 160))"""
# Lines of text that share more than a sliver. The boxes of two lines touch, and those of small reference numbers reach
# into the line above: only what lies on the middle of another line hides it.
OVERLAPPING = """() => {
    const lines = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = walker.nextNode());) {
        const parent = text.parentElement;
        if (!text.data.trim() || parent.closest(".hidden, .tiles i") || !parent.checkVisibility()) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) {
            const middle = box.y + box.height / 2, half = box.height / 4;
            if (box.width > 1) lines.push([text, box.left + 1, box.right - 1, middle - half, middle + half]);
        }
    }
    const found = [];
    lines.forEach(([text, left, right, top, bottom], number) => {
        for (const other of lines.slice(number + 1))
            if (left < other[2] && other[1] < right && top < other[4] && other[3] < bottom)
                found.push([text.data.trim().slice(0, 60), other[0].data.trim().slice(0, 60)]);
    });
    return found;
}"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("state", HARD, ids=lambda state: state.name.replace(" ", "-"))
def test_nothing_is_too_wide_or_cut_or_overlaps(visitor, state, width):
    page = visitor.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(state.address)
    found = [page.evaluate(each) for each in (TOO_WIDE, CUT, OVERLAPPING)]
    page.close()
    assert found == [[], [], []]


@pytest.mark.parametrize("address", ["/projects/title-in-arabic/", "/projects/?q=hardness"])
def test_arabic_title_runs_from_right_to_left(visitor, address):
    page = visitor.new_page()
    page.goto(address)
    title = page.locator("main").get_by_text(TITLES["title-in-arabic"]).first
    direction = title.evaluate("each => getComputedStyle(each).direction")
    page.close()
    assert direction == "rtl"


def test_title_like_html_is_text(visitor):
    page = visitor.new_page()
    page.goto("/projects/title-like-html/")
    heading, title = page.inner_text("h1"), page.title()
    page.close()
    assert heading == TITLES["title-like-html"]
    assert title.startswith(TITLES["title-like-html"])


def test_forty_partners_are_all_there(visitor):
    page = visitor.new_page()
    page.goto("/projects/forty-partners/")
    chips = page.locator("section[aria-labelledby=partners] table a.chip").count()
    page.close()
    assert chips == NUMBER_OF_PARTNERS
