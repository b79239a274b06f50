"""Bytes to a grid of cells: XLSX and CSV as offices keep them, and a plain reason for whatever else is uploaded."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from zipfile import ZipFile

from flask_babel import lazy_gettext as _l

from forum.text import clean
from forum.units.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, RosterFileError
from forum.units.xlsx import read_sheets

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
# Sheets shrink to a tenth; what shrinks to a hundredth was made to burst.
MAX_RATIO = 100
_SMALL_PART = 1024 * 1024

_DELIMITERS = ",\t;，|"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
        with ZipFile(BytesIO(data)) as archive:
            _check_archive(archive)
            yield from read_sheets(archive)
    except RosterFileError:
        raise
    except Exception as error:  # damage shows as nearly anything, from KeyError to zlib.error
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


def _check_archive(archive: ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise RosterFileError(_l("文件加了密码。请打开后取消密码，另存为 xlsx 再上传。"))
    # The sizes are what the archive claims, and zipfile hands out no more than it claims.
    bursting = any(part.file_size > max(_SMALL_PART, MAX_RATIO * part.compress_size) for part in parts)
    if bursting or sum(part.file_size for part in parts) > MAX_UNPACKED:
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
        grid = Grid()
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
