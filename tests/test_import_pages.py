"""Imports in the admin: a file is uploaded, shown row by row, carried out as shown, and undone as a whole."""

import csv
import io
import logging

import pytest
import xlsxwriter
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cooperation.models import Edit, ImportBatch, Project, PublicationStatus
from cooperation.spreadsheet import from_text
from tests.admin_form import Form
from tests.builders import make_country, make_project
from tests.iati_files import activity_xml, file_of

pytestmark = pytest.mark.django_db

IMPORTS = "/admin/cooperation/importbatch/"
UPLOAD = f"{IMPORTS}add/"
TITLES = [
    "Cotton growers of Peru and Tonga learn from each other",
    "Mangrove nurseries on the outer atolls of Kiribati",
]
TABLE = f'title,official_id,summary\r\n"{TITLES[0]}",PE-17,Two exchanges a year.\r\n{TITLES[1]},KI-4,\r\n'


def activity(number, title, **parts):
    return activity_xml(
        identifier=f"<iati-identifier>PE-{number}</iati-identifier>",
        title=f"<title><narrative>{title}</narrative></title>",
        **parts,
    )


def iati(*titles):
    return file_of(*(activity(number, title) for number, title in enumerate(titles, start=1)))


def upload(client, content, record_type="project", name="projects.csv"):
    """The page that follows the upload of a file."""
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post(UPLOAD, {"record_type": record_type, "file": file}, follow=True)


def address(batch=None, suffix="change/"):
    return f"{IMPORTS}{(batch or ImportBatch.objects.get()).pk}/{suffix}"


def carry_out(client, preview):
    """The page that follows the button of a preview."""
    return client.post(
        address(suffix="carry-out/"), {"fingerprint": preview.context["preview"].fingerprint}, follow=True
    )


def outcomes(preview):
    return [(row.line, row.outcome, row.title) for row, _duplicates, _options in preview.context["rows"]]


def said(response):
    return [str(message) for message in response.context["messages"]]


def text(response):
    """What a page says, in one line."""
    return " ".join(response.content.decode().split())


def draft(title, **fields):
    return make_project(title, **{"publication_status": "draft", **fields})


def signed_in(name, *permissions):
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def importer():
    """Somebody who may enter and import projects, but not publish."""
    return signed_in("luis.paz", "add_importbatch", "add_project", "change_project", "view_project")


def test_a_table_is_shown_row_by_row_and_nothing_is_written(curator):
    preview = upload(curator, TABLE)
    assert outcomes(preview) == [(2, "new", TITLES[0]), (3, "new", TITLES[1])]
    assert 'value="Carry out: 2 new drafts"' in text(preview)
    assert Project.objects.count() == 0
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.by.username, batch.state) == ("projects.csv", "ana.ruiz", "read")


@pytest.mark.slow
def test_carrying_out_makes_drafts_in_one_edit_and_keeps_no_content(curator):
    result = carry_out(curator, upload(curator, TABLE))
    batch = ImportBatch.objects.get()
    assert said(result) == ["Carried out: 2 new drafts."]
    assert list(Project.objects.order_by("pk").values_list("title", "publication_status")) == [
        (title, "draft") for title in TITLES
    ]
    assert (batch.state, bytes(batch.content), batch.summary) == ("done", b"", "2 new drafts")
    assert (batch.edit.kind, batch.edit.by.username, batch.edit.what) == ("import", "ana.ruiz", "projects.csv")
    assert [(str(record), is_new) for record, _name, is_new, _address in result.context["rows"]] == [
        (title, True) for title in TITLES
    ]
    assert curator.get(result.context["rows"][0][3]).context["original"].title == TITLES[0]


