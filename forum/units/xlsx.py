"""The sheets of an XLSX workbook, streamed from its XML: values, merged ranges and hidden rows, nothing else.

Openpyxl cannot read these for us: opened read-only it hides merged ranges and hidden rows, opened whole it makes an object
for every cell that a merged range claims, and a few kilobytes of styles keep it busy for minutes. Styles are not needed
here: in a column of dates a number is a date.
"""

import posixpath
from bisect import bisect_right
from collections.abc import Iterator
from itertools import count
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl
from zipfile import ZipFile

from defusedxml import sax
from flask_babel import lazy_gettext as _l
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from forum.units.grid import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Cell, Fault, Grid, RosterFileError, text_of

# 20,000 rows of 15 columns are 900,000 elements; a bomb of empty ones ends here, after about two seconds.
MAX_ELEMENTS = 1_500_000
MAX_MERGED = 50_000
MAX_SHEETS = 100

_TRUE = {"1", "true"}
_DAYS_FROM_1900_TO_1904 = 1462


def read_sheets(archive: ZipFile) -> Iterator[Grid]:
    """The visible sheets of a workbook, each read when it is asked for.

    Raises RosterFileError for a workbook of too many elements, and nearly anything for a damaged one.
    """
    counter = count()
    (workbook,) = (target for kind, target in _relations(archive, "", counter).values() if kind == "officeDocument")
    relations = _relations(archive, workbook, counter)
    facts = _Facts(counter, {"sheet", "workbookPr"})
    _parse(archive, workbook, facts)
    strings = _Strings(counter)
    for kind, target in relations.values():
        if kind == "sharedStrings":
            _parse(archive, target, strings)
    is_1904 = any(found.get("date1904") in _TRUE for name, found in facts.found if name == "workbookPr")
    sheets = [
        (text_of(found.get("name")), relations[next(value for key, value in found.items() if key.endswith(":id"))])
        for name, found in facts.found
        if name == "sheet" and found.get("state", "visible") == "visible"
    ]
    shown = [(name, target) for name, (kind, target) in sheets if kind == "worksheet"][:MAX_SHEETS]
    for name, target in shown:
        grid = Grid(name, others=[other for other, place in shown if place != target])
        try:
            _parse(archive, target, _Sheet(counter, grid, strings.texts, _DAYS_FROM_1900_TO_1904 if is_1904 else 0))
            _spread_down(grid)
        except _TooLong:
            grid.is_cut = True
        yield grid


def _relations(archive: ZipFile, part: str, counter: Iterator[int]) -> dict[str, tuple[str, str]]:
    """What a part of the archive refers to: id → (kind, path in the archive)."""
    folder, name = posixpath.split(part)
    facts = _Facts(counter, {"Relationship"})
    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), facts)
    return {
        found["Id"]: (posixpath.basename(found["Type"]), posixpath.join("/", folder, found["Target"]).lstrip("/"))
        for _name, found in facts.found
    }


def _parse(archive: ZipFile, part: str, handler: ContentHandler) -> None:
    with archive.open(posixpath.normpath(part)) as source:
        sax.parse(source, handler)


class _TooLong(Exception):
    """A sheet goes on beyond what is read."""


