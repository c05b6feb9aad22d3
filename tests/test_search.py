"""The search: what a question finds in which part of a record, and what is suggested instead."""

import numpy as np
import pytest

from cooperation import search
from cooperation.models import PUBLIC_RECORDS, Claim, Country, Milestone, Participation
from cooperation.search import index
from tests import builders
from tests.questions import HOSTILE_TEXTS, found, holding, marked, named, suggested, titled
from tests.records import make_one_of_each


@pytest.mark.django_db
def test_word_is_found_at_the_beginning_of_words_in_the_parts_asked_for():
    project = builders.make_project("Rice seeds for Fiji", summary="Training in aquaculture.")
    Participation.objects.create(project=project, role="implementing", organisation="Mekong Institute")
    hit = {"project": [project.pk]}
    assert [holding(text) for text in ("seed", "aquac", "mekong", "quaculture", "ricf")] == [hit, hit, hit, {}, {}]
    assert holding("rice", ["names"]) == hit
    assert holding("aquac", ["names", "organisations"]) == {}
    assert holding("aquac", ["texts"]) == hit
    assert holding("mekong", ["organisations"]) == hit
    assert holding("mekong", ["names", "texts"]) == {}


@pytest.mark.django_db
def test_one_query_answers_for_all_types(django_assert_num_queries):
    agency = builders.make_agency("Bandung Institute")
    milestone = builders.make_milestone("Bandung Conference")
    search.catch_up()
    with django_assert_num_queries(2):  # the version and the answer
        assert holding("bandung") == {"agency": [agency.pk], "milestone": [milestone.pk]}


@pytest.mark.django_db
def test_answers_are_ascending_numbers():
    projects = [builders.make_project(f"Exchange {number}") for number in (3, 1, 2)]
    ids = search.ids_holding(search.Word(("exchange",), False))["project"]
    assert ids.dtype == np.int64
    assert ids.tolist() == sorted(project.pk for project in projects)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "hits"),
    [
        ('"trust fund"', True),
        ('"fund trust"', False),
        ('"trust fun"', False),
        ("trust-fun", True),
        ('"fund pacific"', False),  # of two former names
        ('"fund second"', False),  # of the summary and a name
        ('"pacific second"', False),
        ('"pacific trust fund"', False),
    ],
)
def test_phrase_is_found_within_one_value_only(question, hits):
    forum = builders.make_forum(
        "Second Assembly", acronym="SA", former_names="Small Trust Fund\nPacific", summary="Trust Fund"
    )
    assert holding(question) == ({"forum": [forum.pk]} if hits else {})


@pytest.mark.django_db
def test_compound_is_found_in_one_word_and_in_two():
    apart = builders.make_project("Triangular co-operation in Nuku’alofa")
    together = builders.make_project("Triangular cooperation")
    both = {"project": [apart.pk, together.pk]}
    assert holding("cooperation") == holding("co-operation") == holding("co-oper") == both
    assert holding("nukualofa") == holding("nuku'alofa") == {"project": [apart.pk]}


@pytest.mark.django_db
def test_run_of_thai_is_found_anywhere_in_a_run():
    agency = builders.make_agency(native_name="กรมความร่วมมือระหว่างประเทศ")
    assert holding("ความร่วมมือ") == {"agency": [agency.pk]}
    assert holding("มความ") == {"agency": [agency.pk]}
    assert holding("ความมือ") == {}
    assert named("กรมความร่วมมือระหว่างประเทศ") == {"agency": [agency.pk]}


@pytest.mark.django_db
def test_accents_and_case_play_no_part():
    country = builders.make_country("THA", name="Türkiye", name_fr="Côte d’Ivoire")
    for text in ("turkiye", "TÜRKİYE", "türk", "cote", "d'ivoire", "D’IVOIRE"):
        assert holding(text) == {"country": [country.pk]}, text