@pytest.mark.slow
def test_the_whole_import_is_undone_with_a_reason(curator):
    old = draft(TITLES[1], official_id="KI-4", summary="Nurseries.")
    carry_out(curator, upload(curator, TABLE.replace("KI-4,", "KI-4,Planting and nurseries.")))
    old.refresh_from_db()
    assert (Project.objects.count(), old.summary) == (2, "Planting and nurseries.")
    page = curator.post(address(suffix="undo/"), {"reason": " "})
    assert page.context["form"].errors == {"reason": ["This field is required."]}
    result = curator.post(address(suffix="undo/"), {"reason": "The file was an old version."}, follow=True)
    assert said(result) == ["The import was undone: everything is as it was before it."]
    old.refresh_from_db()
    assert list(Project.objects.values_list("title", "summary")) == [(TITLES[1], "Nurseries.")]
    undone = Edit.objects.get(kind=Edit.Kind.UNDO)
    batch = ImportBatch.objects.get()
    assert (undone.reason, undone.undoes, batch.state) == ("The file was an old version.", batch.edit, "undone")


@pytest.mark.slow
def test_an_import_whose_records_were_changed_since_is_not_undone(curator):
    carry_out(curator, upload(curator, TABLE))
    changed = Project.objects.get(official_id="KI-4")
    changed.summary = "Nurseries on four atolls."
    changed.save()
    asked = curator.get(address(suffix="undo/"))
    page = curator.post(address(suffix="undo/"), {"reason": "Wrong file."})
    assert asked.context["problems"] == page.context["problems"] == [f"“{TITLES[1]}” has been changed since."]
    assert "It cannot be undone as things are." in asked.content.decode()
    assert "Nothing was undone." in page.content.decode()
    assert Project.objects.count() == 2
    assert ImportBatch.objects.get().state == "done"


@pytest.mark.slow
def test_what_was_not_shown_is_not_carried_out(curator):
    preview = upload(curator, TABLE)
    draft(TITLES[1], official_id="KI-4", summary="Nurseries.")
    result = carry_out(curator, preview)
    assert said(result) == [
        "Nothing was written: the registry has changed since you saw the preview. Now the file brings 1 new draft. "
        "Look at the rows again, then carry it out."
    ]
    assert outcomes(result) == [(2, "new", TITLES[0]), (3, "unchanged", TITLES[1])]
    assert Project.objects.count() == 1
    assert said(carry_out(curator, result))[-1] == "Carried out: 1 new draft."


@pytest.mark.slow
def test_an_import_is_carried_out_once(curator):
    preview = upload(curator, TABLE)
    carry_out(curator, preview)
    again = carry_out(curator, preview)
    assert said(again) == ["Nothing was written: this import was carried out already."]
    assert Project.objects.count() == 2


@pytest.mark.slow
def test_the_same_file_again_is_said_to_be_carried_out_and_brings_nothing_new(curator):
    carry_out(curator, upload(curator, TABLE))
    preview = upload(curator, TABLE, name="copy.csv")
    assert "This file was carried out already, by ana.ruiz on" in text(preview)
    assert "The file brings nothing new." in text(preview)
    assert {outcome for _line, outcome, _title in outcomes(preview)} == {"unchanged"}


def test_rows_with_errors_are_left_out_and_said_to_be(curator):
    preview = upload(curator, "title,start\nMangroves for Kiribati,2019\nCotton for Tonga,soon\nRice, maize,2020\n")
    assert outcomes(preview) == [
        (2, "new", "Mangroves for Kiribati"),
        (3, "error", "Cotton for Tonga"),
        (4, "error", "Rice"),
    ]
    assert "2 rows with errors will be left out: correct them in the file, and import the file again." in text(preview)
    assert said(carry_out(curator, preview)) == ["Carried out: 1 new draft, 2 rows with errors left out."]
    assert Project.objects.get().title == "Mangroves for Kiribati"


def test_errors_are_downloaded_with_their_own_cells_and_safe_in_spreadsheets(curator):
    upload(curator, "title,start\n=1+1,soon\nRice, maize,2020\nMangroves,2019\n")
    answer = curator.get(address(suffix="errors.csv"))
    assert answer["Content-Disposition"].startswith("attachment;")
    raw = answer.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(raw, newline="")))
    assert lines[0] == ["sheet", "row", "column", "reason", "title", "start", ""]
    assert [(line[1], line[2], line[4:]) for line in lines[1:]] == [
        ("2", "start", ["'=1+1", "soon", ""]),
        ("2", "", ["'=1+1", "soon", ""]),
        ("3", "", ["Rice", " maize", "2020"]),
    ]
    assert lines[2][3] == "Modality: not stated. Choose it before the record is published."
    assert from_text(lines[1][4]) == "=1+1"


