"""What files are accepted as IATI, and what is said of the others."""

import csv
import gzip

import pytest

from cooperation.imports.iati_file import MOST_BYTES, examine
from tests.iati_files import DATA, PLAIN, needs_data, real_file

pytestmark = pytest.mark.any_database


def validation_rows():
    with (DATA / "iati" / "VALIDATION.tsv").open(newline="") as table:
        return [
            {**row, "path": DATA / row["file"].replace("iati/dev/", "iati/", 1)}
            for row in csv.DictReader(table, delimiter="\t")
        ]


@needs_data
def test_every_file_of_the_suites_has_the_verdict_of_their_table():
    rows = [row for row in validation_rows() if row["path"].exists()]
    wrong = []
    for row in rows:
        verdict = examine(row["path"].read_bytes())
        found = (verdict.is_wellformed, verdict.is_valid)
        if found != (row["wellformed"] == "yes", row["valid_203"] == "yes"):
            wrong.append((row["file"], found, verdict.sentence))
    assert wrong == []
    assert len(rows) > 600


@needs_data
def test_every_file_of_the_suites_is_in_their_table():
    tabled = {row["path"] for row in validation_rows()}
    assert [path for path in (DATA / "iati").rglob("*.xml") if path not in tabled] == []


@needs_data
def test_valid_activities_of_the_suites_are_accepted_and_nothing_else():
    wrong = []
    for row in validation_rows():
        if row["path"].exists():
            verdict = examine(row["path"].read_bytes())
            may_pass = (row["root"], row["valid_203"]) == ("iati-activities", "yes") and row["version"] in (
                "2.01",
                "2.02",
                "2.03",
            )
            if verdict.is_accepted != may_pass or (may_pass and verdict.activities != int(row["activities"])):
                wrong.append((row["file"], verdict))
    assert wrong == []


@needs_data
def test_every_file_of_the_suites_gets_a_sentence_for_people():
    noise = ("{", "}", "Element '", "xs:", "b'", "None")
    for path in sorted((DATA / "iati").rglob("*.*")):
        if path.is_dir():
            continue
        sentence = examine(path.read_bytes()).sentence
        assert sentence.endswith("."), path
        assert sentence[:1].isupper() or sentence[:1] == "“", path
        assert [mark for mark in noise if mark in sentence] == [], sentence


@needs_data
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("real/who-bra.xml", "The file is valid IATI 2.03 and holds 134 activities."),
        ("real/acfspain-co.xml", "The file is valid IATI 2.02 and holds 1 activity."),
        ("org/3fi-org.xml", "This file holds organisations, not activities. Import an activities file."),
        ("legacy-1.x/worldbank.xml", "IATI 1.0 is no longer in use: ask the publisher for 2.03."),
        ("real/pwyf-dfid-ml.xml", "IATI 1.02 is no longer in use: ask the publisher for 2.03."),
        (
            "real/pwyf-good.xml",
            "The file does not say its IATI version. Ask the publisher for a file of version 2.03.",
        ),
        (
            "real/dportal-test_activities.xml",
            "The file is wrapped in <result>: take the <iati-activities> element out and save it as a file.",
        ),
        (
            "legacy-1.x/worked-example.xml",
            "The file holds one activity without <iati-activities> around it. Ask the publisher for the whole file, "
            "which begins with <iati-activities>.",
        ),
        (
            "real/dportal-frankenstein.xml",
            "Line 2299: the prefix “iati-activities:” is used, but xmlns:iati-activities is not declared. "
            "Ask the publisher to declare it.",
        ),
        (
            "real/pwyf-test_01_be-dgd-2021_1.xml",
            "Line 15: <participating-org> stands where IATI 2.03 expects <description>: an element is missing, "
            "misplaced, given once too often or not known.",
        ),
        (
            "real/oipa-media-5e87f792-3d59-4f06-afcf-a8efa8523553.xml",
            "Line 99: <capital-spend> lacks the attribute “percentage”. Ask the publisher to add it.",
        ),
        (
            "suite-rules-xslt/12.3.2.xml",
            "Line 163: the attribute “percentage” of <sector> is “&50”. It must be a number such as 1250.50.",
        ),
        (
            "suite-validator/integration/iati-act-atLeastOne-error-05.xml",
            "Line 323: <title> is not complete: it lacks <narrative>. Ask the publisher to add it.",
        ),
        (
            "suite-cove/basic_iati_org_valid.xlsx",
            "This is a ZIP file or an Excel workbook, not an XML file. Import the IATI file in XML.",
        ),
    ],
)
def test_a_published_file_is_accepted_or_refused_in_words(name, sentence):
    assert examine(real_file(name).read_bytes()).sentence == sentence


