"""The search across everything, on the fixtures: what is asked for comes first."""

import pytest

from cooperation.models import PUBLIC_RECORDS, Milestone
from tests.crawl import Page, read
from tests.records import list_url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fixtures_loaded")]

# question, address of the record that must come first
FIRST_HITS = [
    ("tica", "/agencies/tica/"),
    ("TICA", "/agencies/tica/"),
    ("Thailand International Cooperation Agency", "/agencies/tica/"),
    ("unossc", "/agencies/unossc/"),
    ("jica", "/agencies/jica/"),
    ("agci", "/agencies/agcid/"),
    ("agcid", "/agencies/agcid/"),
    ("brazilian cooperation agency", "/agencies/abc-brazil/"),
    ("segib", "/agencies/segib/"),
    ("asian development bank", "/agencies/adb/"),
    ("adb", "/agencies/adb/"),
    ("focalae", "/forums/fealac/"),
    ("FEALAC", "/forums/fealac/"),
    ("foro de cooperación américa latina-asia del este", "/forums/fealac/"),
    ("forum of east asia and latin america cooperation", "/forums/fealac/"),
    ("cooperacion", "/forums/fealac/"),
    ("cooperação", "/forums/fealac/"),
    ("apec", "/forums/apec/"),
    ("asean", "/forums/asean/"),
    ("celac", "/forums/celac/"),
    ("caricom", "/forums/caricom/"),
    ("ibsa", "/forums/ibsa/"),
    ("brics", "/forums/brics/"),
    ("g77", "/forums/g77/"),
    ("g-77", "/forums/g77/"),
    ("group of 77", "/forums/g77/"),
    ("nam", "/forums/nam/"),
    ("non-aligned", "/forums/nam/"),
    ("non aligned movement", "/forums/nam/"),
    ("pif", "/forums/pif/"),
    ("pacific alliance", "/forums/pacific-alliance/"),
    ("alianza del pacifico", "/forums/pacific-alliance/"),
    ("china-celac", "/forums/china-celac-forum/"),
    ("escap", "/forums/escap/"),
    ("eclac", "/forums/eclac/"),
    ("CEPAL", "/forums/eclac/"),
    ("small island", "/forums/aosis/"),
    ("emerging development partners", "/forums/edp-network/"),
    ("fealac trust fund", "/funds/fealac-trust-fund/"),
    ("buenos aires 1978", "/milestones/bapa-1978/"),
    ("bapa", "/milestones/bapa-1978/"),
    ("bapa+40", "/milestones/bapa40-2019/"),
    ("BAPA 40", "/milestones/bapa40-2019/"),
    ("bandung", "/milestones/bandung-1955/"),
    ("bandung 1955", "/milestones/bandung-1955/"),
    ("nairobi", "/milestones/nairobi-2009/"),
    ("shared vision", "/lessons/shared-vision/"),
    ("champion countries", "/lessons/champion-countries/"),
    ("THA", "/countries/THA/"),
    ("764", "/countries/THA/"),
    ("thailand", "/countries/THA/"),
    ("tailandia", "/countries/THA/"),
    ("turkiye", "/countries/TUR/"),
    ("Türkiye", "/countries/TUR/"),
    ("turkey", "/countries/TUR/"),
    ("cote d'ivoire", "/countries/CIV/"),
    ("côte d’ivoire", "/countries/CIV/"),
    ("ivory coast", "/countries/CIV/"),
    ("laos", "/countries/LAO/"),
    ("south korea", "/countries/KOR/"),
    ("Corea del Sur", "/countries/KOR/"),
    ("vietnam", "/countries/VNM/"),
    ("burma", "/countries/MMR/"),
    ("swaziland", "/countries/SWZ/"),
    ("east timor", "/countries/TLS/"),
    ("bolivia", "/countries/BOL/"),
    ("japão", "/countries/JPN/"),
    ("alemania", "/countries/DEU/"),
    ("FJ", "/countries/FJI/"),
    ("msme", "/projects/msme-surge/"),
    ("food security", "/projects/apec-fwg-01-2010a/"),
    ("value chains", "/projects/fealac-value-chains/"),
    ("critical minerals", "/projects/un-wg-critical-minerals/"),
]


def ask(client, question):
    answer = client.get("/search.json", {"q": question})
    assert answer.status_code == 200, question
    return answer.json()


@pytest.mark.slow
@pytest.mark.parametrize(("question", "address"), FIRST_HITS, ids=[question for question, _address in FIRST_HITS])
def test_what_is_asked_for_comes_first(client, question, address):
    assert ask(client, question)["best"]["url"] == address


