"""Keyset pages: a row that did not change meanwhile is neither skipped nor repeated."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, literal, tuple_

from forum.clock import today
from forum.extensions import db

PAGE_SIZE = 20
LARGEST_ID = 2**31 - 1
FIRST_YEAR = 2000


@dataclass(frozen=True)
class Page:
    """One page of rows, newest first, with the cursors of its neighbours (None at an end)."""

    rows: Sequence[Any]
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True)
class _Cursor:
    direction: str  # "older" or "newer" than
    moment: datetime
    ident: int

    def __str__(self) -> str:
        micros = int(self.moment.timestamp() * 1_000_000)
        return base64.urlsafe_b64encode(json.dumps([self.direction, micros, self.ident]).encode()).decode().rstrip("=")


def keyset_page(query: Select[Any], moment: Any, ident: Any, cursor: str | None, size: int = PAGE_SIZE) -> Page:
    """Fetch one page of ``query``, ordered by the columns (moment, ident) descending, in one statement.

    The query must select both columns. A cursor that cannot be read, or that points above the newest rows, shows the first page.
    """
    place = _read(cursor)
    newest_first = (moment.desc(), ident.desc())
    if place is None:
        rows = db.session.execute(query.order_by(*newest_first).limit(size + 1)).all()
        return _page(rows[:size], moment, ident, newer=False, older=len(rows) > size)
    edge = tuple_(literal(place.moment, moment.type), literal(place.ident))
    if place.direction == "older":
        rows = db.session.execute(
            query.where(tuple_(moment, ident) < edge).order_by(*newest_first).limit(size + 1)
        ).all()
        return _page(rows[:size], moment, ident, newer=True, older=len(rows) > size)
    rows = db.session.execute(query.where(tuple_(moment, ident) > edge).order_by(moment, ident).limit(size + 1)).all()
    if len(rows) < size:  # the reader came back to the top: a stump of a page would hide what stands right below it
        return keyset_page(query, moment, ident, None, size)
    return _page(rows[:size][::-1], moment, ident, newer=len(rows) > size, older=True)


def cut(page: Page, count: int, moment: Any, ident: Any) -> Page:
    """The page with its first ``count`` rows only; the others begin the next page."""
    if count >= len(page.rows):
        return page
    shorter = _page(page.rows[:count], moment, ident, newer=False, older=True)
    return replace(shorter, newer=page.newer)


def id_from(text: str | None) -> int | None:
    """The id that an address names in its query, or None for what no row can have."""
    if not text or len(text) > len(str(LARGEST_ID)) or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if 0 < int(text) <= LARGEST_ID else None


def year_from(text: str | None) -> int:
    """The year that an address names, from 2000 to the next; the present one when it names none of these."""
    year, this = id_from(text), today().year
    return year if year is not None and FIRST_YEAR <= year <= this + 1 else this


def _page(rows: Sequence[Any], moment: Any, ident: Any, *, newer: bool, older: bool) -> Page:
    def at(row: Any, direction: str) -> str:
        return str(_Cursor(direction, row._mapping[moment], row._mapping[ident]))

    return Page(
        rows,
        newer=at(rows[0], "newer") if newer and rows else None,
        older=at(rows[-1], "older") if older and rows else None,
    )


def _read(cursor: str | None) -> _Cursor | None:
    if not cursor or len(cursor) > 200:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, micros, ident = json.loads(base64.urlsafe_b64decode(padded))
        if direction not in ("older", "newer") or not 0 <= int(ident) <= LARGEST_ID:
            return None
        return _Cursor(direction, datetime.fromtimestamp(int(micros) / 1_000_000, UTC), int(ident))
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        return None