@pytest.mark.parametrize(
    ("content", "sentence", "line"),
    [
        ("", "The file is empty. Download it again.", None),
        (" \n ", "The file is empty. Download it again.", None),
        (
            "iati-identifier;title\n1;Cotton\n",
            "This is not an XML file: it begins with “iati-identifier;title”. Import the IATI file in XML.",
            1,
        ),
        (
            "<!DOCTYPE html><html><body>504</body></html>",
            "This is a web page, not an IATI file: the address led to a page. Download the file itself.",
            1,
        ),
        (
            "\n" + PLAIN,
            "Line 2: something stands before <?xml …?>, which must come first. Delete the empty lines above it.",
            2,
        ),
        (
            PLAIN.replace("</title>", "</titel>"),
            "Line 5: </titel> closes the element <title> of line 5. Ask the publisher for a whole file.",
            5,
        ),
        (
            PLAIN.replace("Tonga", "Tonga & Fiji"),
            "Line 5: a bare & or < stands there. Write &amp; or &lt; in its place.",
            5,
        ),
        (
            PLAIN.replace("Tonga", "&nbsp;Tonga"),
            "Line 5: &nbsp; is not known to XML. Put the character itself in its place.",
            5,
        ),
        (
            PLAIN.replace("Tonga", "Ton\x0bga"),
            "Line 5: a character stands there that XML does not allow. Delete it.",
            5,
        ),
        (
            PLAIN.replace('role="4"', 'role="4" role="2"'),
            "Line 7: the attribute “role” stands twice in one element. Delete one of them.",
            7,
        ),
        (PLAIN + "\n<end/>", "Line 21: the file goes on after its last element. Delete what follows it.", 21),
        (
            PLAIN.replace('iso-date="2024-02-01"', 'iso-date="1 February 2024"'),
            "Line 10: the attribute “iso-date” of <activity-date> is “1 February 2024”. "
            "It must be a date such as 2026-11-24.",
            10,
        ),
        (
            PLAIN.replace('code="TO"', 'code="TO" name="Tonga"'),
            "Line 11: <recipient-country> has an attribute “name”, which IATI 2.03 does not know there. Delete it.",
            11,
        ),
        (
            PLAIN.replace("<title><narrative>", "<title>").replace("other</narrative></title>", "other</title>"),
            "Line 5: text stands in <title>, in which only elements may stand. In IATI 2 it belongs into <narrative>.",
            5,
        ),
        (
            PLAIN.replace("<title>", "<name/><title>"),
            "Line 5: <name> stands where IATI 2.03 expects <title>: an element is missing, misplaced, "
            "given once too often or not known.",
            5,
        ),
        (
            PLAIN.replace('version="2.03"', 'version="2.04"'),
            "“2.04” is not a version of IATI that can be read. Ask the publisher for 2.03.",
            2,
        ),
        (
            PLAIN.replace("iati-activities", "records"),
            "The file is wrapped in <records>, as some data stores give it. Ask for the publisher’s own file, "
            "which begins with <iati-activities>.",
            2,
        ),
        (
            "<rss/>",
            "This is not an IATI file: it begins with <rss>. Import a file that begins with <iati-activities>.",
            1,
        ),
    ],
)
def test_a_fault_is_named_with_its_line_and_what_to_do(content, sentence, line):
    verdict = examine(content.encode())
    assert (verdict.sentence, verdict.line) == (sentence, line)
    assert not verdict.is_accepted
    assert verdict.tree is None


