"""Records that may be the same are found and shown with the reason; such as only look alike are not."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.duplicates import MERGEABLE, NEAR, Likeness, likeness_of, merge, nearest, nearest_of_all, refresh
from cooperation.duplicates.pairs import decide_different, pairs_of
from cooperation.history import undo
from cooperation.models import Agency, DuplicatePair, Forum, Fund, Milestone, Project, Source
from tests.builders import (
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_milestone,
    make_project,
    make_source,
)
from tests.records import make_record

pytestmark = pytest.mark.django_db


def score(one, other):
    """How near two likenesses are to each other, as `(score, why)`; 0 if nobody is asked to look."""
    found = pairs_of([one, other], least=0)
    return (found[0].score, found[0].why) if found else (0, "")


def project(title, *partners, pk, **fields):
    return Likeness(Project, (title,), partners=partners, pk=pk, **fields)


def is_near(title, other, partners=(), others=None, **fields):
    one = project(title, *partners, pk=1, **fields)
    return score(one, project(other, *(partners if others is None else others), pk=2))[0] >= NEAR


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Thai-Colombian exchange on digital trade", "Thai–Colombian Exchange on Digital Trade"),
        ("Gestión de recursos hídricos en Piura", "GESTION DE RECURSOS HIDRICOS EN PIURA"),
        ("South-South co-operation on cassava in Cambodia", "South-South cooperation on cassava in Cambodia"),
        ("Strengthening the national coffee platform", "Strenghtening the National Coffee Platform"),
        ("Cassava Project Phase II", "Cassava project, phase 2"),
        ("Second phase of the cassava value chain project", "Cassava value chain project, second phase"),
        ("Visit to observe elections16 October 2014", "Visit to observe elections 16 October 2014"),
        (
            "Proyecto 00086156 sobre reducción de riesgos de desastres",
            "Proyecto sobre reducción de riesgos de desastres",
        ),
    ],
)
def test_two_spellings_of_a_title_are_near(title, other):
    assert is_near(title, other, ("KHM", "CHN"))


@pytest.mark.parametrize(
    ("title", "other"),
    [
        ("Cassava value chain project Phase I", "Cassava value chain project Phase II"),
        ("Cassava value chain project", "Cassava value chain project, phase 2"),
        ("First course on disaster statistics", "Second course on disaster statistics"),
        ("Training in tuna fisheries 2018", "Training in tuna fisheries 2019"),
        ("Renewable energy for rural islands", "Renewable energy for rural hospitals"),
    ],
)
def test_another_phase_year_or_subject_is_not_near(title, other):
    assert not is_near(title, other, ("FJI", "CHN"))


def test_another_country_in_the_title_is_another_project():
    make_country("FJI")
    make_country("TON")
    one = project("Renewable energy technology transfer from China to Fiji", "CHN", pk=1)
    other = project("Renewable energy technology transfer from China to Tonga", "CHN", pk=2)
    assert score(one, other)[0] < NEAR


def test_same_title_with_other_partners_is_another_project():
    assert not is_near(
        "Exchange on disaster risk statistics", "Exchange on disaster risk statistics", ("FJI",), ("PER",)
    )


def test_general_title_is_near_only_while_nothing_tells_the_two_apart():
    assert is_near("Capacity building", "Capacity building")
    assert is_near("Capacity building", "Capacity building", ("FJI", "CHN"))
    assert not is_near("Capacity building", "Capacity building", ("FJI",), ("PER",))
    assert not is_near("Capacity building", "Capacity building course")


def test_projects_of_other_years_are_less_near():
    title = "Exchange on disaster risk statistics for local governments"
    same = score(project(title, "FJI", pk=1, start="2012"), project(title, "FJI", pk=2, start="2012-05"))
    other = score(project(title, "FJI", pk=1, start="2012"), project(title, "FJI", pk=2, start="2019"))
    assert same == (99, "Same name; same partner countries; same year.")
    assert other == (93, "Same name; same partner countries; start 7 years apart.")


def test_same_iati_id_is_enough():
    one = project("Apoyo a la gestión del agua", "PER", pk=1, codes=("XM-DAC-41114-OUTPUT-00107404",))
    other = project("Support to water management", "COL", pk=2, codes=("xm-dac-41114-output-00107404",))
    assert score(one, other) == (
        100,
        "Same code XM-DAC-41114-OUTPUT-00107404; other names; no partner country in common.",
    )


def test_ids_of_one_series_are_two_projects():
    one, other = (
        project("Strengthening statistics in Mesoamerica", "PER", pk=number, codes=(f"SME 0{number} 2018",))
        for number in (1, 2)
    )
    assert score(one, other)[0] < NEAR


def test_agencies_of_the_same_name_in_two_countries_are_two():
    one = make_agency("Agency for International Cooperation", country="CHL", slug="agency-chile")
    other = make_agency("Agency for International Cooperation", country="PER", slug="agency-peru")
    assert [(each.record, each.score, each.why) for each in nearest(likeness_of(one))] == [
        (other, 60, "Same name; another country.")
    ]


def test_agency_under_its_acronym_is_found_in_its_country():
    agency = make_agency("Thailand International Cooperation Agency", acronym="TICA")
    found = nearest(Likeness(Agency, ("กรมความร่วมมือระหว่างประเทศ",), "T.I.C.A.", partners=("THA",)))
    assert [(each.record, each.score, each.why) for each in found] == [
        (agency, 85, "Same acronym; other names; same country.")
    ]


def test_former_name_is_compared_as_well():
    agency = make_agency(
        "Agencia Chilena de Cooperación", country="CHL", former_names="AGCI\nChilean Cooperation Office"
    )
    found = nearest(Likeness(Agency, ("Chilean co-operation office",), partners=("CHL",)))
    assert [(each.record, each.score) for each in found] == [(agency, 99)]


def test_source_at_the_same_address_is_the_same():
    source = make_source("Annual report", url="https://www.unescap.org/report/?id=7")
    likeness = Likeness(Source, ("Another title",), hosts=("http://unescap.org/report?id=7#top",))
    assert [(each.record, each.score, each.why) for each in nearest(likeness)] == [
        (source, 100, "Other names; same address.")
    ]


def test_sources_of_one_title_on_two_hosts_are_two_when_the_title_is_general():
    make_source("Annual report", url="https://www.cepal.org/report")
    found = nearest(Likeness(Source, ("Annual report",), hosts=("https://www.unescap.org/report",)))
    assert [each.score for each in found] == [75]


def test_meetings_of_two_years_are_two_milestones():
    make_milestone("Ministerial Meeting of the Pacific", "2011")
    found = nearest(Likeness(Milestone, ("Ministerial Meeting of the Pacific",), start="2013"))
    assert [(each.score, each.why) for each in found] == [(70, "Same name; another year.")]


def test_record_is_not_near_itself():
    agency = make_agency()
    assert nearest(likeness_of(agency)) == []


def test_drafts_are_found_too():
    draft = make_fund("FEALAC Trust Fund", publication_status="draft")
    assert [each.record for each in nearest(Likeness(Fund, ("FEALAC trust fund",)))] == [draft]


def test_nearest_come_first_and_no_more_than_asked():
    far = make_forum("Pacific Forum of Ministers")
    near = make_forum("Pacific Islands Forum of Fisheries Minister")
    same = make_forum("Pacific Islands Forum of Fisheries Ministers")
    likeness = Likeness(Forum, ("Pacific Islands Forum of Fisheries Ministers",))
    assert [each.record for each in nearest(likeness)] == [same, near, far]
    assert [each.record for each in nearest(likeness, most=1)] == [same]


@pytest.mark.parametrize("model", MERGEABLE)
def test_every_type_finds_a_record_by_its_own_likeness(model):
    record = make_record(model, parts=2)
    likeness = likeness_of(record)
    stored = Likeness(**{**likeness.__dict__, "pk": None})
    assert [(each.record, each.score >= 99) for each in nearest(stored)] == [(record, True)]


@pytest.mark.parametrize("names", [(), ("",), ("???",), ("2030",), ("\x00", "ก")])
def test_odd_names_are_no_mistake(names):
    make_project("2030")
    assert all(each.score < NEAR for each in nearest(Likeness(Project, names, start="soon", hosts=("http://[",))))


def test_registry_is_read_once_for_many(django_assert_num_queries):
    for number in range(3):
        make_project(f"Exchange on rice seeds of region {number}", partners=[("provider", "THA")])
    one = Likeness(Project, ("Exchange on rice seeds",), partners=("THA",))
    with CaptureQueriesContext(connection) as single:
        nearest(one)
    with django_assert_num_queries(len(single)):
        found = nearest_of_all([one] * 50)
    assert [len(each) for each in found] == [3] * 50


@pytest.mark.slow
def test_number_of_comparisons_grows_with_the_records_only():
    """Every title shares its words with all others; each is held against a few of them."""
    titles = [f"Exchange on rice seeds, water and tuna number {number}" for number in range(1_500)]
    likenesses = [Likeness(Project, (title,), pk=number) for number, title in enumerate(titles)]
    assert pairs_of(likenesses) == []


def test_pairs_are_kept_for_the_curators():
    first, second = make_fund(slug="one"), make_fund("FEALAC trust-fund", slug="two")

    assert refresh() == 1

    assert list(DuplicatePair.objects.values_list("record_type", "first_id", "second_id", "score", "why", "state")) == [
        ("fund", first.pk, second.pk, 99, "Same name.", "waiting")
    ]


def test_decision_stays_when_duplicates_are_looked_for_again():
    first, second = make_fund(slug="one"), make_fund(slug="two")
    decide_different(second, first, User.objects.create(username="ana.ruiz"))

    assert refresh() == 0

    assert list(DuplicatePair.objects.values_list("first_id", "state", "decided_by__username")) == [
        (first.pk, "different", "ana.ruiz")
    ]


def test_waiting_pair_goes_when_it_is_none_any_more():
    make_fund(slug="one")
    second = make_fund(slug="two")
    refresh()
    second.name = "India-UN Development Partnership Fund"
    second.save()

    assert refresh() == 0
    assert not DuplicatePair.objects.exists()


def test_pair_of_an_undone_merge_waits_again():
    first, second = make_fund(slug="one"), make_fund(slug="two")
    ana = User.objects.create(username="ana.ruiz")
    edit = merge(first, second, [], ana, "One fund.")
    assert refresh() == 0
    undo(edit, ana, "They are two.")

    assert refresh() == 1
    assert DuplicatePair.objects.get().decided_by is None


def test_command_prints_the_pairs():
    make_fund(slug="one")
    make_fund(slug="two")
    printed = StringIO()

    call_command("find_duplicates", type="fund", stdout=printed)

    assert printed.getvalue() == "fund 99: one = two: Same name.\n"
    assert not DuplicatePair.objects.exists()


def test_command_keeps_the_pairs():
    make_fund(slug="one")
    make_fund(slug="two")
    printed = StringIO()

    call_command("find_duplicates", stdout=printed)

    assert printed.getvalue().splitlines()[-1] == "1 pair waits to be looked at."
    assert DuplicatePair.objects.count() == 1
