"""Words: how they are folded, how a question is read, and how hits are marked."""

import pytest
from django.core.exceptions import ValidationError

from cooperation import search
from cooperation.search import words
from tests.questions import HOSTILE_TEXTS, marked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FEALAC", ["fealac"]),
        ("Cooperação", ["cooperacao"]),
        ("Türkiye İSTANBUL Diyarbakır", ["turkiye", "istanbul", "diyarbakir"]),
        ("Łódź Tromsø Đà Nẵng", ["lodz", "tromso", "da", "nang"]),
        ("æther Œuvre Straße Þing Garðabær ŋ", ["aether", "oeuvre", "strasse", "thing", "gardabaer", "n"]),
        ("Côte d’Ivoire", ["cote", "d", "ivoire"]),
        ("Nukuʻalofa", ["nuku", "alofa"]),
        ("BAPA+40 x_y SME 01 2018", ["bapa", "40", "x", "y", "sme", "01", "2018"]),
        ("ไทย 日本 かが ກຳ", ["ไ", "ท", "ย", "日", "本", "か", "が", *"ກ\u0ecd\u0eb2"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("한국 АСЕАН ٢٠١٩ العَرَبِيَّة ＦＡＯ", ["한국", "асеан", "2019", "العربية", "fao"]),
        ("co\u00adoperation", ["cooperation"]),
        ("\x00\ud800 – ¶ ฿ \N{PILE OF POO}", []),
        ("x" * 70, ["x" * 64]),
    ],
)
def test_words_are_folded(text, expected):
    assert search.words_of(text) == expected


@pytest.mark.parametrize(
    "text", ["Đà Nẵng", "e\u0301te\u0301", "x ไทย日本 y", "½ ² ﬁn", "ΌΣ", *HOSTILE_TEXTS], ids=ascii
)
def test_words_in_place_are_the_words_of_the_text(text):
    assert [word for word, _begin, _end in words.words_in_place(text)] == search.words_of(text)


def asked_words(text):
    return [(" ".join(word.tokens), word.is_prefix) for word in search.read_question(text).words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trust  Fund", [("trust", True), ("fund", True)]),
        ('"Trust Fund" fiji', [("trust fund", False), ("fiji", True)]),
        ("“Trust Fund” «Fiji»", [("trust fund", False), ("fiji", False)]),
        ('"Trust Fund', [("trust", True), ("fund", True)]),
        (
            "bapa+40 x:tica -tica NEAR(tica ^t*",
            [("bapa 40", True), ("x tica", True), ("tica", True), ("near tica", True), ("t", False)],
        ),
        ("bank of the south", [("bank", True), ("south", True)]),
        ('"bank of the south"', [("bank of the south", False)]),
        ("the", [("the", True)]),
        ("tica thailand TICA", [("tica", True), ("thailand", True)]),
        ("south south cooperation", [("south south", True), ("cooperation", True)]),
        ("ไทย", [("ไ ท ย", False)]),
        ("", []),
        (" \x00 ", []),
    ],
)
def test_question_is_read_without_operators(text, expected):
    assert asked_words(text) == expected


def test_question_keeps_its_text_on_one_line():
    assert search.read_question(" Trust \n\x00 Fund\ud800 ").text == "Trust Fund"


@pytest.mark.parametrize("text", [" ".join(map(str, range(13))), "a-" * 101, "ก" * 101])
def test_question_of_too_many_words_is_refused_in_a_sentence(text):
    with pytest.raises(ValidationError, match="At most 12 words can be searched at once"):
        search.read_question(text)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("Cooperação técnica", "cooperacao tecni", "<mark>Cooperação</mark> <mark>técnica</mark>"),
        ("Trust the fund: trust fund", '"trust fund"', "Trust the fund: <mark>trust fund</mark>"),
        ("Distrust", "trust", "Distrust"),
        ("กรมความร่วมมือ", "ความ", "กรม<mark>ความ</mark>ร่วมมือ"),
        ("e\u0301te\u0301s", "ete", "<mark>e\u0301te\u0301s</mark>"),
        ("Triangular Co-operation", "cooperation", "Triangular <mark>Co-operation</mark>"),
        ("cooperation", "co-operation", "<mark>cooperation</mark>"),
        ("<b>TICA</b> & “T”", "tica", "&lt;b&gt;<mark>TICA</mark>&lt;/b&gt; &amp; “T”"),
        ("<script>alert(1)</script>", "script", "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"),
        ("South", "south sou", "<mark>South</mark>"),
        ("TICA", "", "TICA"),
        ("", "tica", ""),
    ],
)
def test_hits_are_marked_and_all_else_is_escaped(text, question, expected):
    assert marked(text, question) == expected


LONG = (
    "The first sentence says little. " * 20
    + "Then comes TICA & its <b>partners</b>. "
    + "More of the same follows. " * 20
)


def test_excerpt_shows_the_first_hit_between_whole_words():
    shown = marked(LONG, "tica", length=80)
    assert shown == (
        "… says little. Then comes <mark>TICA</mark> &amp; its &lt;b&gt;partners&lt;/b&gt;. More of the same follows. …"
    )


def test_excerpt_without_a_hit_is_the_beginning():
    assert marked(LONG, "jica", length=40) == "The first sentence says little. The …"


def test_excerpt_of_a_short_text_is_the_text():
    assert marked("Then comes TICA.", "tica", length=40) == "Then comes <mark>TICA</mark>."


@pytest.mark.parametrize(
    "text", ["x" * 500, "ก" * 500, "TICA" + " " * 500, "y" * 300 + " tica"], ids=lambda text: text[:2]
)
def test_excerpt_of_text_without_spaces_is_about_as_long(text):
    assert len(marked(text, "tica", length=100)) <= 100 + len("… <mark></mark> …")