def test_lines_are_counted_past_the_65535th():
    content = PLAIN.replace("<title>", "\n" * 70_000 + "<title>").replace(' code="TO"', "")
    assert examine(content.encode()).line == 70_011


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("UTF-8", "UTF-16").encode("utf-16"),
        PLAIN.replace(' encoding="UTF-8"', "").encode("utf-16"),
        PLAIN.replace("UTF-8", "iso-8859-1").replace("Piura", "Tucumán").encode("latin-1"),
        PLAIN.replace("UTF-8", "Windows-1252").replace("Piura", "Tucumán").encode("cp1252"),
    ],
    ids=["UTF-8 with mark", "UTF-16", "UTF-16, not declared", "Latin-1", "Windows-1252"],
)
def test_a_file_may_be_in_any_usual_encoding(content):
    assert examine(content).sentence == "The file is valid IATI 2.03 and holds 1 activity."


def test_the_text_of_a_file_in_latin_1_is_read_as_it_was_meant():
    content = PLAIN.replace("UTF-8", "iso-8859-1").replace("Piura", "Tucumán").encode("latin-1")
    assert examine(content).tree.findtext("iati-activity/participating-org/narrative") == "Cotton Board of Tucumán"


@pytest.mark.parametrize(
    ("content", "sentence", "line"),
    [
        (
            PLAIN.encode("utf-16"),
            "The file is written in UTF-16, but says “utf-8”. Save it as UTF-8.",
            1,
        ),
        (
            PLAIN.replace("UTF-8", "UTF-16").encode(),
            "The file is written in UTF-8, but says “utf-16”. Save it as UTF-8.",
            1,
        ),
        (
            PLAIN.encode("utf-16-be"),
            "The file is written in UTF-16 or UTF-32, but has no byte order mark. Save it as UTF-8.",
            1,
        ),
        (PLAIN.encode("utf-32"), "The file is written in UTF-32, which cannot be read. Save it as UTF-8.", None),
        (
            PLAIN.replace("UTF-8", "UTF-7").encode("utf-7"),
            "The file says that it is written in “utf-7”, which cannot be read. Save it as UTF-8.",
            1,
        ),
        (
            PLAIN.replace("Piura", "Tucumán").encode("latin-1"),
            "Line 7: a character is not in the encoding that the file says, or in UTF-8 if it says none. "
            "Save it as UTF-8.",
            7,
        ),
        (
            PLAIN.replace("UTF-8", "UTF-16").encode("utf-16")[:-1],
            "Line 20 holds bytes that are not UTF-16, in which the file begins. Save it as UTF-8.",
            20,
        ),
        (
            gzip.compress(PLAIN.encode()),
            "The file is compressed (gzip). Unpack it and import the XML file in it.",
            None,
        ),
        (
            b"<" + b" " * MOST_BYTES,
            "The file is larger than 20 MB, which is the most that can be imported at once. "
            "Ask the publisher for one file for each country or year.",
            None,
        ),
    ],
    ids=[
        "UTF-16 as UTF-8",
        "UTF-8 as UTF-16",
        "no mark",
        "UTF-32",
        "UTF-7",
        "Latin-1 as UTF-8",
        "half",
        "gzip",
        "large",
    ],
)
def test_bytes_that_are_no_xml_are_refused(content, sentence, line):
    verdict = examine(content)
    assert (verdict.sentence, verdict.line) == (sentence, line)
    assert (verdict.is_wellformed, verdict.is_valid, verdict.is_accepted) == (False, False, False)