@pytest.mark.django_db
def test_whole_words_and_beginnings_of_names_are_told_apart():
    whole = builders.make_agency("Trade Centre", summary="Fund")
    begun = builders.make_agency("Trading Centres")
    assert titled("trad centr", whole=False) == {"agency": [whole.pk, begun.pk]}
    assert titled("centre trade", whole=True) == titled("centre trade", whole=False) == {"agency": [whole.pk]}
    assert titled("trad centre", whole=True) == {}
    assert titled("trade fund", whole=False) == {}
    assert titled("", whole=True) == {}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "question",
    [
        "bapa-plus-40",
        "BAPA+40",
        "bapa 40",
        "bapa40",
        '"BAPA" 40',
        "Segunda Conferencia",
        "segunda  conferência",
        "old name",
        "Agency of the Plan",
        "agency of the plan (AOP)",
        "aop",
        "XM-DAC-41122",
    ],
)
def test_exact_key_is_an_id_a_code_an_acronym_or_a_whole_name(question):
    agency = builders.make_agency(
        "Agency of the Plan (AOP)",
        slug="bapa-plus-40",
        acronym="BAPA+40",
        native_name="Segunda Conferencia",
        former_names="First Name\nOld Name",
        iati_id="XM-DAC-41122",
    )
    builders.make_agency("Old Name of BAPA+40 and the Agency of the Plan", acronym="B")
    assert named(question) == {"agency": [agency.pk]}


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["agency", "old", "plan", "the", "bapa", "", "¶", "k", "long " * 80])
def test_part_of_a_name_is_no_exact_key(question):
    builders.make_agency("Agency of the Plan", acronym="BAPA+40", former_names="Old Name\n" + "long " * 80)
    assert named(question) == {}


@pytest.mark.django_db
def test_country_is_named_by_each_of_its_codes_and_names():
    country = builders.make_country("THA", other_names="Siam\nKingdom of Thailand", name_es="Tailandia")
    for question in ("THA", "th", "764", "thailand", "Tailandia", "siam", "kingdom of thailand"):
        assert named(question) == {"country": [country.pk]}, question


@pytest.mark.django_db
def test_milestone_is_found_by_its_place_and_year():
    country = builders.make_country("ARG")
    milestone = builders.make_milestone("A plan of action", date="1978-09-12", city="Buenos Aires", country=country)
    hit = {"milestone": [milestone.pk]}
    assert titled("buenos aires 1978", whole=True) == titled("argentina 1978", whole=True) == hit
    assert titled("1978-09", whole=False) == titled("plan 12", whole=False) == {}
    assert named("1978") == named("buenos aires") == {}


@pytest.mark.django_db
def test_claims_of_a_lesson_and_themes_of_a_forum_are_texts():
    lesson = builders.make_lesson()
    Claim.objects.create(lesson=lesson, position=0, claim="Bandung mattered", verdict="confirmed", finding="Archives.")
    forum = builders.make_forum()
    forum.themes.add(builders.make_theme("Fisheries"))
    assert holding("bandung", ["texts"]) == holding("archives", ["texts"]) == {"lesson": [lesson.pk]}
    assert holding("fisheries", ["texts"]) == {"forum": [forum.pk]}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:16]))
def test_hostile_question_is_answered(text):
    agency = builders.make_agency(acronym="TICA", summary=text.replace("\x00", "").encode(errors="ignore").decode())
    asked = search.read_question(text)
    for word in asked.words:
        assert set(search.ids_holding(word)) <= {"agency"}
    for answer in (search.ids_named(asked), search.ids_titled(asked, True), search.ids_titled(asked, False)):
        assert found(answer) in ({}, {"agency": [agency.pk]})
    assert search.suggestion(asked, lambda text: False) == ""
    assert "<" not in marked("TICA &", text).replace("<mark>", "").replace("</mark>", "")
    marked("TICA " * 100, text, length=50)


