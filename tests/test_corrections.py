"""“Report a mistake”: everybody can, programs hardly, nothing is lost, and nobody’s data are kept for ever."""

import json
import sqlite3
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from cooperation.models import PUBLIC_RECORDS, Correction, ImportBatch, QueuedMail
from tests import builders
from tests.admin_form import Form
from tests.crawl import Page, read
from tests.records import make_one_of_each, make_record

pytestmark = pytest.mark.django_db

ADDRESS = "/projects/rice-seeds/report/"
NAUGHTY_STRINGS = settings.BASE_DIR.parent / "shared" / "data" / "fuzz" / "blns" / "blns.json"
WHAT = "The end is 2020, not 2019."


class Clock:
    """The time by which forms tell how long somebody had them."""

    def __init__(self):
        self.now = 1_795_000_000.0

    def time(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(signing, "time", clock)
    return clock


@pytest.fixture
def project():
    return builders.make_project("Rice seeds")


def fill_in(client, clock, address=ADDRESS, seconds=20, **texts):
    """What a browser sends when somebody fills in the form within so many seconds."""
    data = Form(client.get(address)).data
    clock.now += seconds
    del data["_save"]
    return {**data, "what": WHAT, **texts}


def send(client, data, address=ADDRESS, **headers):
    browser = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    return client.post(address, data, content_type="application/x-www-form-urlencoded", headers={**browser, **headers})


def report(client, clock, address=ADDRESS, seconds=20, **texts):
    """The answer to somebody who fills in the form and sends it."""
    from_form = fill_in(client, clock, address, seconds, **texts)
    return send(client, urlencoded(from_form), address)


def urlencoded(data):
    return urlencode(data, errors="surrogatepass")


def text_of(answer):
    return Page(answer.content.decode()).text


@pytest.mark.parametrize("model", PUBLIC_RECORDS, ids=lambda model: model._meta.model_name)
def test_every_public_record_has_a_form_that_arrives_on_the_desk(client, clock, model):
    record = make_record(model)
    (address,) = [link for link in read(client, record.get_absolute_url()).links if link.endswith("/report/")]
    assert f"{record} (public id {record.public_id})" in read(client, address).text
    answer = report(client, clock, address, source="https://www.unescap.org/report", email="mele@example.org")
    assert (answer.status_code, answer["Location"]) == (303, f"{record.get_absolute_url()}report/thanks/")
    assert "The report has arrived" in read(client, answer["Location"]).text
    (kept,) = Correction.objects.all()
    assert (kept.record, kept.public_id, kept.state) == (record, record.public_id, "open")
    assert (kept.what, kept.source, kept.email) == (WHAT, "https://www.unescap.org/report", "mele@example.org")


def test_form_needs_no_cookie_no_session_and_no_script(client, clock, project):
    answer = client.get(ADDRESS)
    page = Page(answer.content.decode())
    assert (client.cookies, page.running_scripts, answer["Cache-Control"]) == ({}, [], "no-store")
    assert [each["content"] for each in page.all("meta") if each.get("name") == "robots"] == ["noindex, follow"]
    assert report(client, clock).status_code == 303
    assert not client.cookies


def test_form_names_every_control_and_says_what_happens_to_the_address(client, project):
    form = Form(client.get(ADDRESS))
    assert [each["name"] for each in form.controls] == ["q", "what", "source", "email", "homepage"]
    assert {each["id"] for each in form.controls} <= form.labelled
    assert "both are deleted 90 days after the case is closed" in read(client, ADDRESS).text


@pytest.mark.parametrize("status", ["draft", "in_review"])
@pytest.mark.parametrize("end", ["", "thanks/"])
def test_record_that_is_not_public_has_no_form_and_takes_no_report(client, clock, project, status, end):
    data = fill_in(client, clock)
    project.publication_status = status
    project.save()
    assert client.get(ADDRESS + end).status_code == 404
    assert send(client, urlencoded(data)).status_code == 404
    assert Correction.objects.count() == 0


def test_form_of_a_record_that_was_withdrawn_says_so_and_nothing_else(client, project):
    project.publication_status = "withdrawn"
    project.save()
    answer = client.get(ADDRESS)
    assert (answer.status_code, "Record withdrawn" in text_of(answer)) == (410, True)
    assert "Rice seeds" not in text_of(answer)


def test_form_at_a_former_address_leads_to_the_present_one(client, project):
    project.slug = "rice-seeds-for-fiji"
    project.save()
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Location"]) == (301, "/projects/rice-seeds-for-fiji/report/")


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"what": " \n "}, "Say what is wrong: without it nobody can look into it."),
        ({"email": "mele at tonga"}, "Write an address such as name@example.org, or leave it empty."),
        ({"what": "x" * 4_001}, "Ensure this value has at most 4000 characters (it has 4001)."),
        ({"source": "x" * 1_001}, "Ensure this value has at most 1000 characters (it has 1001)."),
    ],
)
def test_mistake_in_the_form_is_said_and_nothing_that_was_written_is_lost(client, clock, project, texts, sentence):
    written = {"what": WHAT, "source": "Annual report", "email": "mele@example.org", **texts}
    answer = report(client, clock, **written)
    page, form = Page(answer.content.decode()), Form(answer)
    (name,) = texts
    assert [text.strip() for text in page.texts_of("span", "field__error")] == [sentence]
    assert {each: form.data[each] for each in written} == written
    (wrong,) = [each for each in form.controls if each.get("aria-invalid") == "true"]
    assert (wrong["name"], wrong["aria-describedby"]) == (name, f"id_{name}_helptext id_{name}_error")
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (1, "sooner than anybody could fill it in"),
        (25 * 3_600, "open for more than a day"),
    ],
)
def test_form_that_comes_back_too_soon_or_too_late_can_be_sent_again(client, clock, project, seconds, sentence):
    answer = report(client, clock, seconds=seconds)
    assert sentence in text_of(answer)
    again = Form(answer).data
    assert again["what"] == WHAT
    clock.now += 5
    assert send(client, urlencoded(again)).status_code == 303
    assert Correction.objects.get().what == WHAT


