"""Two records made one: every relation moves, nothing is lost, the old address leads on, and it can be undone."""

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.duplicates import MERGEABLE, MergeRefusedError, decide_different, foresee, merge
from cooperation.duplicates.relations import relations_to
from cooperation.history import begin_history, undo
from cooperation.models import (
    Agency,
    AgencyRole,
    Correction,
    DuplicatePair,
    Edit,
    Evidence,
    FormerSlug,
    Membership,
    Participation,
    PendingChange,
    Project,
    Source,
    editing,
    registry_models,
)
from cooperation.models.lesson import EVIDENCE_RECORDS
from tests.admin_records import MAKE_RECORD, add_part
from tests.builders import (
    COUNTRIES,
    make_agency,
    make_country,
    make_forum,
    make_fund,
    make_lesson,
    make_project,
    make_source,
    make_theme,
)
from tests.records import cite, make_record

pytestmark = pytest.mark.django_db
REASON = "One body under two names."
# What a merge or its undoing writes of itself, and what a test of an address finds.
OWN = {"version", "updated", "created", "checked_on", "check_result", "check_detail", "last_good_on"}
RELATIONS = [(model, field) for model in MERGEABLE for field in relations_to(model)]


def ana():
    return User.objects.get_or_create(username="ana.ruiz")[0]


def make_one(keep, drop, *from_drop):
    return merge(keep, drop, list(from_drop), ana(), REASON)


def registry():
    """Every row of the registry, many-to-many included, without what each save writes."""
    found = {}
    for model in registry_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields if field.name not in OWN]
        if model._meta.auto_created:
            names.remove("id")
        found[model._meta.label] = sorted(model._base_manager.values_list(*names), key=repr)
    return found


def two(model):
    """Two records that somebody entered under two names."""
    with editing(Edit.Kind.IMPORT):
        return MAKE_RECORD[model](0), MAKE_RECORD[model](1)


def two_agencies(first=(), second=()):
    return make_agency(**dict(first)), make_agency("Thai Cooperation Directorate", **dict(second))


def row_naming(field, record):
    """A row of `field.model` that names `record` in `field`, made without knowing which model it is."""
    if field.name == getattr(field.model, "owner", None):
        return add_part(field.model, record, 2)
    if field.model in MAKE_RECORD:
        row = MAKE_RECORD[field.model](2)
    else:
        row = add_part(field.model, MAKE_RECORD[field.model._meta.get_field(field.model.owner).related_model](2), 2)
    if field.model is Evidence:
        for name in EVIDENCE_RECORDS:
            setattr(row, name, None)
    setattr(row, field.name, record)
    row.save()
    return row


@pytest.mark.slow
@pytest.mark.parametrize(("model", "field"), RELATIONS, ids=[f"{field}-{model.__name__}" for model, field in RELATIONS])
def test_every_row_that_names_the_dropped_record_names_the_kept_one(model, field):
    keep, drop = two(model)
    with editing(Edit.Kind.IMPORT):
        row = row_naming(field, drop)
    before = registry()

    edit = make_one(keep, drop)

    assert getattr(field.model._base_manager.get(pk=row.pk), field.name) == keep
    assert not model._base_manager.filter(pk=drop.pk).exists()
    undo(edit, ana(), "They are two.")
    assert registry() == before


def test_relations_are_those_that_the_database_has():
    """Nothing that holds a record’s number escapes: not even a relation that a model hides from its other side."""
    tables = {model._meta.db_table: model for model in MERGEABLE}
    found = set()
    with connection.cursor() as cursor:
        for model in registry_models():
            relations = connection.introspection.get_relations(cursor, model._meta.db_table)
            found |= {(model._meta.db_table, column, table) for column, (_pk, table, *_) in relations.items()}
    found = {relation for relation in found if relation[2] in tables}

    assert {(field.model._meta.db_table, field.column, model._meta.db_table) for model, field in RELATIONS} == found


@pytest.mark.parametrize("model", [model for model in MERGEABLE if model._meta.many_to_many])
def test_many_to_many_of_both_are_united(model):
    keep, drop = two(model)
    field = model._meta.many_to_many[0]
    ours, theirs = make_theme("Digital trade"), make_theme("Fisheries")
    getattr(keep, field.name).set([ours])
    getattr(drop, field.name).set([theirs])

    make_one(keep, drop)

    assert set(getattr(keep, field.name).all()) == {ours, theirs}


