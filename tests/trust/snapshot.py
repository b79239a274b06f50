"""All rows of the database, kept and put back: a test may write whatever it likes, the next one finds the scene as it was."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from forum.extensions import db

Snapshot = dict[str, list[dict[str, Any]]]


def all_rows() -> Snapshot:
    """Every row of every table, in the order of their keys."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in db.metadata.tables.items()
        }


def put_back(snapshot: Snapshot, tables: Collection[str] | None = None) -> None:
    """Make these the only rows (of the tables named, or of all). Foreign keys are not asked meanwhile: the rows stood together before."""
    db.session.rollback()
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        is_postgresql = connection.dialect.name == "postgresql"
        off, on = (
            ("SET session_replication_role = replica", "SET session_replication_role = origin")
            if is_postgresql
            else ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON")
        )
        raw.execute(off)
        with connection.begin():
            for name in tables or db.metadata.tables:
                table = db.metadata.tables[name]
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
                if snapshot[name]:
                    connection.execute(table.insert(), snapshot[name])
                if is_postgresql and "id" in table.columns:  # SQLite numbers on from the largest id by itself
                    largest = max((row["id"] for row in snapshot[name]), default=0)
                    sequence = f"pg_get_serial_sequence('\"{name}\"', 'id')"
                    connection.exec_driver_sql(f"SELECT setval({sequence}, {largest + 1}, false)")
        raw.execute(on)
        if is_postgresql:
            raw.commit()
    db.session.remove()


def tables_in(statements: list[str]) -> set[str]:
    """The tables that statements write to."""
    found = (re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", statement) for statement in statements)
    return {match[1] for match in found if match}


def differences(before: Snapshot, after: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """The rows of ``after`` that were not in ``before`` as they stand, by table; a table that lost rows shows the lost ones."""
    changed = {}
    for name, rows in after.items():
        if rows != before[name]:
            changed[name] = [r for r in rows if r not in before[name]] or [r for r in before[name] if r not in rows]
    return changed
