"""The pages on which two records are compared and merged, and the list of possible duplicates."""

import logging
from itertools import pairwise

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cooperation.duplicates import MERGEABLE
from cooperation.models import Agency, DuplicatePair, Edit, FormerSlug, ForumRole, Fund, Participation
from tests.admin_form import Form
from tests.admin_records import change_url, list_url
from tests.builders import make_agency, make_forum, make_fund, make_project
from tests.records import make_record

pytestmark = pytest.mark.django_db


def merge_url(record, other=None):
    url = reverse(f"admin:cooperation_{record._meta.model_name}_merge", args=[record.pk])
    return f"{url}?with={other.pk}" if other else url


def two_agencies(**fields):
    return make_agency(), make_agency("Thai Cooperation Directorate", **fields)


def sent(client, url, **changes):
    """What a browser posts when “Merge” is pressed."""
    form = Form(client.get(url))
    data = {name: value for name, value in form.data.items() if name not in ("_save", "q")}
    return data | {"_merge": "Merge", "reason": "One body under two names."} | chosen(client, url) | changes


def chosen(client, url):
    """The radio buttons as they are when the page opens. `Form` would take the last of each."""
    fields = client.get(url).context["fields"]
    return {f"take-{field.name}": "drop" if field.is_taken else "keep" for field in fields if field.is_open}


