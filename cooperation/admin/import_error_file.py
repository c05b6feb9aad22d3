"""The rows of a file that cannot be taken, as a CSV file to be corrected: where, why, and the row itself."""

import csv
import io

from django.utils.translation import gettext as _

from cooperation.spreadsheet import as_text

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def error_file(preview):
    """Its content (text). A row with several reasons has a line for each; cells are safe in spreadsheets."""
    rows = [row for row in preview.rows if row.outcome == "error"]
    headers = list(dict.fromkeys(header for row in rows for header, _cell in row.cells))
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    first = [_("sheet"), _("row"), _("column"), _("reason")]
    writer.writerow([as_text(cell) for cell in (*first, *headers)])
    for row in rows:
        cells = {}
        for header, cell in row.cells:
            # Two columns may have the same header, and cells beyond the last header have none.
            text = "" if cell is None else str(cell)
            cells[header] = f"{cells[header]}; {text}" if cells.get(header) and text else cells.get(header) or text
        own = [cells.get(header, "") for header in headers]
        for column, sentence in row.reasons or [("", "")]:
            writer.writerow([as_text(cell) for cell in (row.sheet, str(row.line), column, sentence, *own)])
    return BOM + output.getvalue()
