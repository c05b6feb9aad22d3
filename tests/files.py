"""Reads the files that the portal gives back into what they say."""

import csv
import io
from xml.etree import ElementTree

import openpyxl

from cooperation.spreadsheet import from_text

ATOM = "{http://www.w3.org/2005/Atom}"


def content(client, address, status=200, **headers):
    """The bytes of the file at `address`, which must answer with `status`."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, (address, answer.status_code)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def csv_rows(client, address):
    """The rows of a CSV file as `{column: text}`, texts as they were before they were made safe."""
    text = content(client, address).decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    return [{name: from_text(cell) for name, cell in row.items()} for row in rows]


def workbook(client, address):
    """The workbook at `address`, whose cells keep what they hold."""
    return openpyxl.load_workbook(io.BytesIO(content(client, address)))


def xlsx_rows(client, address, sheet):
    """The rows of a sheet as `{column: value}`."""
    header, *rows = workbook(client, address)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def json_pages(client, address):
    """All pages of a list in JSON, by following `next`."""
    pages = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        pages.append(answer.json())
        address = pages[-1]["next"]
    return pages


def atom_entries(client, address):
    return ElementTree.fromstring(content(client, address)).findall(f"{ATOM}entry")  # noqa: S314 (we wrote it)


def iati_identifiers(client, address):
    root = ElementTree.fromstring(content(client, address))  # noqa: S314 (we wrote it)
    return [each.text for each in root.iter("iati-identifier")]