def test_token_of_another_record_or_of_nobody_is_refused_and_noted(client, clock, project, caplog):
    builders.make_project("Other seeds")
    other = fill_in(client, clock, "/projects/other-seeds/report/")
    for data in (other, {"what": WHAT}, {"what": WHAT, "token": "project 1:1abc:forged"}):
        assert "The form was not complete." in text_of(send(client, urlencoded(data)))
    assert [record.message for record in caplog.records] == [
        "A report about rice-seeds was sent without a form of ours."
    ] * 3
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example.org"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],
)
def test_form_sent_from_another_site_is_refused(client, clock, project, headers, caplog):
    answer = send(client, urlencoded(fill_in(client, clock)), **headers)
    assert "The form was sent from another site." in text_of(answer)
    assert (Correction.objects.count(), len(caplog.records)) == (0, 1)


def test_browser_that_does_not_say_where_a_form_comes_from_is_believed(client, clock, project):
    data = urlencoded(fill_in(client, clock))
    assert client.post(ADDRESS, data, content_type="application/x-www-form-urlencoded").status_code == 303


def test_program_that_fills_in_everything_gets_the_same_answer_and_lies_apart(client, clock, project):
    person = report(client, clock)
    program = report(client, clock, what="Buy now", homepage="https://shop.example.org")
    assert (program.status_code, program["Location"]) == (person.status_code, person["Location"])
    assert {each.what: each.state for each in Correction.objects.all()} == {WHAT: "open", "Buy now": "spam"}


def test_same_report_sent_twice_is_one(client, clock, project):
    data = urlencoded(fill_in(client, clock))
    assert [send(client, data).status_code for _time in range(2)] == [303, 303]
    assert Correction.objects.count() == 1