def messages(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.slow
@pytest.mark.parametrize("model", MERGEABLE)
def test_two_records_of_every_type_are_merged_on_the_page(curator, model):
    keep, drop = make_record(model, 0), make_record(model, 1)
    url = merge_url(keep, drop)

    response = curator.post(url, sent(curator, url), follow=True)

    edit = Edit.objects.get(kind="merge")
    undo_url = reverse(f"admin:cooperation_{model._meta.model_name}_undo", args=[keep.pk, edit.pk])
    assert messages(response) == [
        f"“{drop}” is part of “{keep}” now. Its address leads there. ".replace("'", "&#x27;")
        + f'<a href="{undo_url}">Undo the merge</a>'
    ]
    assert response.redirect_chain == [(change_url(keep), 302)]
    assert not model.objects.filter(pk=drop.pk).exists()


def test_page_says_what_becomes_of_every_field(curator):
    keep, drop = two_agencies(established="2004", headquarters="Bangkok")
    Agency.objects.filter(pk=keep.pk).update(established="2002")

    fields = curator.get(merge_url(keep, drop)).context["fields"]

    assert [(field.label, field.ours, field.theirs, field.is_open, field.outcome) for field in fields] == [
        ("Name", "Thailand International Cooperation Agency", "Thai Cooperation Directorate", True, ""),
        ("Kind", "National cooperation agency", "National cooperation agency", False, "the same"),
        ("Country or area", "Thailand", "Thailand", False, "the same"),
        ("Seat", "", "Bangkok", False, "taken over"),
        ("Established", "2002", "2004", True, ""),
        ("Former names", "–", "", False, "together: Thai Cooperation Directorate"),
    ]


@pytest.mark.slow
def test_chosen_fields_are_taken(curator):
    keep, drop = two_agencies(established="2004")
    Agency.objects.filter(pk=keep.pk).update(established="2002")
    url = merge_url(keep, drop)

    curator.post(url, sent(curator, url, **{"take-established": "drop"}))

    keep.refresh_from_db()
    assert (keep.name, keep.established) == ("Thailand International Cooperation Agency", "2004")


def test_page_says_what_becomes_of_what_names_the_record(curator):
    keep, drop = two_agencies()
    Participation.objects.create(project=make_project("Rice seed exchange"), role="provider", agency=drop)

    response = curator.get(merge_url(keep, drop))

    assert [(kind, [(row.what, row.outcome) for row in rows]) for kind, rows, _more in response.context["kinds"]] == [
        (
            "Partners",
            [
                (
                    "Rice seed exchange: Provider: Thailand International Cooperation Agency",
                    "names the kept record from now on",
                )
            ],
        )
    ]


@pytest.mark.slow
def test_long_list_of_rows_is_cut_and_counted(curator):
    keep, drop = two_agencies()
    for number in range(53):
        Participation.objects.create(project=make_project(f"Exchange {number}"), role="provider", agency=drop)

    ((kind, rows, more),) = curator.get(merge_url(keep, drop)).context["kinds"]

    assert (kind, len(rows), more) == ("Partners", 50, 3)


def sign_in_for_agencies(client):
    """Sign in somebody who may do anything with agencies and review them, and may view no other record."""
    user = User.objects.create_user("mere.tuilagi", is_staff=True)
    names = ["add_agency", "change_agency", "delete_agency", "view_agency", "review_record", "publish_record"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)


@pytest.mark.parametrize("answer", ["shown", "refused"])
def test_rows_of_records_that_the_reader_may_not_see_are_counted_and_not_named(client, answer):
    keep, drop = two_agencies()
    for title in ("Rice seed exchange", "Mango grafting"):
        project = make_project(title, publication_status="draft")
        Participation.objects.create(project=project, role="provider", agency=drop)
    sign_in_for_agencies(client)
    url = merge_url(keep, drop)

    if answer == "shown":
        response, status = client.get(url), 200
    else:
        response, status = client.post(url, sent(client, url, drop_version="0")), 409

    page = response.content.decode()
    assert (response.status_code, [name for name in ("Rice", "Mango", "Partners") if name in page]) == (status, [])
    assert page.count("<p>2 rows of records that you may not see</p>") == 1
    assert "Nothing else names" not in page


def test_rows_of_records_that_the_reader_may_see_are_named_beside_those_counted(client):
    keep, drop = two_agencies()
    Participation.objects.create(project=make_project("Rice seed exchange"), role="provider", agency=drop)
    ForumRole.objects.create(forum=make_forum("Forum of islands"), role="chair", agency=drop)
    sign_in_for_agencies(client)
    User.objects.get(username="mere.tuilagi").user_permissions.add(Permission.objects.get(codename="view_project"))

    response = client.get(merge_url(keep, drop))

    assert [(kind, len(rows)) for kind, rows, _more in response.context["kinds"]] == [("Partners", 1)]
    assert "<p>1 row of records that you may not see</p>" in response.content.decode()


@pytest.mark.slow
def test_page_takes_as_many_queries_for_many_rows(curator):
    keep, drop = two_agencies()
    Participation.objects.create(project=make_project("Exchange"), role="provider", agency=drop)
    curator.get(merge_url(keep, drop))
    with CaptureQueriesContext(connection) as few:
        curator.get(merge_url(keep, drop))
    for number in range(40):
        Participation.objects.create(project=make_project(f"Exchange {number}"), role="provider", agency=drop)
    with CaptureQueriesContext(connection) as many:
        curator.get(merge_url(keep, drop))

    assert len(many) == len(few)


@pytest.mark.slow
def test_reason_is_asked_for(curator):
    keep, drop = two_agencies()
    url = merge_url(keep, drop)

    response = curator.post(url, sent(curator, url, reason=" "))

    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert Agency.objects.count() == 2


@pytest.mark.slow
def test_record_that_was_changed_since_the_page_was_opened_is_not_merged(curator):
    keep, drop = two_agencies()
    url = merge_url(keep, drop)
    data = sent(curator, url)
    drop.save()

    response = curator.post(url, data)

    assert (response.status_code, response.context["problems"]) == (
        409,
        [
            "“Thai Cooperation Directorate” has been changed since you opened this page. "
            "See below what stands there now."
        ],
    )
    assert Agency.objects.count() == 2


@pytest.mark.slow
def test_published_record_is_not_merged_into_a_draft_and_the_way_round_is_offered(curator):
    keep, drop = two_agencies()
    Agency.objects.filter(pk=keep.pk).update(publication_status="draft")
    url = merge_url(keep, drop)

    response = curator.post(url, sent(curator, url))

    assert response.status_code == 409
    assert response.context["problems"] == [
        "“Thai Cooperation Directorate” is published and “Thailand International Cooperation Agency” is not: "
        "keep the published one, or publish the other first."
    ]
    assert response.context["swap_url"] == merge_url(drop, keep)


def test_without_another_record_the_nearest_are_offered(curator):
    keep = make_fund("FEALAC Trust Fund", slug="one")
    other = make_fund("FEALAC trust-fund", slug="two")

    response = curator.get(merge_url(keep))

    assert [(url, each.record, each.score) for url, each in response.context["near"]] == [
        (merge_url(keep, other), other, 99)
    ]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ("nobody", "There is no other record “nobody”. Write its public id."),
        ("9" * 30, f"There is no other record “{'9' * 30}”. Write its public id."),
        ("fealac-trust-fund", "A record cannot be merged with itself."),
    ],
)
def test_other_record_that_cannot_be_meant_is_named(curator, wanted, problem):
    response = curator.get(merge_url(make_fund()), {"with": wanted})
    assert response.context["problem"] == problem


def test_other_record_is_found_by_its_public_id(curator):
    keep, drop = two_agencies()
    response = curator.get(merge_url(keep), {"with": "thai-cooperation-directorate"})
    assert response.context["drop"] == drop


def test_record_that_does_not_exist_has_no_merge_page(curator):
    for number in ("999", "nobody", "9" * 30):
        assert curator.get(reverse("admin:cooperation_agency_merge", args=[number])).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "status"), [("review_record", "draft"), ("publish_record", "published"), ("change_agency", "draft")]
)
def test_handmade_merge_without_the_rights_is_refused_and_logged(curator, caplog, missing, status):
    keep, drop = two_agencies()
    Agency.objects.update(publication_status=status)
    url = merge_url(keep, drop)
    data = sent(curator, url)
    User.objects.get().user_permissions.remove(Permission.objects.get(codename=missing))

    with caplog.at_level(logging.WARNING, "cooperation"):
        response = curator.post(url, data)

    assert response.status_code == 403
    assert [record.getMessage() for record in caplog.records if record.name.startswith("cooperation")] == [
        f"ana.ruiz may not do this at {merge_url(keep)}"
    ]
    assert (Agency.objects.count(), FormerSlug.objects.count()) == (2, 0)


