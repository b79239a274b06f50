"""A sheet as a grid of filled cells, whatever file it came from."""

from dataclasses import dataclass, field
from enum import Enum

from flask_babel.speaklater import LazyString

from forum.text import clean

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000
MAX_TEXT = 1_000
"""Characters of a cell that are looked at: the same long text may stand in every cell of a small file."""


class RosterFileError(Exception):
    """The file as a whole cannot be read; the message says in Chinese what to do."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message)
        self.message = message


class Fault(Enum):
    """A cell that shows something in Excel, of which the file holds no value."""

    NO_RESULT = "formula"
    ERROR = "error"


Cell = str | int | float | bool | Fault


@dataclass
class Grid:
    """One sheet: its filled cells by row and column, both counted from 1 as Excel shows them.

    ``others`` names the visible sheets beside it; ``merged`` holds left, top, right and bottom of merged ranges. ``is_cut``
    means that the sheet was too big to be read to its end.
    """

    name: str = ""
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
                spread.update(dict.fromkeys(range(left, min(right, MAX_COLUMNS) + 1), cells[left]))
        return {column: text_of(cell) for column, cell in spread.items()}


def text_of(cell: Cell | None) -> str:
    """A cell as one line of clean text; empty for an empty cell and for one without a value."""
    if cell is None or isinstance(cell, Fault):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    # Excel stores a typed line end as _x000D_.
    text = clean(str(cell)[:MAX_TEXT]).replace("_x000D_", " ")
    return " ".join(text.split())