@pytest.mark.slow
def test_rows_are_filtered_by_outcome_and_shown_a_hundred_a_page(curator):
    lines = [f"Project {number},{'soon' if number % 50 == 0 else 2019}" for number in range(1, 251)]
    upload(curator, "\n".join(["title,start", *lines]))
    first = curator.get(address())
    assert [(label, number) for _value, label, number, _is_chosen in first.context["filters"]][:3] == [
        ("all", 250),
        ("new", 245),
        ("error", 5),
    ]
    assert [line for line, _outcome, _title in outcomes(first)] == list(range(2, 102))
    assert [line for line, _outcome, _title in outcomes(curator.get(address() + "?page=3"))] == list(range(202, 252))
    errors = curator.get(address() + "?show=error")
    assert [line for line, _outcome, _title in outcomes(errors)] == [51, 101, 151, 201, 251]


@pytest.mark.slow
def test_a_preview_asks_the_database_as_often_for_many_rows_as_for_few(curator):
    numbers = []
    for total in (10, 100):
        Project.objects.all().delete()
        upload(curator, "\n".join(["title", *(f"Cotton school {number} of Piura" for number in range(total))]))
        for number in range(0, total, 2):
            draft(f"Cotton school {number} of Piura, Peru", slug=f"cotton-{number}")
        batch = ImportBatch.objects.latest("pk")
        with CaptureQueriesContext(connection) as queries:
            page = curator.get(address(batch))
        assert len(page.context["preview"].rows) == total
        assert page.context["rows"][0][1]  # what it is like
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


@pytest.mark.slow
def test_a_header_is_given_another_column(curator):
    preview = upload(curator, "title,What happens\nMangroves for Kiribati,Nurseries.\n")
    uses = {use.header: (name, use.column) for name, use in preview.context["headers"]}
    assert uses["What happens"][1] == ""
    kept = curator.post(address(), {uses["What happens"][0]: "summary"}, follow=True)
    assert {use.header: use.column for _name, use in kept.context["headers"]}["What happens"] == "summary"
    carry_out(curator, kept)
    assert Project.objects.get().summary == "Nurseries."


def test_a_column_that_was_not_offered_is_not_kept(curator):
    preview = upload(curator, "title,What happens\nMangroves for Kiribati,published\n")
    curator.post(address(), {preview.context["headers"][1][0]: "publication_status"})
    curator.post(address(), {"row-:2": "update:nothing"})
    assert ImportBatch.objects.get().choices == {"columns": {}, "rows": {}}


@pytest.mark.slow
def test_a_row_like_a_record_is_joined_to_it_or_left_out(curator):
    old = draft("Mangrove nurseries on the atolls of Kiribati and Tuvalu", summary="Nurseries.")
    preview = upload(
        curator, "title,summary\nMangrove nurseries on the atolls of Tuvalu and Kiribati,Planting.\nCotton for Tonga,\n"
    )
    (near, form), options = preview.context["rows"][0][1][0], preview.context["rows"][0][2]
    assert (near.record, form) == (old, f"/admin/cooperation/project/{old.pk}/change/")
    assert [value for value, _label in options] == ["", "create", f"update:{old.slug}", "skip"]
    joined = curator.post(address(), {"row-:2": f"update:{old.slug}"}, follow=True)
    assert outcomes(joined)[0][1] == "changed"
    left_out = curator.post(address(), {"row-:2": "skip"}, follow=True)
    assert outcomes(left_out)[0][1] == "skipped"
    assert 'value="Carry out: 1 new draft"' in text(left_out)


@pytest.mark.slow
def test_a_row_that_means_the_same_as_another_is_created_only_if_chosen(curator):
    preview = upload(curator, "title,start\nMangroves for Kiribati,2019\nMangroves for Kiribati,2019\n")
    assert outcomes(preview) == [(2, "new", "Mangroves for Kiribati"), (3, "error", "Mangroves for Kiribati")]
    chosen = curator.post(address(), {"row-:3": "create"}, follow=True)
    assert [outcome for _line, outcome, _title in outcomes(chosen)] == ["new", "new"]
    withdrawn = curator.post(address(), {"row-:3": ""}, follow=True)
    assert [outcome for _line, outcome, _title in outcomes(withdrawn)] == ["new", "error"]