def test_parts_that_both_have_stand_once_and_keep_their_sources():
    tica, ticd = two_agencies()
    report, minutes = make_source("Annual report"), make_source("Minutes of the board")
    ours = AgencyRole.objects.create(agency=tica, role="provider", source=report)
    AgencyRole.objects.create(agency=ticd, role="provider", source=minutes, note="Since 2004")

    make_one(tica, ticd)

    ours.refresh_from_db()
    assert list(tica.roles.all()) == [ours]
    assert (ours.source, ours.note) == (report, "Since 2004")
    assert list(tica.citations.values_list("fact", "source__title", "value")) == [
        ("roles", "Minutes of the board", "Provider")
    ]


def test_part_without_a_source_takes_that_of_its_double():
    keep, drop = make_forum("Pacific Alliance"), make_forum("Alliance of the Pacific")
    report = make_source("Framework agreement")
    Membership.objects.create(forum=keep, country=make_country("CHL"))
    Membership.objects.create(forum=drop, country=make_country("CHL"), joined="2011", source=report)
    Membership.objects.create(forum=drop, country=make_country("PER"), joined="2011")

    make_one(keep, drop)

    assert list(keep.memberships.values_list("country__name", "joined", "source__title")) == [
        ("Chile", "2011", "Framework agreement"),
        ("Peru", "2011", None),
    ]


def test_open_memberships_that_disagree_leave_a_note():
    keep, drop = make_forum("Pacific Alliance"), make_forum("Alliance of the Pacific")
    Membership.objects.create(forum=keep, country=make_country("CHL"), joined="2011")
    Membership.objects.create(forum=drop, country=make_country("CHL"), joined="2012", kind="associate")

    make_one(keep, drop)

    assert list(keep.memberships.values_list("kind", "joined", "note")) == [
        ("member", "2011", "kind: Associate member; joined: 2012")
    ]


def test_partner_that_names_both_in_one_project_stands_once():
    tica, ticd = two_agencies()
    project = make_project("Rice seed exchange")
    for agency in (tica, ticd):
        Participation.objects.create(project=project, role="provider", agency=agency)
    version = project.version

    make_one(tica, ticd)

    assert [part.agency for part in project.participations.all()] == [tica]
    project.refresh_from_db()
    assert project.version == version + 1


def test_fields_are_kept_completed_or_taken_as_chosen():
    tica, ticd = two_agencies(
        {"established": "2004", "headquarters": "Bangkok"},
        {"established": "2002", "headquarters": "Krung Thep", "website": "https://tica.mfa.go.th", "acronym": "TICD"},
    )

    make_one(tica, ticd, "established")

    tica.refresh_from_db()
    assert (tica.established, tica.headquarters, tica.website, tica.acronym) == (
        "2002",
        "Bangkok",
        "https://tica.mfa.go.th",
        "TICD",
    )


def test_name_that_goes_becomes_a_former_name():
    tica, ticd = two_agencies({"former_names": "DTEC"}, {"former_names": "dtec\nDepartment of Aid"})

    make_one(tica, ticd, "name")

    tica.refresh_from_db()
    assert tica.name == "Thai Cooperation Directorate"
    assert tica.former_names == "DTEC\nDepartment of Aid\nThailand International Cooperation Agency"


def test_amount_and_currency_are_taken_together():
    keep = make_project("Exchange on rice", budget_amount=1000, budget_currency="USD")
    drop = make_project("Rice exchange", budget_amount=900, budget_currency="EUR")

    make_one(keep, drop, "budget_amount")

    keep.refresh_from_db()
    assert (keep.budget_amount, keep.budget_currency) == (900, "EUR")


def test_source_of_a_date_that_is_given_up_still_says_its_date():
    """Else it would seem to back the date of the other record."""
    tica, ticd = two_agencies({"established": "2004"}, {"established": "2002-10"})
    cite(tica, "established", make_source("Royal decree"))
    cite(ticd, "established", make_source("Annual report"))

    make_one(tica, ticd)

    assert list(tica.citations.values_list("source__title", "fact", "value")) == [
        ("Royal decree", "established", ""),
        ("Annual report", "established", "2002-10"),
    ]


def test_source_of_a_date_that_is_replaced_still_says_its_date():
    tica, ticd = two_agencies({"established": "2004"}, {"established": "2002-10"})
    cite(tica, "established", make_source("Royal decree"))
    cite(tica, "established", make_source("Royal decree"), "2004")

    make_one(tica, ticd, "established")

    assert list(tica.citations.values_list("source__title", "value")) == [("Royal decree", "2004")]


def test_body_below_the_dropped_one_comes_below_the_kept_one():
    tica, ticd = two_agencies()
    below = make_agency("Fund Office", parent=ticd)

    make_one(tica, ticd)

    below.refresh_from_db()
    assert below.parent == tica


