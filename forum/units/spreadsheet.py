"""Bytes to a grid of cells: XLSX and CSV as offices keep them, and a plain reason for whatever else is uploaded."""

import codecs
import csv
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from io import BytesIO, StringIO
from typing import Any, cast
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser

from forum.text import clean

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
# Openpyxl builds an object for each style and shared text: a byte of these costs it far more time than one of the sheet.
MAX_OTHER_PART = 8 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000
MAX_ROW_ELEMENTS = 100_000
MAX_TEXT = 1_000
"""Characters of a cell that are looked at: the same long text may stand in every cell of a small file."""

_DELIMITERS = ",\t;，|"
_MERGED_CELL = MERGE_TAG.removesuffix("s")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class RosterFileError(Exception):
    """The file as a whole cannot be read; the message says in Chinese what to do."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


class Fault(Enum):
    """A cell that shows something in Excel, of which the file holds no value."""

    NO_RESULT = "formula"
    ERROR = "error"


Cell = str | int | float | bool | datetime | date | time | timedelta | Fault


@dataclass
class Grid:
    """One sheet: its filled cells by row and column, both counted from 1 as Excel shows them."""

    name: str
    others: list[str] = field(default_factory=list)
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    is_cut: bool = False

    def labels(self, row: int) -> dict[int, str]:
        """The texts of a row, those of merged cells under each of their columns: what a header says of every column."""
        cells = self.rows.get(row, {})
        spread = dict(cells)
        for left, top, right, bottom in self.merged:
            if top <= row <= bottom and left in cells:
                spread.update(dict.fromkeys(range(left, right + 1), cells[left]))
        return {column: text_of(cell) for column, cell in spread.items()}


def text_of(cell: Cell | None) -> str:
    """A cell as one line of clean text; empty for an empty cell and for one without a value."""
    if cell is None or isinstance(cell, Fault):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    # Excel stores a typed line end as _x000D_.
    text = clean(str(cell)[:MAX_TEXT]).replace("_x000D_", " ")
    return " ".join(text.split())


def read_grids(data: bytes, filename: str) -> Iterator[Grid]:
    """The readings of a file, in the order in which they should be tried: visible sheets, or delimiters of a text file.

    What the file is, its bytes say; the name counts only for .xls. Macro workbooks are read like others: macros are
    neither run nor kept. Raises RosterFileError for anything that is no table, is protected or too big.
    """
    _refuse_what_is_no_table(data, filename)
    if not data.startswith(b"PK"):
        yield from _text_grids(_decode(data))
        return
    try:
        _check_archive(data)
        yield from _sheets(data)
    except RosterFileError:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl raise nearly anything, from KeyError to zlib.error
        raise RosterFileError(
            _l("这个 xlsx 文件读不出来，可能已损坏。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。")
        ) from error


def _refuse_what_is_no_table(data: bytes, filename: str) -> None:
    if not data.strip():
        raise RosterFileError(_l("文件是空的。"))
    if len(data) > MAX_BYTES:
        raise RosterFileError(_l("文件超过 10 MB。请只保留名册内容，或按镇街拆开后分别导入。"))
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise RosterFileError(_l("文件加了密码。请打开后取消密码，另存为 xlsx 再上传。"))
    if data.startswith(_OLE) and "WordDocument".encode("utf-16-le") in data:
        raise RosterFileError(_l("这是 Word 文档。请把表格复制到 Excel 或 WPS 表格里，另存为 xlsx 再上传。"))
    if data.startswith(_OLE) or filename.lower().endswith((".xls", ".et")):
        raise RosterFileError(
            _l("这是旧版表格（.xls 或 .et），不能直接读取。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。")
        )
    head = data[:512].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith((b"<", b"mime-version:")):
        raise RosterFileError(_l("这是网页格式的文件，不是真正的表格。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。"))
    if head.startswith((b"%pdf", b"{\\rtf", b"\xff\xd8\xff", b"\x89png", b"rar!", b"7z\xbc\xaf")):
        raise RosterFileError(_l("这不是表格文件。请上传 xlsx 或 csv 格式的名册。"))


def _check_archive(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise RosterFileError(_l("文件加了密码。请打开后取消密码，另存为 xlsx 再上传。"))
    # The sizes are what the archive claims, and zipfile hands out no more than it claims.
    others = [part.file_size for part in parts if not part.filename.startswith(("xl/worksheets/", "xl/media/"))]
    if sum(part.file_size for part in parts) > MAX_UNPACKED or max(others, default=0) > MAX_OTHER_PART:
        raise RosterFileError(_l("文件解压后太大。请把名册内容复制到一个新表格里，另存为 xlsx 再上传。"))
    names = {part.filename for part in parts}
    if any(name.startswith("word/") for name in names):
        raise RosterFileError(_l("这是 Word 文档。请把表格复制到 Excel 或 WPS 表格里，另存为 xlsx 再上传。"))
    if "content.xml" in names or "xl/workbook.bin" in names:
        raise RosterFileError(
            _l("这种表格格式（ods 或 xlsb）不能直接读取。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。")
        )
    if "[Content_Types].xml" not in names:
        raise RosterFileError(_l("这是压缩包。请先解压，再上传里面的 xlsx 文件。"))


def _sheets(data: bytes) -> Iterator[Grid]:
    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in shown:
        yield _read_sheet(sheet, [text_of(other.title) for other in shown if other is not sheet])


class _CellReader(WorkSheetParser):
    """Openpyxl's own reading of cells, which besides tells a formula without a stored result from an empty cell."""

    def parse_cell(self, element):  # type: ignore[no-untyped-def]  # as in openpyxl
        cell = super().parse_cell(element)
        if cell["data_type"] == "e":
            cell["value"] = Fault.ERROR
        elif cell["value"] is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
            cell["value"] = Fault.NO_RESULT
        return cell