@pytest.mark.slow
def test_rows_of_partners_are_counted_as_the_record_that_they_belong_to(curator):
    make_country("TON")
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        book.add_worksheet("projects").write_column(0, 0, ["title", "Mangroves for Kiribati"])
        partners = book.add_worksheet("projects.partners")
        for line, cells in enumerate(
            [["project", "role", "country"], ["mangroves-for-kiribati", "beneficiary", "TON"]]
        ):
            partners.write_row(line, 0, cells)
    preview = upload(curator, output.getvalue(), name="projects.xlsx")
    assert [(row.sheet, row.line) for row, _duplicates, _options in preview.context["rows"]] == [
        ("projects", 2),
        ("projects.partners", 2),
    ]
    assert 'value="Carry out: 1 new draft"' in text(preview)
    carry_out(curator, preview)
    assert Project.objects.get().participations.get().country.iso3 == "TON"


@pytest.mark.slow
def test_activities_of_iati_go_the_same_way(curator):
    preview = upload(curator, iati(*TITLES), "iati", "activities.xml")
    assert outcomes(preview) == [(3, "new", TITLES[0]), (20, "new", TITLES[1])]
    assert "The file is valid IATI 2.03 and holds 2 activities." in text(preview)
    assert said(carry_out(curator, preview)) == ["Carried out: 2 new drafts."]
    batch = ImportBatch.objects.get()
    assert (batch.edit.kind, batch.edit.by.username, batch.edit.what) == ("import", "ana.ruiz", "activities.xml")
    curator.post(address(), {})
    curator.post(address(suffix="undo/"), {"reason": "Wrong file."})
    assert Project.objects.count() == 0


@pytest.mark.slow
def test_an_activity_like_a_record_may_be_left_out(curator):
    old = draft(TITLES[1])
    preview = upload(curator, iati(*TITLES), "iati", "activities.xml")
    assert [near.record for near, _address in preview.context["rows"][1][1]] == [old]
    left_out = curator.post(address(), {"row-:20": "skip"}, follow=True)
    assert [outcome for _line, outcome, _title in outcomes(left_out)] == ["new", "skipped"]
    carry_out(curator, left_out)
    assert Project.objects.exclude(pk=old.pk).get().title == TITLES[0]


@pytest.mark.slow
def test_published_records_are_only_changed_by_who_may_publish(curator, importer):
    for record_type, content in (
        ("iati", iati(TITLES[0])),
        ("project", f"title,iati_identifier,summary\n{TITLES[0]},PE-1,New.\n"),
    ):
        Project.objects.all().delete()
        draft("Cotton growers", iati_identifier="PE-1", publication_status=PublicationStatus.PUBLISHED)
        assert [row[1] for row in outcomes(upload(curator, content, record_type))] == ["changed"]
        assert [row[1] for row in outcomes(upload(importer, content, record_type))] == ["error"]


def test_an_import_of_records_that_are_public_now_is_not_undone_by_who_may_not_publish(importer, caplog):
    carry_out(importer, upload(importer, TABLE))
    Project.objects.update(publication_status=PublicationStatus.PUBLISHED)
    caplog.set_level(logging.WARNING)
    page, answer = importer.get(address()), importer.post(address(suffix="undo/"), {"reason": "Wrong file."})
    assert [each.status_code for each in (page, answer)] == [200, 403]
    sentence = "Some of its records are published: only somebody who may publish can undo this import."
    assert [sentence in each.content.decode() for each in (page, answer)] == [True, True]
    assert address(suffix="undo/") not in page.content.decode()
    assert Project.objects.count() == 2
    assert caplog.messages[0] == f"luis.paz may not undo the import {ImportBatch.objects.get().pk}"