@pytest.mark.parametrize("steps", [1, 2])
def test_nothing_comes_below_itself(steps):
    """Whether the kept record stood right below the dropped one, or further down."""
    ministry = make_agency("Ministry of Foreign Affairs")
    ticd = make_agency("Thai Cooperation Directorate", parent=ministry)
    between = [make_agency(f"Bureau {number}", parent=ticd) for number in range(steps - 1)]
    tica = make_agency(parent=between[0] if between else ticd)

    make_one(tica, ticd)

    tica.refresh_from_db()
    assert tica.parent == ministry
    assert [agency.parent for agency in Agency.objects.filter(name="Bureau 0")] == [tica] * len(between)


def test_record_above_the_dropped_one_does_not_come_below_itself():
    tica = make_agency()
    ticd = make_agency("Thai Cooperation Directorate", parent=tica)

    make_one(tica, ticd)

    tica.refresh_from_db()
    assert tica.parent is None


@pytest.mark.parametrize("model", MERGEABLE)
def test_old_address_leads_to_the_kept_record(client, model):
    keep, drop = make_record(model, 0), make_record(model, 1)
    old = drop.get_absolute_url()
    FormerSlug.objects.create(record_type=model._meta.model_name, slug="an-older-address", current=drop.slug)

    make_one(keep, drop)

    for address in (old, old.replace(drop.slug, "an-older-address")):
        response = client.get(address)
        assert (response.status_code, response.headers.get("Location")) == (301, keep.get_absolute_url())


@pytest.mark.slow
@pytest.mark.parametrize("model", MERGEABLE)
def test_undone_merge_leaves_everything_as_it_was(model):
    """Full records, with parts that repeat each other, former addresses and chosen fields."""
    partner = make_agency("Ministry of Planning", country="PER")
    keep, drop = (make_record(model, number, parts=3, partner=partner) for number in (0, 1))
    FormerSlug.objects.create(record_type=model._meta.model_name, slug="an-older-address", current=drop.slug)
    begin_history("the first data")
    before = registry()

    edit = make_one(keep, drop, "url" if model is Source else "summary" if hasattr(keep, "summary") else "title")
    assert registry() != before
    undo(edit, ana(), "They are two.")

    assert registry() == before


def test_failure_in_the_middle_leaves_nothing(monkeypatch):
    tica, ticd = two_agencies()
    make_project("Rice seed exchange")
    Participation.objects.create(project=Project.objects.get(), role="provider", agency=ticd)
    before = registry()

    def fail(*_args):
        raise RuntimeError("The machine stops.")

    monkeypatch.setattr(FormerSlug, "remember", fail)
    with pytest.raises(RuntimeError):
        make_one(tica, ticd)

    assert registry() == before
    assert not Edit.objects.filter(kind=Edit.Kind.MERGE).exists()


@pytest.mark.slow
def test_number_of_queries_does_not_follow_the_number_of_rows(django_assert_max_num_queries):
    """Of what the page asks before anything is written."""
    keep, drop = make_forum("Group of 77"), make_forum("The Group of 77")
    for iso3 in sorted(COUNTRIES):
        Membership.objects.create(forum=keep, country=make_country(iso3), joined="1964")
        Membership.objects.create(forum=drop, country=make_country(iso3), joined="1964")
    with CaptureQueriesContext(connection) as few:
        foresee(keep, drop)
    for iso3 in sorted(COUNTRIES):
        for year in range(1970, 1980):
            Membership.objects.create(forum=drop, country=make_country(iso3), joined=f"{year}", left=f"{year}")

    with django_assert_max_num_queries(len(few)):
        foreseen = foresee(keep, drop)

    outcomes = Counter(row.outcome for row in foreseen.rows["members"])
    assert outcomes == {
        "moves": 110,
        "is there already: what it says besides is kept as a note or citation": 11,
    }


def refused(keep, drop, *from_drop, reason=REASON):
    before = registry()
    with pytest.raises(MergeRefusedError) as refusal:
        merge(keep, drop, list(from_drop), ana(), reason)
    assert registry() == before
    return refusal.value.problems


def test_record_is_not_merged_with_itself():
    agency = make_agency()
    assert refused(agency, agency) == ["A record cannot be merged with itself."]


def test_records_of_two_types_are_not_merged():
    assert refused(make_agency(), make_fund()) == ["Only records of one type can be merged."]


def test_lessons_are_not_merged():
    assert refused(make_lesson(), make_lesson("Small steps")) == ["Records of this type cannot be merged."]