def _read_sheet(sheet: Any, others: list[str]) -> Grid:
    # A sheet opened whole makes an object for each cell of a merged range, and one line of a file can claim 17,000 million
    # of them; opened read-only it hides merged cells and hidden rows. So its rows are taken from openpyxl's parser directly.
    grid = Grid(text_of(sheet.title), others)
    book = sheet.parent
    elements = count = 0
    with sheet._get_source() as source:
        reader = _CellReader(
            source, sheet._shared_strings, True, book.epoch, book._date_formats, book._timedelta_formats
        )
        for _event, element in iterparse(source):
            if element.tag == ROW_TAG:
                elements += 1
                number, cells = reader.parse_row(element)
                row = {
                    cell["column"]: cell["value"]
                    for cell in cells
                    if cell["column"] <= MAX_COLUMNS and cell["value"] not in (None, "")
                }
                if row:
                    grid.rows[number] = row
                    count += len(row)
                    if element.get("hidden") in ("1", "true"):
                        grid.hidden.add(number)
                element.clear()
                if len(grid.rows) > MAX_ROWS or count > MAX_CELLS or elements > MAX_ROW_ELEMENTS:
                    grid.is_cut = True
                    return grid
            elif element.tag == _MERGED_CELL:
                bounds = range_boundaries(element.get("ref"))
                if all(bounds):  # A:A names whole columns
                    grid.merged.append(cast(tuple[int, int, int, int], bounds))
    _spread_down(grid, MAX_CELLS - count)
    return grid


def _spread_down(grid: Grid, budget: int) -> None:
    """Give every filled row under a merged cell that cell's value, as the eye does."""
    numbers = sorted(grid.rows)
    for left, top, _right, bottom in grid.merged:
        value = grid.rows.get(top, {}).get(left)
        if value is None:
            continue
        covered = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        budget -= len(covered)
        if budget < 0:  # only ranges that overlap, which Excel does not write, cover so much
            grid.is_cut = True
            return
        for number in covered:
            grid.rows[number][left] = value


def _decode(data: bytes) -> str:
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what Excel calls “Unicode 文本”
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return clean(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise RosterFileError(_l("文件的文字编码认不出来。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。"))


def _text_grids(text: str) -> Iterator[Grid]:
    for delimiter in _DELIMITERS:
        grid = Grid("")
        try:
            for number, fields in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1):
                row = {column: _text_cell(cell) for column, cell in enumerate(fields[:MAX_COLUMNS], 1) if cell.strip()}
                if row:
                    grid.rows[number] = row
                if len(grid.rows) > MAX_ROWS:
                    grid.is_cut = True
                    break
        except csv.Error as error:
            raise RosterFileError(_l("CSV 里有没配对的引号。请用 Excel 或 WPS 打开，另存为 xlsx 再上传。")) from error
        yield grid


def _text_cell(text: str) -> Cell:
    text = text.strip()
    if text.startswith('="') and text.endswith('"'):  # how people keep Excel from rounding a phone number
        return text[2:-1]
    # A CSV does not tell the text 2021.1 from the number 2021.10, of which Excel drops the nought.
    return float(text) if re.fullmatch(r"\d{2,4}\.1", text, re.ASCII) else text
