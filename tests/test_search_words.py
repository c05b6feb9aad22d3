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
        ("“South South” cooperation", [("south south", False), ("cooperation", True)]),
        ("FEALAC: FEALAC project", [("fealac", True), ("project", True)]),
        ("fealac – fealac", [("fealac", True)]),
        ("south\u00a0south", [("south south", True)]),
        ("ไทย", [("ไ ท ย", False)]),
        ("", []),
        (" \x00 ", []),
    ],
)
def test_question_is_read_without_operators(text, expected):
    assert asked_words(text) == expected


def test_question_keeps_its_text_on_one_line():
    assert search.read_question(" Trust \n\x00 Fund\ud800 ").text == "Trust Fund"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            " ".join(f"word{number:04}" for number in range(41)),
            "At most 40 words can be searched at once; these are 41.",
        ),
        ("a-" * 1_001, "At most 1000 parts of words can be searched at once; these are 1001."),
        ("ก" * 1_001, "At most 1000 parts of words can be searched at once; these are 1001."),
        ("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 400, "At most 1000 parts of words"),
    ],
    ids=["words", "parts", "letters", "ligatures"],
)
def test_question_of_too_many_words_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        search.read_question(text)


def test_question_as_long_as_a_title_is_read_whatever_number_of_words_it_has():
    text = " ".join(f"{number:02}" for number in range(100))
    assert len(text) == 299
    assert len(search.read_question(text).words) == 100
    assert len(search.read_question(" ".join(f"{number:024}" for number in range(40))).words) == 40
    assert len(search.read_question("ก" * 1_000).words[0].tokens) == 1_000


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
        ("Programme ‘Milk and Honey’", "honey", "Programme ‘Milk and <mark>Honey</mark>’"),
        ("co-", "co", "<mark>co</mark>-"),
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