def test_sixth_report_of_a_sender_within_an_hour_waits_and_another_sender_does_not(client, clock, project):
    for number in range(5):
        assert report(client, clock, what=f"Mistake {number}").status_code == 303
    answer = report(client, clock, what="Mistake 5")
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert "Too many reports were sent within an hour." in text_of(answer)
    assert Form(answer).data["what"] == "Mistake 5"
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    data = urlencoded(fill_in(client, clock, what="Mistake 5"))
    sent = client.post(ADDRESS, data, content_type="application/x-www-form-urlencoded", **elsewhere)
    assert sent.status_code == 303
    assert Correction.objects.count() == 6


def test_senders_behind_our_own_proxy_are_told_apart_by_what_it_saw(client, clock, project):
    for number in range(7):
        data = urlencoded(fill_in(client, clock, what=f"Mistake {number}"))
        # The first part is what the sender claims, the last what the proxy adds.
        answer = send(client, data, **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
    assert answer.status_code == 429
    data = urlencoded(fill_in(client, clock, what="Mistake 7"))
    assert send(client, data, **{"X-Forwarded-For": "203.0.113.8"}).status_code == 303


def test_machine_with_many_ipv6_addresses_is_one_sender(client, clock, project):
    for number in range(6):
        data = urlencoded(fill_in(client, clock, what=f"Mistake {number}"))
        answer = send(client, data, **{"X-Forwarded-For": f"2001:db8:0:1::{number}"})
    assert answer.status_code == 429


def test_all_senders_together_have_a_limit(client, clock, project, settings):
    settings.REPORTS_AN_HOUR = 3
    answers = []
    for number in range(4):
        data = urlencoded(fill_in(client, clock, what=f"Mistake {number}"))
        answers.append(send(client, data, **{"X-Forwarded-For": f"203.0.113.{number}"}).status_code)
    assert answers == [303, 303, 303, 429]


def test_address_of_a_sender_is_stored_nowhere(client, clock, project):
    data = urlencoded(fill_in(client, clock))
    send(client, data, **{"X-Forwarded-For": "203.0.113.7"})
    (kept,) = Correction.objects.values()
    assert "203.0.113.7" not in str(kept)


@pytest.fixture
def with_mail(settings):
    settings.HAS_MAIL, settings.OPERATOR_MAIL = True, ["portal@example.org", "it@example.org"]


def test_report_is_mailed_to_the_operator_without_what_its_sender_wrote(client, clock, project, with_mail):
    report(client, clock, source="Page 4", email="mere@example.org")
    mails = QueuedMail.objects.order_by("id")
    assert [mail.recipient for mail in mails] == ["portal@example.org", "it@example.org"]
    assert mails[0].subject == "South-South Cooperation Portal: A reader reported a mistake"
    assert mails[0].text.splitlines() == [
        "A reader reported a mistake.",
        "",
        "Record: Rice seeds",
        "http://testserver/projects/rice-seeds/",
        "",
        "Read and answer the report:",
        f"http://testserver/admin/cooperation/correction/{Correction.objects.get().pk}/change/",
    ]


def test_report_by_a_program_is_not_mailed(client, clock, project, with_mail):
    report(client, clock, homepage="https://example.org/casino")
    assert Correction.objects.get().state == Correction.State.SPAM
    assert not QueuedMail.objects.exists()


def test_report_whose_mail_cannot_be_kept_is_not_kept_either(client, clock, project, with_mail):
    data = urlencoded(fill_in(client, clock))

    def full(execute, sql, params, many, context):
        if sql.startswith("INSERT") and QueuedMail._meta.db_table in sql:
            of_driver = sqlite3.OperationalError("database or disk is full")
            of_driver.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError("database or disk is full") from of_driver
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        assert send(client, data).status_code == 503
    assert not Correction.objects.exists()


def test_report_while_the_database_is_busy_is_not_lost(client, clock, project):
    data = urlencoded(fill_in(client, clock))

    def busy(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            of_driver = sqlite3.OperationalError("database is locked")
            of_driver.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise OperationalError("database is locked") from of_driver
        return execute(sql, params, many, context)

    with connection.execute_wrapper(busy):
        answer = send(client, data)
    assert (answer.status_code, answer["Retry-After"], Form(answer).data["what"]) == (503, "60", WHAT)
    assert (
        "Another program is writing to the registry. Try again in a minute. Your report was not taken in. "
        "Keep this page open and send it again later."
    ) in text_of(answer)


def test_control_characters_are_left_out_and_line_ends_are_one_kind(client, clock, project):
    report(client, clock, what="First\r\nsecond\rthird\x07 \u202eend\u202c\tx\x00", source="a\x1b[31mb")
    (kept,) = Correction.objects.all()
    assert (kept.what, kept.source) == ("First\nsecond\nthird end\tx", "a[31mb")


def test_markup_in_a_report_stays_text(client, clock, curator, project):
    script = "<script>alert(1)</script>{{ 7*7 }}"
    answer = report(client, clock, what=script, email="no")
    assert "<script>alert(1)" not in answer.content.decode()
    report(client, clock, what=script)
    form = curator.get(f"/admin/cooperation/correction/{Correction.objects.get().pk}/change/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in form


def hostile_values():
    values = ["\x00", "\ud800", "\r\nSet-Cookie: a=b", "x" * 50_000, "\u202e\U0001f4a9", "{% load x %}", "' OR 1=1 --"]
    return [*values, *(json.loads(NAUGHTY_STRINGS.read_text(encoding="utf-8")) if NAUGHTY_STRINGS.exists() else [])]


def test_hostile_reports_are_answered_in_words(client, clock, project, settings):
    settings.REPORTS_AN_HOUR_OF_ONE_SENDER = settings.REPORTS_AN_HOUR = 10**6
    wrong = []
    data = fill_in(client, clock)
    for number, value in enumerate(hostile_values()):
        sent = [dict.fromkeys(["what", "source", "homepage"], value)]
        if number < 50:
            sent.append({"email": value, "token": value})
        for answer in [send(client, urlencoded({**data, **texts})) for texts in sent]:
            if answer.status_code not in (200, 303) or "<script>alert" in answer.content.decode():
                wrong.append((value, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=x",
        "application/json",
        "text/plain",
        "",
        "application/x-www-form-urlencoded; charset=x",
    ],
)
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b'--x\r\nContent-Disposition: form-data; name="what"\r\n\r\n', b"{}"]
)
def test_bodies_that_are_no_form_are_refused_in_words(client, project, content_type, body):
    answer = client.generic("POST", ADDRESS, body, content_type)
    assert answer.status_code in (200, 400)
    assert "Say what is wrong" in text_of(answer) or "take in" in text_of(answer)
    assert Correction.objects.count() == 0


def test_form_with_too_many_fields_is_refused_in_words(client, project):
    answer = send(client, "&".join(f"a{number}=1" for number in range(20_000)))
    assert answer.status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(client, project, method):
    answer = getattr(client, method)(ADDRESS)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


# The desk


def make_correction(record, **fields):
    given = {"record_type": record._meta.model_name, "record_id": record.pk, "public_id": record.public_id}
    return Correction.objects.create(**{**given, "what": WHAT, "email": "mele@example.org", **fields})


def change_url(correction):
    return f"/admin/cooperation/correction/{correction.pk}/change/"


def test_curator_closes_a_case_with_an_answer_and_cannot_change_what_was_reported(curator, project):
    correction = make_correction(project)
    form = Form(curator.get(change_url(correction)))
    assert {each["name"] for each in form.controls if each.get("name")} >= {"state", "answer"}
    data = {**form.data, "state": "corrected", "answer": "The end is 2020 now.", "what": "Nothing is wrong."}
    assert curator.post(change_url(correction), data).status_code == 302
    correction.refresh_from_db()
    assert (correction.state, correction.answer, correction.what) == ("corrected", "The end is 2020 now.", WHAT)
    assert correction.closed_by.username == "ana.ruiz"
    assert timezone.now() - correction.closed < timedelta(minutes=5)


def test_case_is_not_closed_without_an_answer(curator, project):
    correction = make_correction(project)
    data = {**Form(curator.get(change_url(correction))).data, "state": "declined", "answer": " "}
    answer = curator.post(change_url(correction), data)
    assert answer.context["adminform"].form.errors == {
        "answer": ["Say what was done, or why nothing was: the next curator looks here."]
    }
    correction.refresh_from_db()
    assert (correction.state, correction.closed) == ("open", None)


def test_case_that_is_opened_again_is_not_closed_by_anybody(curator, project):
    correction = make_correction(project, state="declined", answer="It is right.", closed=timezone.now())
    curator.post(change_url(correction), {**Form(curator.get(change_url(correction))).data, "state": "open"})
    correction.refresh_from_db()
    assert (correction.state, correction.closed, correction.closed_by) == ("open", None, None)


def test_list_of_cases_leads_to_the_records_and_asks_as_often_for_twenty_as_for_one(
    curator, project, django_assert_max_num_queries
):
    for number in range(20):
        make_correction(project, what=f"Mistake {number}")
    with django_assert_max_num_queries(12):
        page = read(curator, "/admin/cooperation/correction/")
    assert page.links.count(f"/admin/cooperation/project/{project.pk}/change/") == 20


def test_nobody_adds_a_case_in_the_admin(curator):
    assert curator.get("/admin/cooperation/correction/add/").status_code == 403


def test_case_of_a_record_that_is_gone_can_still_be_read(curator, project):
    correction = make_correction(project)
    project.delete()
    assert WHAT in read(curator, change_url(correction)).text


# What is not kept


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def test_closed_case_loses_what_was_written_after_90_days_and_open_ones_lose_nothing(project, capsys):
    closed = {"state": "corrected", "answer": "The end is 2020 now.", "source": "Annual report"}
    old = make_correction(project, received=days_ago(200), closed=days_ago(91), **closed)
    fresh = make_correction(project, received=days_ago(200), closed=days_ago(89), **closed)
    still_open = make_correction(project, received=days_ago(400))
    make_correction(project, received=days_ago(91), state="spam")
    fresh_spam = make_correction(project, received=days_ago(89), state="spam")
    call_command("tidy_desk")
    assert capsys.readouterr().out == "1 closed cases emptied, 1 of spam deleted, files of 0 imports deleted.\n"
    found = {each.pk: (each.what, each.source, each.email, each.answer) for each in Correction.objects.all()}
    assert found == {
        old.pk: ("", "", "", "The end is 2020 now."),
        fresh.pk: (WHAT, "Annual report", "mele@example.org", "The end is 2020 now."),
        still_open.pk: (WHAT, "", "mele@example.org", ""),
        fresh_spam.pk: (WHAT, "", "mele@example.org", ""),
    }


def test_time_until_a_closed_case_is_emptied_is_a_setting_and_the_form_names_it(client, project, settings):
    settings.CORRECTION_RETENTION_DAYS = 1
    correction = make_correction(project, state="declined", answer="It is right.", closed=days_ago(2))
    call_command("tidy_desk", verbosity=0)
    correction.refresh_from_db()
    assert correction.email == ""
    assert "both are deleted 1 day after the case is closed" in read(client, ADDRESS).text


def test_file_of_an_import_is_deleted_after_30_days(capsys):
    old, fresh = (
        ImportBatch.objects.create(record_type="project", file_name="a.csv", content=b"title", digest="0", made=made)
        for made in (days_ago(31), days_ago(29))
    )
    call_command("tidy_desk")
    assert "files of 1 imports deleted" in capsys.readouterr().out
    assert [bytes(ImportBatch.objects.get(pk=each.pk).content) for each in (old, fresh)] == [b"", b"title"]


def test_desk_is_tidied_a_second_time_without_a_change(project, capsys):
    make_correction(project, closed=days_ago(91), state="declined", answer="It is right.")
    call_command("tidy_desk", verbosity=0)
    capsys.readouterr()
    call_command("tidy_desk")
    assert capsys.readouterr().out == "0 closed cases emptied, 0 of spam deleted, files of 0 imports deleted.\n"


@pytest.mark.slow
def test_report_link_asks_search_engines_to_leave_it_alone(client):
    for record in make_one_of_each():
        (link,) = [
            each for each in read(client, record.get_absolute_url()).all("a") if each["href"].endswith("/report/")
        ]
        assert link["rel"] == "nofollow"