def test_page_and_machine_answer_give_the_same_hits_and_counts(client):
    answer = ask(client, "fealac")
    page = read(client, "/search/?q=fealac")
    assert f"{answer['count']} results: fealac" in page.text
    for group in answer["groups"]:
        assert f"{group['label']} {group['count']}" in page.text
        assert [each["url"] for each in group["results"] if each["url"] not in page.links] == []
    assert answer["count"] == sum(group["count"] for group in answer["groups"])
    assert answer["best"] == answer["groups"][0]["results"][0]


@pytest.mark.slow
@pytest.mark.parametrize("question", ["fealac", "training", "chile", "small island", "1978"])
def test_count_of_a_group_is_the_length_of_its_list(client, question):
    counts = {group["type"]: group["count"] for group in ask(client, question)["groups"]}
    for model in PUBLIC_RECORDS:
        names, count = model._meta, counts.get(model._meta.model_name, 0)
        word = names.verbose_name if count == 1 else names.verbose_name_plural
        assert f"{count} {word}: {question}" in read(client, f"{list_url(model)}?q={question.replace(' ', '+')}").text


@pytest.mark.parametrize(
    ("question", "meant"),
    [("bandong", "bandung"), ("fealc", "fealac"), ("colombai", "colombia"), ("indonsia", "indonesia")],
)
def test_misspelling_gets_the_word_that_was_meant(client, question, meant):
    answer = ask(client, question)
    assert (answer["count"], answer["best"], answer["did_you_mean"]) == (0, None, meant)
    page = read(client, f"/search/?q={question}")
    assert f"Did you mean {meant}?" in page.text
    assert f"/search/?q={meant}" in page.links


def test_misspelling_on_a_list_gets_the_word_that_was_meant(client):
    page = read(client, "/milestones/?q=bandong")
    assert "Did you mean bandung?" in page.text
    assert "/milestones/?q=bandung" in page.links


def test_hits_are_marked_in_the_title_or_in_the_name_or_text_that_was_found(client):
    assert "Asian-African (<mark>Bandung</mark>) Conference" in client.get("/search/?q=bandung").content.decode()
    assert "Asian-African (<mark>Bandung</mark>) Conference" in client.get("/milestones/?q=bandung").content.decode()
    found = client.get("/search/?q=cooperacion").content.decode()
    assert "Foro de <mark>Cooperación</mark> América Latina-Asia del Este" in found
    assert "<mark>Cooperation</mark>" not in found


def test_words_of_the_question_are_shown_as_text(client):
    page = read(client, "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E+fealac")
    assert page.all("script") == []
    assert "<script>alert(1)</script> fealac" in page.text


def test_search_without_words_is_a_form(client):
    page = read(client, "/search/")
    assert "results" not in page.text
    assert [attrs["action"] for attrs in page.all("form")] == ["/search/"]
    assert client.get("/search.json").json()["groups"] == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("…", "Write at least one letter or digit."),
        ("fealac " * 145, "at most 1000 characters"),
        (" ".join(f"word{number:04}" for number in range(41)), "At most 40 words"),
        ("fealac\x00", "Null characters are not allowed."),
    ],
)
def test_question_that_cannot_be_asked_is_refused_in_words(client, question, sentence):
    assert sentence in Page(client.get("/search/", {"q": question}).content.decode()).text
    answer = client.get("/search.json", {"q": question})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [each["parameter"] for each in answer.json()["errors"]] == ["q"]
    assert sentence in answer.json()["errors"][0]["messages"][0]


def test_list_with_words_shows_the_best_match_first_and_offers_other_orders(client):
    page = read(client, "/projects/?q=value+chains")
    assert next(
        link for link in page.links if link.startswith("/projects/") and "?" not in link and link != "/projects/"
    ) == ("/projects/fealac-value-chains/")
    assert "Best match" in page.text
    assert "Best match" not in read(client, "/projects/").text


def urls_of(answer):
    return [each["url"] for group in answer["groups"] for each in group["results"]]


def test_withdrawn_record_is_not_found(client):
    assert "/milestones/bandung-1955/" in urls_of(ask(client, "bandung 1955"))
    Milestone.objects.filter(slug="bandung-1955").update(publication_status="withdrawn")
    assert "/milestones/bandung-1955/" not in urls_of(ask(client, "bandung 1955"))


@pytest.mark.slow
def test_word_that_only_a_withdrawn_record_holds_is_not_suggested(client):
    assert ask(client, "afghanstan")["did_you_mean"] == "afghanistan"
    Milestone.objects.create(slug="zanzibarine", title="Zanzibarine day", date="1999", publication_status="published")
    assert ask(client, "zanzibarina")["did_you_mean"] == "zanzibarine"
    Milestone.objects.filter(slug="zanzibarine").update(publication_status="withdrawn")
    assert ask(client, "zanzibarina")["did_you_mean"] is None