def test_published_record_does_not_disappear_in_a_draft():
    draft, published = two_agencies({"publication_status": "draft"})
    assert refused(draft, published) == [
        "“Thai Cooperation Directorate” is published and “Thailand International Cooperation Agency” is not: "
        "keep the published one, or publish the other first."
    ]


def test_record_that_is_gone_is_not_merged():
    tica, ticd = two_agencies()
    Agency.objects.get(pk=ticd.pk).delete()
    assert refused(tica, ticd) == ["One of the two records has been deleted."]


def test_record_that_was_changed_meanwhile_is_looked_at_again():
    tica, ticd = two_agencies()
    Agency.objects.get(pk=ticd.pk).save()
    assert refused(tica, ticd) == ["“Thai Cooperation Directorate” has been changed meanwhile. Look at both again."]


def test_reason_is_needed():
    assert refused(*two_agencies(), reason="  ") == ["Say in one line why the two are one."]


def test_unknown_field_is_named():
    assert refused(*two_agencies(), "slug") == ["There is no field “slug”."]


def test_change_that_waits_for_review_is_decided_first():
    tica, ticd = two_agencies()
    PendingChange.objects.create(record_type="agency", record_id=ticd.pk, form="", version=1, reason="New seat")
    assert refused(tica, ticd) == [
        "1 change of “Thai Cooperation Directorate” waits for review: accept or return it first."
    ]


def test_reported_mistakes_follow_the_record_and_come_back_with_it():
    tica, ticd = two_agencies()
    ticd.slug = "thai-directorate"
    ticd.save()
    reports = [
        Correction.objects.create(record_type="agency", record_id=record.pk, public_id=public_id, what="It moved.")
        for record, public_id in (
            (tica, "tica"),
            (ticd, "thai-directorate"),
            (ticd, "thai-cooperation-directorate"),
        )
    ]

    edit = make_one(tica, ticd)
    assert [again(report).record for report in reports] == [tica, tica, tica]

    undo(edit, ana(), "They are two.")
    assert [again(report).record for report in reports] == [tica, ticd, ticd]


def test_reported_mistakes_of_a_source_come_back_with_it():
    page, copy = make_source(), make_source("Report on TICA, second copy")
    report = Correction.objects.create(record_type="source", record_id=copy.pk, public_id=copy.slug, what="It moved.")

    undo(make_one(page, copy), ana(), "They are two.")

    assert again(report).record == copy


def again(row):
    row.refresh_from_db()
    return row


def pairs():
    rows = DuplicatePair.objects.order_by("first_id", "second_id")
    return list(rows.values_list("first_id", "second_id", "score", "state", "decided_by__username", "edit"))


def test_pair_is_decided_and_what_was_found_about_the_dropped_record_is_about_the_kept_one():
    tica, ticd = two_agencies()
    third, fourth, fifth = (make_agency(name, country="PER") for name in ("Coopera", "Aid Agency", "Peruvian Fund"))
    for first, second, score, state in (
        (tica, ticd, 90, "waiting"),
        (tica, fourth, 83, "waiting"),
        (ticd, third, 85, "waiting"),
        (ticd, fourth, 82, "waiting"),
        (ticd, fifth, 81, "different"),
    ):
        DuplicatePair.objects.create(
            record_type="agency", first_id=first.pk, second_id=second.pk, score=score, state=state
        )

    edit = make_one(tica, ticd)

    assert pairs() == [
        (tica.pk, ticd.pk, 90, "merged", "ana.ruiz", edit.pk),
        (tica.pk, third.pk, 85, "waiting", None, edit.pk),
        (tica.pk, fourth.pk, 83, "waiting", None, None),
        (tica.pk, fifth.pk, 81, "different", None, edit.pk),
        (ticd.pk, fifth.pk, 81, "different", None, None),
    ]


def test_merge_undone_lets_the_pair_wait_again_and_keeps_what_was_decided_about_the_dropped_record():
    tica, ticd = two_agencies()
    fifth = make_agency("Peruvian Fund", country="PER")
    DuplicatePair.objects.create(record_type="agency", first_id=tica.pk, second_id=ticd.pk, score=90)
    decide_different(ticd, fifth, ana())

    edit = make_one(tica, ticd)
    undo(edit, ana(), "They are two.")

    assert pairs() == [
        (tica.pk, ticd.pk, 90, "waiting", None, None),
        (ticd.pk, fifth.pk, 0, "different", "ana.ruiz", None),
    ]


def test_merge_stands_in_the_history_with_its_reason():
    edit = make_one(*two_agencies())
    assert (edit.kind, edit.by_name, edit.reason) == ("merge", "ana.ruiz", REASON)