def test_not_the_same_is_noted_on_the_page(curator):
    keep, drop = two_agencies()

    response = curator.post(merge_url(keep), {"with": drop.pk, "_different": "1"}, follow=True)

    assert messages(response) == [
        "Noted: “Thailand International Cooperation Agency” and “Thai Cooperation Directorate” are not the same. "
        "The pair is not shown again."
    ]
    assert list(DuplicatePair.objects.values_list("first_id", "second_id", "state", "decided_by__username")) == [
        (keep.pk, drop.pk, "different", "ana.ruiz")
    ]


def test_duplicates_are_looked_for_again_by_a_button(curator):
    make_fund(slug="one")
    make_fund(slug="two")

    search = reverse("admin:cooperation_duplicatepair_search")
    assert f'<form method="post" action="{search}"' in curator.get(list_url(DuplicatePair)).content.decode()

    response = curator.post(search, follow=True)

    assert messages(response) == ["1 pair waits to be looked at."]
    assert [str(pair.first) for pair in response.context["cl"].result_list] == ["FEALAC Trust Fund"]


def test_duplicates_are_not_looked_for_by_following_a_link(curator):
    make_fund(slug="one")
    make_fund(slug="two")
    assert curator.get(reverse("admin:cooperation_duplicatepair_search")).status_code == 405
    assert not DuplicatePair.objects.exists()


def test_each_pair_leads_to_where_it_is_decided(curator):
    first, second = make_fund(slug="one"), make_fund(slug="two")
    curator.post(reverse("admin:cooperation_duplicatepair_search"))
    pair = DuplicatePair.objects.get()

    assert f'<a href="{change_url(pair)}">' in curator.get(list_url(DuplicatePair)).content.decode()
    assert curator.get(change_url(pair)).headers["Location"] == merge_url(first, second)


def test_pair_whose_record_is_gone_is_still_listed(curator):
    make_fund(slug="one")
    second = make_fund(slug="two")
    curator.post(reverse("admin:cooperation_duplicatepair_search"))
    second.delete()

    page = curator.get(list_url(DuplicatePair)).content.decode()
    response = curator.get(change_url(DuplicatePair.objects.get()), follow=True)

    assert "FEALAC Trust Fund<br>a record that is gone" in page
    assert messages(response) == ["One of the two records has been deleted or merged: there is nothing to compare."]


def test_list_of_pairs_takes_as_many_queries_for_many(curator):
    def queries():
        with CaptureQueriesContext(connection) as found:
            curator.get(list_url(DuplicatePair))
        return len(found)

    funds = [make_fund(f"Fund {number}") for number in range(12)]
    DuplicatePair.objects.create(record_type="fund", first_id=funds[0].pk, second_id=funds[1].pk, score=90)
    queries()
    few = queries()
    for one, other in pairwise(funds[1:]):
        DuplicatePair.objects.create(record_type="fund", first_id=one.pk, second_id=other.pk, score=90)

    assert queries() == few


def test_several_pairs_are_noted_as_not_the_same_at_once(curator):
    funds = [make_fund(f"Fund {number}") for number in range(3)]
    pairs = [
        DuplicatePair.objects.create(record_type="fund", first_id=one.pk, second_id=other.pk, score=90)
        for one, other in ((funds[0], funds[1]), (funds[1], funds[2]))
    ]

    response = curator.post(
        list_url(DuplicatePair),
        {"action": "not_the_same", "_selected_action": [pair.pk for pair in pairs]},
        follow=True,
    )

    assert messages(response) == ["2 pairs are not the same: noted."]
    assert {pair.state for pair in DuplicatePair.objects.all()} == {"different"}


def test_list_of_pairs_is_filtered_by_type(curator):
    fund, agency = make_fund(), make_agency()
    for record in (fund, agency):
        DuplicatePair.objects.create(
            record_type=record._meta.model_name, first_id=record.pk, second_id=record.pk + 1, score=90
        )
    shown = curator.get(list_url(DuplicatePair), {"record_type": "agency"}).context["cl"].result_list
    assert [pair.record_type for pair in shown] == ["agency"]


def test_record_sent_to_be_merged_with_itself_stays_as_it_is_and_that_is_logged(curator, caplog):
    fund = make_fund()
    response = curator.post(merge_url(fund), {"with": fund.pk, "reason": "The same."})
    assert (response.status_code, response.context["problem"]) == (400, "A record cannot be merged with itself.")
    assert list(Fund.objects.values_list("pk", "version")) == [(fund.pk, 1)]
    logged = [each.getMessage() for each in caplog.records if each.name.startswith("cooperation")]
    assert logged == [f"ana.ruiz asked to merge a record with itself at {merge_url(fund)}"]