class _Reader(ContentHandler):
    """Counts the elements of a workbook and hands them on under their names without prefix."""

    def __init__(self, counter: Iterator[int]) -> None:
        super().__init__()
        self.counter = counter

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if next(self.counter) > MAX_ELEMENTS:
            raise RosterFileError(_l("文件内容太多。请把名册内容复制到一个新表格里，另存为 xlsx 再上传。"))
        self.start(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:
        self.end(name.rpartition(":")[2])

    def start(self, name: str, attrs: AttributesImpl) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


class _Facts(_Reader):
    """The attributes of the elements of some names."""

    def __init__(self, counter: Iterator[int], wanted: set[str]) -> None:
        super().__init__(counter)
        self.wanted = wanted
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name in self.wanted:
            self.found.append((name, dict(attrs.items())))


class _Texts(_Reader):
    """Collects what stands in <v> and <t>, but not the reading aids for rare characters, which are <t> as well."""

    def __init__(self, counter: Iterator[int]) -> None:
        super().__init__(counter)
        self.pieces: list[str] = []
        self.is_text = self.is_aid = False

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "rPh":
            self.is_aid = True
        elif name in ("v", "t"):
            self.is_text = not self.is_aid

    def end(self, name: str) -> None:
        if name == "rPh":
            self.is_aid = False
        elif name in ("v", "t"):
            self.is_text = False

    def characters(self, content: str) -> None:
        if self.is_text:
            self.pieces.append(content)

    def taken(self) -> str:
        """The text since the last time; the next one begins empty."""
        text = "".join(self.pieces)
        self.pieces = []
        return text


class _Strings(_Texts):
    """The table of texts that cells refer to by number."""

    def __init__(self, counter: Iterator[int]) -> None:
        super().__init__(counter)
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.texts.append(self.taken())


class _Sheet(_Texts):
    """The rows of one sheet."""

    def __init__(self, counter: Iterator[int], grid: Grid, strings: list[str], date_shift: int) -> None:
        super().__init__(counter)
        self.grid = grid
        self.strings = strings
        self.date_shift = date_shift
        self.row = self.column = self.cells = 0
        self.kind = "n"
        self.has_formula = self.is_hidden = False

    def start(self, name: str, attrs: AttributesImpl) -> None:
        if name == "c":
            place = attrs.get("r", "").rstrip("0123456789")
            self.column = column_index_from_string(place) if place else self.column + 1
            self.kind = attrs.get("t", "n")
            self.has_formula = False
        elif name == "row":
            self.row = int(attrs.get("r") or self.row + 1)
            self.column = 0
            self.is_hidden = attrs.get("hidden") in _TRUE
        elif name == "f":
            self.has_formula = True
        elif name == "mergeCell" and len(self.grid.merged) < MAX_MERGED:
            bounds = range_boundaries(attrs["ref"])
            if None not in bounds:  # A:A has no rows
                self.grid.merged.append(bounds)  # type: ignore[arg-type]
        else:
            super().start(name, attrs)

    def end(self, name: str) -> None:
        super().end(name)
        if name != "c":
            return
        value = self._value(self.taken())
        if value is None or self.column > MAX_COLUMNS:
            return
        self.cells += 1
        self.grid.rows.setdefault(self.row, {})[self.column] = value
        if self.is_hidden:
            self.grid.hidden.add(self.row)
        if len(self.grid.rows) > MAX_ROWS or self.cells > MAX_CELLS:
            raise _TooLong

    def _value(self, text: str) -> Cell | None:
        if self.kind == "e":
            return Fault.ERROR
        if not text:
            # A formula may well give an empty text; without a kind nothing was ever computed.
            return Fault.NO_RESULT if self.has_formula and self.kind != "str" else None
        if self.kind == "s":
            return self.strings[int(text)] or None
        return self._number(text) if self.kind == "n" else text

    def _number(self, text: str) -> Cell:
        try:
            number = float(text) if len(text) > 15 or not text.isdecimal() else int(text)
        except ValueError:
            return text
        # Only dates lie in this range; Excel on old Macs counted them from 1904.
        return number + self.date_shift if 20_000 < number < 100_000 else number


def _spread_down(grid: Grid) -> None:
    """Give every filled row under a merged cell that cell's value, as the eye does."""
    numbers = sorted(grid.rows)
    budget = MAX_CELLS
    for left, top, _right, bottom in grid.merged:
        value = grid.rows.get(top, {}).get(left)
        if value is None:
            continue
        covered = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
        budget -= len(covered)
        if budget < 0:  # only ranges that overlap, which Excel does not write, cover so much
            raise _TooLong
        for number in covered:
            grid.rows[number][left] = value
