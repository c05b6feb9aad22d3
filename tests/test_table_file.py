"""Table files as people send them, and as nobody should: each is read right, or refused in one sentence, at once."""

import csv
import gc
import io
import json
import struct
import time
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from cooperation.imports.raw_file import UnreadableFileError
from cooperation.imports.sheet import SheetRow
from cooperation.imports.table_file import read_sheets
from tests.iati_files import DATA, needs_data

TITLE = "Cotton growers of Perú learn"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
AT_ONCE = 1  # second of computing


@pytest.fixture(scope="module", autouse=True)
def only_own_garbage():
    """What the tests before these left in memory is not looked through on their time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def read(content, name="projects.csv"):
    """The one sheet of a file."""
    (sheet,) = read_sheets(content if isinstance(content, bytes) else content.encode(), name)
    return sheet


def rows(sheet):
    return [(row.line, row.cells) for row in sheet.rows]


def refusal(content, name="projects.csv"):
    """The sentence with which a file is refused; it comes at once."""
    started = time.process_time()
    with pytest.raises(UnreadableFileError) as refused:
        read_sheets(content if isinstance(content, bytes) else content.encode(), name)
    assert time.process_time() - started < AT_ONCE
    return refused.value.sentence


def workbook(write, **options):
    """The bytes of a workbook that `write(book)` fills."""
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True, **options}) as book:
        write(book)
    return output.getvalue()


def one_sheet(*lines):
    return workbook(lambda book: [book.add_worksheet("Projects")] and fill(book.worksheets()[0], lines))


def fill(sheet, lines):
    for number, cells in enumerate(lines):
        sheet.write_row(number, 0, cells)


def with_parts(content, **parts):
    """A workbook in which parts are replaced or added: `{name: bytes}`, “/” and “.” written as “__” and “_”."""
    output = io.BytesIO()
    parts = {name.replace("__", "/"): part for name, part in parts.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return output.getvalue()


def sheet_xml(rows_xml, before=""):
    return f'<?xml version="1.0"?>{before}<worksheet {MAIN}><sheetData>{rows_xml}</sheetData></worksheet>'.encode()


def text_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


PLAIN_SHEET = f'<row r="1">{text_cell("A1", "title")}</row><row r="2">{text_cell("A2", TITLE)}</row>'
BROKEN = "The workbook is broken and cannot be read. Open it in Excel or LibreOffice and save it again."
ODD_PART = "A part of the workbook is not written as Excel writes it. Copy the rows into a new workbook."


@pytest.mark.parametrize(
    "encoded",
    [
        f"title,year\r\n{TITLE},2019\r\n".encode(),
        f"title,year\r\n{TITLE},2019\r\n".encode("utf-8-sig"),
        f"title\tyear\r\n{TITLE}\t2019\r\n".encode("utf-16"),
        f"title;year\r\n{TITLE};2019\r\n".encode("cp1252"),
        f"title,year\r{TITLE},2019\r".encode(),
        f"title|year\n{TITLE}|2019".encode(),
        f"sep=;\r\ntitle;year\r\n{TITLE};2019\r\n".encode(),
        f'"title","year"\n"{TITLE}","2019"\r\n\r\n'.encode(),
    ],
    ids=["utf8", "mark", "utf16 tabs", "cp1252 semicolons", "cr only", "bars", "named separator", "mixed ends"],
)
def test_text_files_of_all_programs_say_the_same(encoded):
    sheet = read(encoded)
    assert sheet.headers == ["title", "year"]
    assert [row.cells for row in sheet.rows] == [[TITLE, "2019"]]


def test_a_file_in_windows_1252_is_read_with_a_remark():
    sheet = read("Título;Año\nFormación – “Unidos”;2022".encode("cp1252"))
    assert (sheet.headers, rows(sheet)) == (["Título", "Año"], [(2, ["Formación – “Unidos”", "2022"])])
    assert sheet.remarks == ["The file was read as Windows-1252: look whether the accents are right."]


@pytest.mark.parametrize(
    "content",
    [
        "title,summary\nPerú,".encode() + b"\xff\xfe bad",
        b"title,summary\n" + "Перу,Лима".encode("cp1251"),
        "title,summary\nPerú,".encode() + b"Per\xfa",
    ],
    ids=["broken", "cyrillic", "two encodings"],
)
def test_bytes_that_would_be_read_as_wrong_letters_are_refused(content):
    assert refusal(content) == (
        "Line 2 holds bytes that are neither UTF-8 nor Windows-1252, so that letters would be read wrong. "
        "Save the file again as “CSV UTF-8”."
    )


def test_the_line_of_a_row_is_where_it_begins_in_the_file():
    sheet = read('title,summary\n\nCotton,"two\nlines"\n,\nMaize,one\n')
    assert rows(sheet) == [(3, ["Cotton", "two\nlines"]), (6, ["Maize", "one"])]


def test_what_stands_above_the_headers_is_said_and_not_read():
    sheet = read("Projects as of September 2022,,\n\ntitle,year,country\nCotton,2019,PER\nMaize,2020,CHL")
    assert (sheet.headers, sheet.header_line, [row.line for row in sheet.rows]) == (
        ["title", "year", "country"],
        3,
        [4, 5],
    )
    assert sheet.remarks == ["What stands above the headers was not read: “Projects as of September 2022”."]


def test_a_row_with_a_separator_too_many_is_a_fault_and_no_row():
    sheet = read("title,year\nCotton, maize and beans,2019\nMaize,2020\nRice,2021")
    assert [row.line for row in sheet.rows] == [3, 4]
    (fault,) = sheet.faults
    assert (fault.line, fault.cells) == (2, ["Cotton", " maize and beans", "2019"])
    assert fault.sentence == (
        "The row has 3 cells, which is more than there are headers (2): a text with a separator in it needs quotation "
        "marks around it."
    )


def test_short_rows_are_filled_and_counted():
    sheet = read("title,year,country\nCotton\nMaize,2019,CHL\nRice,2020")
    assert [row.cells for row in sheet.rows] == [
        ["Cotton", None, None],
        ["Maize", "2019", "CHL"],
        ["Rice", "2020", None],
    ]
    assert sheet.remarks == [
        "2 rows have fewer cells than there are headers (lines 2, 4): the rest was taken as empty."
    ]


def test_both_of_two_equal_headers_are_kept():
    assert read("title,year,title\nCotton,2019,Algodón").headers == ["title", "year", "title"]


def test_columns_without_a_header_are_said():
    assert read("title,,year\nCotton,?,2019").remarks == ["Columns without a header were not read: 2."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Save it again from where the table is."),
        (b" \r\n\r\n", "The file is empty. Save it again from where the table is."),
        (b"\xef\xbb\xbf,,\n", "The file is empty. Save it again from where the table is."),
        (b"title,year\r\n", "The file has headers but no rows below them."),
        (b"title\nCot\0ton", "Line 2 holds a NUL character, which no table has. Save the file again as “CSV UTF-8”."),
        (
            b'title,year\nCotton,2018\n"Maize,2019\nRice,2020\n',
            "Line 3: the quotation marks of a cell are not closed where the cell ends. A cell with quotation marks in "
            "it has them doubled: correct the line, or save the file again as “CSV UTF-8”.",
        ),
        (
            b"<!DOCTYPE html><html><body>Not found</body></html>",
            "This is a web page, not a table: the address led to a page. Download the file itself.",
        ),
        (
            b"<?xml version='1.0'?><iati-activities/>",
            "This is a file in XML or HTML, not a table. Import IATI files as “IATI activities”; save other files as "
            "CSV or XLSX.",
        ),
        (b'{"projects": []}', "This is not a table. Save it as CSV or XLSX."),
        (b"%PDF-1.7\n", "“projects.csv” is not a table. Save it as CSV or XLSX."),
        (b"\x1f\x8b\x08\0", "“projects.csv” is not a table. Save it as CSV or XLSX."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "This is a file of an old Excel (.xls) or another program. Save it as “Excel workbook (.xlsx)”.",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected with a password. Save it without one.",
        ),
        (
            b"title\n" + b"x" * 5_000_000,
            "The file is larger than 5 MB, which is the most that can be imported at once. Divide it into several.",
        ),
        (b"title\n" + b"Cotton\n" * 20_001, "The file has more than 20,000 rows. Divide it into several files."),
        (b"a," * 200 + b"b\n1\n", "The file has more than 200 columns. Delete those that are not needed."),
        (b"," * 4_999_990 + b"x\n", "The file has more than 200 columns. Delete those that are not needed."),
        (b"title\n" + b"x" * 40_000, "Line 2: a cell has more than 32,767 characters. Shorten it."),
        (
            b"title\n" + b"x" * 200_000,
            "Line 2: a cell has more than 32,767 characters. Shorten it.",
        ),
        (b"\n" * 4_999_999, "The file is empty. Save it again from where the table is."),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(content, sentence):
    assert refusal(content) == sentence


def test_a_text_file_with_the_name_of_a_workbook_is_read_as_text():
    assert rows(read(b"title\nCotton", "projects.xlsx")) == [(2, ["Cotton"])]


def test_cells_of_a_workbook_keep_their_kinds():
    def write(book):
        sheet = book.add_worksheet("Projects")
        fill(sheet, [["title", "start", "end", "year", "budget", "share", "is open", "note"]])
        day = book.add_format({"num_format": "d mmm yyyy"})
        sheet.write_string(1, 0, "=1+1")
        sheet.write_datetime(1, 1, datetime(2020, 5, 1), day)
        sheet.write_datetime(1, 2, datetime(2020, 5, 1, 13, 30), day)
        sheet.write_row(1, 3, [2019, 44197.0, 0.25])
        sheet.write_boolean(1, 6, True)
        sheet.write_string(1, 7, "  ")

    sheet = read(workbook(write))
    assert sheet.rows == [
        SheetRow(2, ["=1+1", date(2020, 5, 1), datetime(2020, 5, 1, 13, 30), 2019, 44197, 0.25, True, None])
    ]
    assert sheet.remarks == []


def test_formulas_are_never_computed_and_failed_ones_are_said():
    def write(book):
        sheet = book.add_worksheet("Projects")
        fill(sheet, [["title", "year"], ["Cotton", 2019]])
        sheet.write_formula(2, 0, '=HYPERLINK("http://example.org","Maize")', value="Maize")
        sheet.write_formula(3, 1, "=A1/0", value="#DIV/0!")

    sheet = read(workbook(write))
    assert rows(sheet)[1:] == [(3, ['=HYPERLINK("http://example.org","Maize")', None]), (4, [None, "=A1/0"])]
    assert sheet.remarks == ["Formulas are not computed: their text was read (A3, B4). Paste their values instead."]


def test_cells_with_an_error_are_said():
    cells = f'<row r="1">{text_cell("A1", "title")}{text_cell("B1", "year")}</row>'
    cells += f'<row r="2">{text_cell("A2", "Cotton")}<c r="B2" t="e"><v>#REF!</v></c></row>'
    sheet = read(with_parts(one_sheet(["title"], ["Cotton"]), **{"xl__worksheets__sheet1.xml": sheet_xml(cells)}))
    assert rows(sheet) == [(2, ["Cotton", "#REF!"])]
    assert sheet.remarks == ["Cells in which a formula has failed were read as the text in them (B2)."]


def test_titles_blank_rows_and_cells_without_a_header_are_told_apart():
    sheet = read(one_sheet(["Projects, data as of 2022"], [], ["title", "year"], [], ["Cotton", 2019, None, "?"]))
    assert (sheet.headers, sheet.header_line, rows(sheet)) == (
        ["title", "year", "", ""],
        3,
        [(5, ["Cotton", 2019, None, "?"])],
    )
    assert sheet.remarks == [
        "What stands above the headers was not read: “Projects, data as of 2022”.",
        "Columns without a header were not read: D.",
    ]


def test_hidden_and_empty_sheets_are_said_and_not_read():
    def write(book):
        for name in ("Projects", "Partners", "Notes", "Internal"):
            fill(book.add_worksheet(name), [["title"], ["Cotton"]] if name != "Notes" else [["free text"]])
        book.get_worksheet_by_name("Internal").hide()

    first, second = read_sheets(workbook(write), "projects.xlsx")
    assert (first.name, second.name, rows(second)) == ("Projects", "Partners", [(2, ["Cotton"])])
    assert first.remarks == [
        "The sheet “Notes” has no rows below headers.",
        "The sheet “Internal” is hidden and was not read.",
    ]


@pytest.mark.slow
def test_a_formatted_empty_cell_in_the_last_corner_does_no_harm():
    def write(book):
        sheet = book.add_worksheet("Projects")
        fill(sheet, [["title"], ["Cotton"]])
        sheet.write_blank("XFD1048576", None, book.add_format({"bold": True}))

    content = workbook(write)
    started = time.process_time()
    assert rows(read(content)) == [(2, ["Cotton"])]
    assert time.process_time() - started < AT_ONCE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("corner", "sentence"),
    [
        (
            "XFD1048576",
            "The sheet “Projects” has something in cell XFD1048576, but a table may have 20,000 rows and 200 columns "
            "at most. Delete the rows and columns beyond the table.",
        ),
        (
            "GS2",
            "The sheet “Projects” has something in cell GS2, but a table may have 20,000 rows and 200 columns at most. "
            "Delete the rows and columns beyond the table.",
        ),
    ],
)
def test_something_far_from_the_table_is_refused_by_its_address(corner, sentence):
    def write(book):
        sheet = book.add_worksheet("Projects")
        fill(sheet, [["title"], ["Cotton"]])
        sheet.write_string(corner, "stray")

    assert refusal(workbook(write)) == sentence


@pytest.mark.parametrize("line", ["1048577", "99999999999", "-5", "two"])
def test_rows_that_no_sheet_has_are_refused(line):
    stray = PLAIN_SHEET + f'<row r="{line}">{text_cell(f"A{line}", "stray")}</row>'
    content = with_parts(one_sheet(["title"], ["Cotton"]), **{"xl__worksheets__sheet1.xml": sheet_xml(stray)})
    started = time.process_time()
    try:
        found = [row.cells for row in read(content).rows]
    except UnreadableFileError as refused:
        found = refused.sentence
    assert time.process_time() - started < AT_ONCE
    assert found == BROKEN or found.startswith("The sheet “Projects” has something in cell A")


@pytest.mark.slow
def test_a_workbook_of_too_many_rows_is_refused():
    content = one_sheet(["title"], *[[f"Project {number}"] for number in range(20_001)])
    with pytest.raises(UnreadableFileError) as refused:
        read_sheets(content, "projects.xlsx")
    assert refused.value.sentence == "The sheet “Projects” has more than 20,000 rows. Divide it into several files."


@pytest.mark.slow
def test_zip_bombs_are_refused_before_they_are_unpacked():
    plain = one_sheet(["title"], ["Cotton"])
    part = {"xl__worksheets__sheet1.xml": b" " * 40_000_000}
    assert refusal(with_parts(plain, **part)) == (
        "A part of the workbook is packed more than 100 times, as no table is. Copy the rows into a new workbook."
    )
    parts = {f"xl__media__picture{number}.bin": b" " * 11_000_000 for number in range(5)}
    assert refusal(with_parts(plain, **parts)) == "Unpacked, the workbook is larger than 50 MB. Divide it into several."
    many = {f"xl__media__picture{number}.bin": b"" for number in range(2_001)}
    assert refusal(with_parts(plain, **many)) == "Unpacked, the workbook is larger than 50 MB. Divide it into several."


@pytest.mark.slow
def test_a_part_that_lies_about_its_size_is_refused():
    content = bytearray(
        with_parts(one_sheet(["title"], ["Cotton"]), **{"xl__worksheets__sheet1.xml": b" " * 30_000_000})
    )
    size = struct.pack("<L", 30_000_000)
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = struct.pack("<L", 1_000)
    assert refusal(bytes(content)) == BROKEN


@pytest.mark.parametrize("part", ["xl__worksheets__sheet1.xml", "xl__workbook.xml", "xl__sharedStrings.xml"])
def test_entities_in_any_part_are_refused_unread(part):
    bomb = '<!DOCTYPE bomb [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY a{number} "{("&a" + (str(number - 1) if number else "") + ";") * 10}">' for number in range(9)
    )
    content = sheet_xml(f'<row r="1">{text_cell("A1", "&a8;")}</row>', f"<!-- a table -->{bomb}]>")
    plain = one_sheet(["title"], ["Cotton"])
    assert refusal(with_parts(plain, **{part: content})) == ODD_PART
    assert refusal(with_parts(plain, **{part: content.decode().encode("utf-16")})) == ODD_PART


def test_workbooks_with_macros_and_other_containers_are_told_what_to_do():
    plain = one_sheet(["title"], ["Cotton"])
    assert refusal(with_parts(plain, **{"xl__vbaProject.bin": b"code"})) == (
        "The workbook has macros, which may do harm. Save it as “Excel workbook (.xlsx)”, without macros."
    )
    assert refusal(with_parts(plain, **{"xl__workbook.bin": b"\x83"})) == (
        "This is a binary workbook (.xlsb), which cannot be read. Save it as “Excel workbook (.xlsx)”."
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as container:
        container.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refusal(output.getvalue()) == (
        "This is a ZIP file or a document, not an Excel workbook. Import the CSV or XLSX file itself."
    )


def test_broken_workbooks_are_refused_wherever_they_break():
    content = one_sheet(["title", "year"], *[["Cotton", number] for number in range(50)])
    for place in range(4, len(content), 97):
        assert refusal(content[:place]) == BROKEN
    for number in range(0, len(content), 61):
        damaged = bytearray(content)
        damaged[number] ^= 0xFF
        started = time.process_time()
        try:
            read_sheets(bytes(damaged), "projects.xlsx")
        except UnreadableFileError as refused:
            assert refused.sentence.endswith(".")  # noqa: PT017 (either is right: read, or refused in a sentence)
        assert time.process_time() - started < AT_ONCE


@needs_data
def test_the_files_of_csv_spectrum_say_what_their_json_says():
    names = sorted(path.stem for path in (DATA / "fuzz/csv-spectrum/csvs").glob("*.csv"))
    assert len(names) == 12
    names.remove("location_coordinates")  # whose JSON has another telephone number than its CSV
    for name in names:
        sheet = read((DATA / f"fuzz/csv-spectrum/csvs/{name}.csv").read_bytes())
        truth = json.loads((DATA / f"fuzz/csv-spectrum/json/{name}.json").read_text())
        found = [dict(zip(sheet.headers, (cell or "" for cell in row.cells), strict=True)) for row in sheet.rows]
        assert found == truth, name


@needs_data
@pytest.mark.parametrize("name", ["cr_only", "mixed_line_ends", "utf16le_bom_tab", "utf8_bom_crlf"])
def test_real_rows_are_the_same_in_every_encoding(name):
    text = (DATA / "fuzz/csv/utf8_bom_crlf.csv").read_text("utf-8-sig")
    header, *truth = csv.reader(io.StringIO(text, newline=""))
    sheet = read((DATA / f"fuzz/csv/{name}.csv").read_bytes())
    assert sheet.headers == header
    assert [[cell or "" for cell in row.cells] for row in sheet.rows] == truth


@needs_data
def test_downloads_of_the_world_bank_are_read_below_their_title():
    paths = sorted((DATA / "projects/worldbank").glob("*.xlsx"))
    assert len(paths) == 10
    for path in paths:
        started = time.process_time()
        sheet = read(path.read_bytes(), path.name)
        assert time.process_time() - started < AT_ONCE
        assert (sheet.header_line, sheet.headers[:2], len(sheet.headers)) == (2, ["Project Id", "Region"], 27)
        assert sheet.rows[0].line == 3
        assert all(row.cells[0].startswith("P") for row in sheet.rows)


@needs_data
def test_every_hostile_file_is_read_or_refused_in_a_sentence_at_once():
    paths = [path for folder in ("csv", "xlsx", "xml", "blns") for path in (DATA / "fuzz" / folder).iterdir()]
    assert len(paths) > 30
    for path in paths:
        started = time.process_time()
        try:
            assert all(sheet.rows or sheet.faults for sheet in read_sheets(path.read_bytes(), path.name))
        except UnreadableFileError as refused:
            assert refused.sentence.endswith(".")  # noqa: PT017 (either is right: read, or refused in a sentence)
        assert time.process_time() - started < AT_ONCE
