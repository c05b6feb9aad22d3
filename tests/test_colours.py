"""Every text can be read on its ground, in light and in dark: contrast as WCAG 2.2 computes it."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

STYLESHEET = Path(settings.BASE_DIR, "static/cooperation/portal.css").read_text()
COLOUR_TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
SHORES = ["asia-pacific", "lac", "between"]
TEXTS = ["ink", "muted", "link", "good", "attention", "wrong", *SHORES]
PAIRS = [
    *product(TEXTS, ["paper", "card"]),
    *((shore, f"{shore}-tint") for shore in SHORES),
    # A button.
    ("paper", "link"),
    # Tiles and cells.
    *(("ink", f"{shore}-{step}") for shore in SHORES for step in (1, 2, 3)),
    *(("paper", f"{shore}-{step}") for shore in SHORES for step in (4, 5)),
]


def tokens_of(css):
    """`{scheme: {name: colour}}` of a stylesheet; the dark scheme has what the light one has, and its own instead."""
    light, dark = css.partition("@layer base {")[0].split("prefers-color-scheme: dark")
    tokens = dict(COLOUR_TOKEN.findall(light))
    return {"light": tokens, "dark": {**tokens, **dict(COLOUR_TOKEN.findall(dark))}}


def luminance(colour):
    """Relative luminance of “#rrggbb”: 0 for black, 1 for white."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """The ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TOKENS = tokens_of(STYLESHEET)
both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@both_schemes
def test_every_text_has_a_contrast_of_4_5_on_its_ground(scheme):
    ratios = {pair: contrast(*(TOKENS[scheme][name] for name in pair)) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@both_schemes
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_controls_and_focus_have_a_contrast_of_3_on_their_ground(scheme, ground):
    tokens = TOKENS[scheme]
    # The ring of the focus is yellow with a dark edge: one of them stands out from any ground.
    ring = max(contrast(colour, tokens[ground]) for colour in (tokens["focus"], TOKENS["light"]["ink"]))
    assert min(contrast(tokens["edge"], tokens[ground]), ring) >= 3


@both_schemes
def test_steps_go_one_way_and_can_be_told_apart(scheme):
    for shore in SHORES:
        lights = [luminance(TOKENS[scheme][f"{shore}-{step}"]) for step in (1, 2, 3, 4, 5)]
        assert lights == sorted(lights, reverse=scheme == "light")
        assert len(set(lights)) == 5


def test_dark_scheme_has_a_colour_of_its_own_for_every_token_but_the_focus():
    assert [name for name, colour in TOKENS["light"].items() if TOKENS["dark"][name] == colour] == ["focus"]
