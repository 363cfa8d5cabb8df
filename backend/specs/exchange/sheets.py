"""Spreadsheets, safely: no cell that a program would run, no file that unpacks into more than it may."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import tablib
from import_export.formats.base_formats import CSV, XLSX

from backend.errors import Conflict, Invalid, TooLarge

MAX_SHEET_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 50_000_000
MAX_PARTS = 500
MAX_ROWS = 2_000
MAX_COLUMNS = 50
MAX_CELL_CHARACTERS = 10_000

# What spreadsheet programs take for the start of a formula.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(cell: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe before it; `unguarded` takes exactly that one away."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def unguarded(cell: Any) -> Any:
    return cell[1:] if isinstance(cell, str) and GUARDED.match(cell) else cell


class SafeCSV(CSV):
    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerows([[guarded(cell) for cell in row] for row in [dataset.headers, *dataset]])
        # With the mark, Excel reads it as UTF-8.
        return b"\xef\xbb\xbf" + out.getvalue().encode()

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            text = in_stream.decode("utf-8-sig")
            head = text.split("\n", 1)[0]
            delimiter = max(",;\t", key=head.count)
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        except (UnicodeDecodeError, csv.Error):
            raise Invalid("NOT_A_SHEET", "This is not a CSV file in UTF-8.") from None
        return _dataset([[unguarded(cell) for cell in row] for row in rows])


class SafeXLSX(XLSX):
    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        """Every cell is text, marked as such, so that it stays text when it is edited."""
        import openpyxl
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Fields"
        for number, row in enumerate([dataset.headers, *dataset], start=1):
            for column, value in enumerate(row, start=1):
                if ILLEGAL_CHARACTERS_RE.search(value):
                    message = f"Row {number} has a control character, which XLSX cannot hold. Export it as CSV."
                    raise Conflict("NOT_IN_XLSX", message)
                cell = sheet.cell(number, column)
                cell.value = value
                cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True
        _dressed(sheet, dataset)
        _add_notes(book, kwargs.get("notes", []))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        _unpacks_to_little(in_stream)
        return _dataset(_xlsx_rows(in_stream))


def _dressed(sheet: Any, dataset: tablib.Dataset) -> None:
    from openpyxl.styles import Font

    sheet.freeze_panes = "C2"
    for column, header in enumerate(dataset.headers, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        longest = max([len(header), *(len(row[column - 1]) for row in dataset)])
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = min(60, longest + 3)


def _add_notes(book: Any, notes: list[str]) -> None:
    sheet = book.create_sheet("Not in the table")
    for number, note in enumerate(notes, start=1):
        cell = sheet.cell(number, 1)
        cell.value, cell.data_type = note, "s"
    sheet.column_dimensions["A"].width = 100


def _unpacks_to_little(data: bytes) -> None:
    """An XLSX is a zip of XML: its size when unpacked is asked before anything is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
                raise TooLarge("SHEET_TOO_LARGE", f"The sheet unpacks to more than {MAX_UNPACKED_BYTES // 10**6} MB.")
            if "xl/workbook.xml" not in archive.namelist():
                raise Invalid("NOT_A_SHEET", "This is not an XLSX file.")
    except zipfile.BadZipFile:
        raise Invalid("NOT_A_SHEET", "This is not an XLSX file.") from None


def _xlsx_rows(data: bytes) -> list[list[Any]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = []
        for cells in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1):
            rows.append([_value(cell) for cell in cells])
    except Invalid:
        raise
    except Exception:
        # openpyxl raises whatever its XML readers do.
        raise Invalid("NOT_A_SHEET", "This XLSX file cannot be read.") from None
    return rows


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        message = f"Cell {cell.coordinate} holds a formula. Paste its value instead."
        raise Invalid("FORMULA_IN_CELL", message, cell=cell.coordinate)
    return cell.value


def _dataset(rows: list[list[Any]]) -> tablib.Dataset:
    """Rows without any text are left out, and columns without a header."""
    filled = [row for row in map(_trimmed, rows) if row]
    if not filled:
        raise Invalid("SHEET_EMPTY", "The sheet has no rows.")
    if len(filled) > MAX_ROWS or max(map(len, filled)) > MAX_COLUMNS:
        raise TooLarge("SHEET_TOO_LARGE", f"A sheet has at most {MAX_ROWS} rows and {MAX_COLUMNS} columns.")
    if any(len(str(cell)) > MAX_CELL_CHARACTERS for row in filled for cell in row):
        raise TooLarge("SHEET_TOO_LARGE", f"A cell has more than {MAX_CELL_CHARACTERS} characters.")
    headers = [str(cell or "").strip() for cell in filled[0]]
    kept = [place for place, header in enumerate(headers) if header]
    dataset = tablib.Dataset(headers=[headers[place] for place in kept])
    for row in filled[1:]:
        dataset.append([row[place] if place < len(row) else None for place in kept])
    return dataset


def _trimmed(row: list[Any]) -> list[Any]:
    """Without the blank cells at its end."""
    filled = [place for place, cell in enumerate(row) if cell is not None and str(cell).strip()]
    return row[: filled[-1] + 1] if filled else []


FORMATS: dict[str, CSV | XLSX] = {"csv": SafeCSV(), "xlsx": SafeXLSX()}


def dataset_of(name: str, data: bytes) -> tablib.Dataset:
    """Raises `Invalid` NOT_A_SHEET, FORMULA_IN_CELL, SHEET_EMPTY; `TooLarge`."""
    if len(data) > MAX_SHEET_BYTES:
        raise TooLarge("SHEET_TOO_LARGE", f"A sheet has at most {MAX_SHEET_BYTES // 10**6} MB.")
    ending = name.rpartition(".")[2].lower()
    if ending not in FORMATS:
        raise Invalid("NOT_A_SHEET", "A field table comes as .xlsx or .csv.")
    return FORMATS[ending].create_dataset(data)