@pytest.mark.slow
@pytest.mark.django_db
def test_record_of_hostile_text_is_found_by_its_other_words():
    long = " ".join(f"word{number}" for number in range(60_000))
    agency = builders.make_agency(
        "Institute ' \\ \" : * ¶ kfoo", acronym="A" * 40, former_names="x" * 50_000 + " a-b (\nMekong", summary=long
    )
    assert holding("institute") == holding("mekong") == holding("word1999") == {"agency": [agency.pk]}


@pytest.mark.slow
@pytest.mark.django_db
def test_wrong_word_is_replaced_by_the_nearest_one_that_a_record_holds():
    builders.make_milestone("Asian-African (Bandung) Conference", summary="Twenty-nine delegations came.")
    assert suggested('"Bandong" conferense, delegatoins') == '"bandung" conference, delegations'


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("tonag", "tonga"),  # two neighbours changed places
        ("fihi", "fiji"),
        ("fihy", ""),  # four letters, two wrong
        ("bandong", "bandung"),
        ("bendunk", ""),  # seven letters, two wrong
        ("barabdos", "barbados"),
        ("berbedos", "barbados"),  # eight letters, two wrong
        ("berbedus", ""),
        ("bandung", ""),
        ("ban", ""),  # the beginning of a word
        ("bandung tonnga", "bandung tonga"),
        ("bandung xyzxyz", ""),
        ("bandong fihi tonag", "bandung fiji tonga"),
        ("bandong fihi tonag tonnga", ""),
        ("40", ""),
        ("ไทย", ""),
        ("", ""),
    ],
)
def test_short_word_is_corrected_in_one_place_and_a_longer_one_in_two(question, expected):
    builders.make_milestone("Bandung, Tonga, Fiji, Barbados")
    assert suggested(question) == expected


@pytest.mark.django_db
def test_commoner_word_is_suggested_of_two_that_are_as_near():
    for number in range(2):
        builders.make_agency(f"Trade {number}", summary="grape")
    builders.make_agency("Grade")
    assert suggested("brade") == "trade"


@pytest.mark.django_db
def test_suggestion_that_finds_nothing_is_not_made():
    builders.make_milestone("Bandung")
    asked = []
    assert suggested("bandong", lambda text: asked.append(text)) == ""
    assert asked == ["bandung"]


@pytest.mark.django_db
def test_word_of_a_draft_or_a_withdrawn_record_is_never_suggested():
    builders.make_milestone("Bandung", publication_status="draft")
    assert suggested("bandong") == ""
    Milestone.objects.update(publication_status="published")
    assert suggested("bandong") == "bandung"
    Milestone.objects.update(publication_status="withdrawn")
    assert suggested("bandong") == ""
    builders.make_milestone("Bandon")
    assert suggested("bandong") == "bandon"


@pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
def test_record_type_declares_what_is_searched(model):
    assert {"slug", "iso3"} & set(model.SEARCH_KEYS)
    assert set(model.SEARCH_NAMES) & {"name", "title"}
    assert {"summary", "publisher"} & set(model.SEARCH_TEXTS) or model is Country


def test_number_of_an_entry_has_room_for_all_record_types():
    assert len(PUBLIC_RECORDS) <= index.TYPES_AT_MOST


@pytest.mark.slow
@pytest.mark.django_db
def test_record_of_every_type_is_found_by_its_id_and_its_name():
    for record in make_one_of_each():
        record_type, name = record._meta.model_name, getattr(record, "name", "") or record.title
        assert record.pk in named(record.public_id)[record_type]
        assert record.pk in named(name)[record_type]
        assert record.pk in titled(name, whole=True)[record_type]


@pytest.mark.slow
@pytest.mark.django_db
def test_very_long_record_is_found_by_what_stands_first(monkeypatch):
    agency = builders.make_agency("Mekong Institute")
    for length in range(60, 80):  # wherever it is cut
        monkeypatch.setattr(index, "LONGEST_ENTRY", length)
        search.rebuild()
        assert named("mekong-institute") == {"agency": [agency.pk]}
