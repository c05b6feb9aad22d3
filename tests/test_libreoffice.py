"""What a ministry sees that opens a file in LibreOffice: every accent, and no formula."""

import shutil
import subprocess

import openpyxl
import pytest

from tests import builders
from tests.files import content
from tests.test_formats import DANGEROUS_TEXTS

SOFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (Debian: libreoffice-calc-nogui)"),
]
ACCENTS = ["Cooperação técnica Sul-Sul", "Año del intercambio: Perú–México", "ความร่วมมือไทย–โคลอมเบีย", "Côte d’Ivoire"]


def opened(file, folder):
    """The workbook that LibreOffice makes of a file when it opens and keeps it."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    outcome = folder / "opened"
    # UTF-8 is what its import dialog proposes; without a screen it must be told.
    filters = ["--infilter=CSV:44,34,76,1"] if file.suffix == ".csv" else []
    command = [SOFFICE, profile, "--headless", *filters, "--convert-to", "xlsx", "--outdir", str(outcome), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return openpyxl.load_workbook(outcome / f"{file.stem}.xlsx")


@pytest.mark.parametrize("query", ["", "&bom=1"])
def test_csv_opens_with_its_accents_and_without_a_formula(client, tmp_path, query):
    for number, title in enumerate([*ACCENTS, *DANGEROUS_TEXTS]):
        builders.make_project(title, slug=f"exchange-{number}")
    file = tmp_path / "projects.csv"
    file.write_bytes(content(client, f"/projects.csv?sort=title{query}"))
    rows = list(opened(file, tmp_path).worksheets[0])
    assert [cell.coordinate for row in rows for cell in row if cell.data_type == "f"] == []
    titles = {row[2].value for row in rows}
    assert titles >= set(ACCENTS)
    assert len(rows) == 1 + len(ACCENTS) + len(DANGEROUS_TEXTS)


def test_workbook_opens_with_its_texts_as_they_are_and_without_a_formula(client, tmp_path):
    for number, title in enumerate([*ACCENTS, *DANGEROUS_TEXTS]):
        builders.make_project(title, slug=f"exchange-{number}")
    file = tmp_path / "projects.xlsx"
    file.write_bytes(content(client, "/projects.xlsx"))
    cells = [cell for row in opened(file, tmp_path)["projects"] for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {cell.value for cell in cells} >= {*ACCENTS, *DANGEROUS_TEXTS}
