"""What hostile files cost: refused within half a second and 50 MB, and nothing is read from disk or network."""

import json
import os
import random
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from tests.iati_files import DATA, PLAIN, activity_xml, file_of, needs_data

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

MOST_SECONDS, MOST_MEGABYTES = 0.5, 50
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = '<iati-activities version="2.03" xmlns:x="urn:x">\n'
END = "</iati-activities>\n"
DOCTYPE = (
    "Line %s: the file has a DOCTYPE, through which a file can do harm. IATI does not use it: "
    "ask the publisher for a file without it."
)


def with_doctype(doctype, reference=""):
    return f"{HEAD}{doctype}\n{PLAIN.partition(chr(10))[2]}".replace("Piura", f"Piura {reference}")


def hostile_files(server, pipe):
    """`{name: (content, how the sentence begins)}`. `server` and `pipe` are addresses to be left alone."""
    laughs = "".join(f'<!ENTITY l{n} "{"&l%s;" % (n - 1) * 10}">' for n in range(1, 10))
    attributes = " ".join(f'a{n}=""' for n in range(1_000_000))
    wide = f'<!ENTITY wide "{"x" * 100_000}">'
    foreign = activity_xml(results="%s")
    reader = random.Random(2026)
    whole = file_of(*[activity_xml()] * 2_000)
    return {
        "billion laughs": (with_doctype(f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]>', "&l9;"), DOCTYPE % 2),
        "quadratic blow-up": (with_doctype(f"<!DOCTYPE a [{wide}]>", "&wide;" * 50_000), DOCTYPE % 2),
        "file entity": (with_doctype(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{pipe}">]>', "&x;"), DOCTYPE % 2),
        "http entity": (with_doctype(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{server}">]>', "&x;"), DOCTYPE % 2),
        "external DTD": (with_doctype(f'<!DOCTYPE a SYSTEM "{server}">'), DOCTYPE % 2),
        "DTD in a file": (with_doctype(f'<!DOCTYPE a SYSTEM "{pipe}">'), DOCTYPE % 2),
        "parameter entity": (with_doctype(f'<!DOCTYPE a [<!ENTITY % p SYSTEM "{server}"> %p;]>'), DOCTYPE % 2),
        "late DOCTYPE": (with_doctype("<!-- > -->\n<?x > ?>\n\n<!DOCTYPE a [<!ENTITY x 'y'>]>", "&x;"), DOCTYPE % 5),
        "UTF-16 DOCTYPE": (
            with_doctype("<!DOCTYPE a [<!ENTITY x 'y'>]>", "&x;").replace("UTF-8", "UTF-16").encode("utf-16"),
            DOCTYPE % 2,
        ),
        "UTF-7 DOCTYPE": (
            with_doctype("<!DOCTYPE a>").replace("UTF-8", "UTF-7").encode().replace(b"<!D", b"+ADw-+ACE-D"),
            "The file says that it is written in “utf-7”",
        ),
        "deep": (HEAD + ROOT + "<a>" * 100_000, "Line 3: elements stand in each other more than 256 deep"),
        "deep and closed": (
            HEAD + ROOT + foreign % ("<x:a>" * 100_000 + "</x:a>" * 100_000) + END,
            "Line 19: elements stand in each other more than 256 deep",
        ),
        "a million attributes": (
            HEAD + ROOT + f"<iati-activity {attributes}/>" + END,
            "Line 3: an element has more than 1,000 attributes",
        ),
        "a million activities": (
            HEAD + ROOT + "<iati-activity/>\n" * 1_000_000 + END,
            "Line 3: <iati-activity> is not complete: it lacks <iati-identifier>.",
        ),
        "a million names": (
            HEAD + ROOT + "".join(f"<n{n}/>" for n in range(1_000_000)) + END,
            "Line 3: <n0> stands where IATI 2.03 expects <iati-activity>",
        ),
        "a million prefixes": (HEAD + ROOT + "<u:a/>\n" * 1_000_000 + END, "Line 3: the prefix “u:” is used"),
        "a million instructions": (HEAD + "<?a b?>" * 1_000_000 + ROOT + END, "The file begins with a long comment"),
        "a million comments": (
            HEAD + ROOT + "<!-- -->" * 1_000_000 + END,
            "Line 2: <iati-activities> is not complete: it lacks <iati-activity>.",
        ),
        "a long text": (HEAD + ROOT + foreign % f"<x:a>{'y' * 12_000_000}</x:a>" + END, "Line "),
        "a long attribute": (HEAD + ROOT + f'<a b="{"x" * 12_000_000}"/>' + END, "Line 3: something in it is longer"),
        "a million brackets": ("<" * 1_000_000, "The file ends in the middle"),
        "a million quotes": ("<a " + '"' * 1_000_000, "Line 1: an element has more than 1,000 attributes"),
        "NUL": (PLAIN.replace("Piura", "Piu\x00ra"), "Line 7: a character stands there that XML does not allow."),
        "latin-1 in UTF-8": (PLAIN.replace("Piura", "Perú").encode("latin-1"), "Line 7: a character is not in the enc"),
        "UTF-16 as UTF-8": (PLAIN.encode("utf-16"), "The file is written in UTF-16, but says “utf-8”."),
        **{
            f"truncated at {place}": (whole[:place], "")
            for place in reader.sample(range(60, len(whole) - len(END)), 12)
        },
        "late fault": (
            whole.replace(b"</iati-activities>", b"<iati-activity/></iati-activities>"),
            "Line 34003: <iati-activity> is not complete",
        ),
    }


def examined(files, folder):
    """`{name: what it took}` of `{name: content}`, examined by a program of its own."""
    paths = []
    for name, content in files.items():
        paths.append(folder / name)
        paths[-1].write_bytes(content if isinstance(content, bytes) else content.encode())
    program = [sys.executable, "-m", "tests.examining", *paths]
    result = subprocess.run(program, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120)
    assert result.stderr == ""
    reports = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(reports) == len(files)
    return {report["name"]: report for report in reports}


def costs_too_much(report):
    return report["seconds"] > MOST_SECONDS or report["megabytes"] > MOST_MEGABYTES or report["attempts"] != []


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """`(files, reports, whether anything came to the server)` of all hostile files."""
    folder = tmp_path_factory.mktemp("hostile")
    pipe = folder / "pipe"
    # Whoever opens it to read waits for ever.
    os.mkfifo(pipe)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        files = hostile_files(f"http://127.0.0.1:{server.getsockname()[1]}/x", pipe)
        reports = examined({name: content for name, (content, _sentence) in files.items()}, folder)
        try:
            connection, _address = server.accept()
            connection.close()
            was_asked = True
        except BlockingIOError:
            was_asked = False
    return files, reports, was_asked


def test_hostile_files_are_refused_with_reason_and_line(hostile):
    files, reports, _was_asked = hostile
    wrong = [
        (name, reports[name]["sentence"])
        for name, (_content, sentence) in files.items()
        if reports[name]["is_accepted"] or not reports[name]["sentence"].startswith(sentence)
    ]
    assert wrong == []
    assert [name for name, report in reports.items() if report["line"] is None] == []


def test_hostile_files_cost_neither_time_nor_memory_and_reach_nothing(hostile):
    _files, reports, was_asked = hostile
    assert {name: report for name, report in reports.items() if costs_too_much(report)} == {}
    assert not was_asked


def test_a_truncated_file_is_said_to_be_cut_off_or_names_what_is_not_closed(hostile):
    _files, reports, _was_asked = hostile
    sentences = [report["sentence"] for name, report in reports.items() if name.startswith("truncated")]
    assert len(sentences) == 12
    assert [each for each in sentences if "ends in the middle" not in each and "is never closed" not in each] == []


def test_addresses_in_a_valid_file_lead_nowhere(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        results = f'<i:include href="file://{pipe}" parse="text"/><i:include href="{address}"/>'
        namespaces = (
            'xmlns:i="http://www.w3.org/2001/XInclude" xmlns:s="http://www.w3.org/2001/XMLSchema-instance" '
            f's:noNamespaceSchemaLocation="{address}" s:schemaLocation="urn:x {pipe}"'
        )
        content = file_of(activity_xml(results=results), namespaces=namespaces).decode()
        content = content.replace("?>\n", f'?>\n<?xml-stylesheet type="text/xsl" href="{address}"?>\n')
        report = examined({"file.xml": content}, tmp_path)["file.xml"]
        with pytest.raises(BlockingIOError):
            server.accept()
    assert report["sentence"] == "The file is valid IATI 2.03 and holds 1 activity."
    assert not costs_too_much(report)


@needs_data
def test_the_hostile_collection_is_refused_as_its_notes_demand(tmp_path):
    files = {path.name: path.read_bytes() for path in (DATA / "fuzz" / "xml").glob("*.xml")}
    reports = examined(files, tmp_path)
    accepted = "The file is valid IATI 2.03 and holds 1 activity."
    assert {name: report["sentence"] for name, report in reports.items()} == {
        "billion_laughs.xml": DOCTYPE % 2,
        "control_char.xml": "Line 5: a character stands there that XML does not allow. Delete it.",
        "doctype_only.xml": DOCTYPE % 2,
        "empty.xml": "The file is empty. Download it again.",
        "formula_in_title.xml": accepted,
        "html_error_page_named.xml": "This is a web page, not an IATI file: the address led to a page. "
        "Download the file itself.",
        "internal_entity_harmless.xml": DOCTYPE % 2,
        "processing_instruction_stylesheet.xml": accepted,
        "script_in_title.xml": accepted,
        "truncated.xml": "The file ends in the middle, in line 6: download it again.",
        "xxe_file_general_entity.xml": DOCTYPE % 2,
        "xxe_http_external_dtd.xml": DOCTYPE % 2,
    }
    assert {name: report for name, report in reports.items() if costs_too_much(report)} == {}
