"""Moving the rows that go along with a thread, and remembering them so that they can be put back exactly."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Table, delete, insert, select, update
from sqlalchemy.types import TypeEngine

from forum.clock import UTCDateTime
from forum.extensions import db
from forum.threads.references import ALONG

Row = dict[str, Any]


def move_along(old: int, new: int) -> list[Row]:
    """Let what goes along with thread ``old`` be thread ``new``'s; returns what ``put_back`` needs, fit for JSON."""
    return [move_rows(along.attribute, along.mate, old, new) for along in ALONG]


def move_rows(attribute: Any, mate: str | None, old: int, new: int, *conditions: Any) -> Row:
    """Let rows of ``old`` be those of ``new``. Where that has one with the same ``mate`` (somebody follows both), the old one is taken away."""
    column: Column[Any] = attribute.property.columns[0]
    table = column.table
    name = table.c[mate or "id"]
    there = set(db.session.scalars(select(name).where(column == new, *conditions))) if mate else set()
    rows = db.session.execute(select(table).where(column == old, *conditions)).mappings().all()
    dropped = [row for row in rows if row[name.name] in there]
    if dropped:
        gone = [row[name.name] for row in dropped]
        db.session.execute(delete(table).where(column == old, *conditions, name.in_(gone)))
    db.session.execute(update(table).where(column == old, *conditions).values({column.name: new}))
    return {
        "table": table.name,
        "column": column.name,
        "name": name.name,
        "moved": [row[name.name] for row in rows if row[name.name] not in there],
        "dropped": [_written(row) for row in dropped],
    }


def put_back(parts: Iterable[Row], old: int, new: int) -> None:
    """Give ``old`` its rows again, but for those that are gone from ``new`` meanwhile."""
    for part in parts:
        table = db.metadata.tables[part["table"]]
        column, name = table.c[part["column"]], table.c[part["name"]]
        mine = update(table).where(column == new, name.in_(part["moved"]))
        db.session.execute(mine.values({column.name: old}))
        if part["dropped"]:
            db.session.execute(insert(table), [_read(table, row) for row in part["dropped"]])


def _written(row: Mapping[Any, Any]) -> Row:
    return {str(name): value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _read(table: Table, row: Row) -> Row:
    return {name: _value(table.c[name].type, written) for name, written in row.items()}


def _value(kind: TypeEngine[Any], written: Any) -> Any:
    if isinstance(kind, UTCDateTime) and written is not None:
        return datetime.fromisoformat(written)
    return date.fromisoformat(written) if isinstance(kind, Date) and written is not None else written