@pytest.mark.slow
def test_only_who_may_enter_such_records_imports_them(curator, caplog):
    caplog.set_level(logging.WARNING)
    viewer = signed_in("eva.sol", "view_importbatch", "view_project")
    assert upload(viewer, TABLE).status_code == 403
    assert ImportBatch.objects.count() == 0
    preview = upload(curator, TABLE)
    seen = viewer.get(address())
    assert outcomes(seen) == outcomes(preview)
    assert "Carry out" not in text(seen)
    assert carry_out(viewer, preview).status_code == 403
    assert viewer.post(address(), {"row-:2": "skip"}).status_code == 403
    assert Project.objects.count() == 0
    batch = ImportBatch.objects.get()
    assert [message for message in caplog.messages if message.startswith("eva.sol")] == [
        "eva.sol may not import files",
        f"eva.sol may not carry out the import {batch.pk}",
        f"eva.sol may not choose in the import {batch.pk}",
    ]
    outsider = signed_in("jo.lee", "view_project")
    assert [outsider.get(each).status_code for each in (address(), address(suffix="errors.csv"), UPLOAD)] == [403] * 3


def test_an_importer_is_offered_only_the_records_that_they_may_enter(importer):
    page = importer.get(UPLOAD)
    assert list(Form(page).options["record_type"]) == ["project", "iati"]
    refused = upload(importer, "name\nAgency of Peru\n", "agency")
    assert refused.context["form"].errors.keys() == {"record_type"}
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "record_type", "sentence"),
    [
        (b"", "project", "The file is empty. Save it again from where the table is."),
        (b"title\n" + b"x" * 5_000_000, "project", "The file is larger than 5 MB. Divide it into several."),
        (b"<iati-activities>" + b" " * 20_000_000, "iati", "The file is larger than 20 MB. Divide it into several."),
        (
            b"title\nCot\0ton",
            "project",
            "Line 2 holds a NUL character, which no table has. Save the file again as “CSV UTF-8”.",
        ),
        (
            b"title\nCotton",
            "iati",
            "This is not an XML file: it begins with “title”. Import the IATI file in XML.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words_and_not_kept(curator, content, record_type, sentence):
    assert upload(curator, content, record_type).context["form"].errors == {"file": [sentence]}
    assert ImportBatch.objects.count() == 0


def test_names_of_files_may_be_anything(curator):
    upload(curator, TABLE, name=f"{'long' * 60}\x07‮.csv")
    batch = ImportBatch.objects.get()
    assert len(batch.file_name) <= 200
    assert batch.file_name.isprintable()
    assert batch.file_name.endswith(".csv")


@pytest.mark.parametrize("suffix", ["change/", "errors.csv", "undo/"])
def test_numbers_of_no_import_are_not_found(curator, suffix):
    for number in ("7", "0", "-1", "x", "9" * 30, "７"):
        assert curator.get(f"{IMPORTS}{number}/{suffix}").status_code == 404


def test_carrying_out_needs_a_form_of_our_own(curator, importer):
    preview = upload(importer, TABLE)
    assert importer.get(address(suffix="carry-out/")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="luis.paz"))
    sent = strict.post(address(suffix="carry-out/"), {"fingerprint": preview.context["preview"].fingerprint})
    assert sent.status_code == 403
    assert Project.objects.count() == 0


@pytest.mark.slow
def test_the_list_of_imports_says_who_brought_what_and_what_came_of_it(curator):
    carry_out(curator, upload(curator, TABLE))
    page = curator.get(IMPORTS)
    (row,) = page.context["cl"].result_list
    assert (row.file_name, row.by.username, row.get_state_display(), row.summary) == (
        "projects.csv",
        "ana.ruiz",
        "Carried out",
        "2 new drafts",
    )
    assert f'href="{address()}"' in text(page)
    assert f'href="{UPLOAD}"' in text(page)


def test_content_that_is_no_longer_kept_is_said_to_be_gone(curator):
    upload(curator, TABLE)
    ImportBatch.objects.update(content=b"")
    assert "The content of this file is no longer kept. Upload it again." in text(curator.get(address()))
    again = curator.post(address(suffix="carry-out/"), {"fingerprint": "x"}, follow=True)
    assert said(again) == ["The content of this file is no longer kept. Upload it again."]
