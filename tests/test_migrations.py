"""The migrations make the schema that the models describe, and can take it away again."""

from typing import Any

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import event, inspect, text

from forum.extensions import db


def differences() -> list[object]:
    with db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_sqlite_checks_foreign_keys_at_the_end_and_not_on_the_way(fresh_app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    on_the_way: list[int] = []

    def look(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith("CREATE TABLE"):
            on_the_way.append(cursor.execute("PRAGMA foreign_keys").fetchone()[0])

    event.listen(db.engine, "before_cursor_execute", look)
    flask_migrate.upgrade(revision="0001")
    event.remove(db.engine, "before_cursor_execute", look)
    assert set(on_the_way) == {0}
    assert db.session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_up_down_and_up_again(fresh_app: Flask) -> None:
    assert tables() == set()
    flask_migrate.upgrade()
    assert tables() == set(db.metadata.tables)
    assert differences() == []
    flask_migrate.downgrade(revision="base")
    assert tables() == set()
    flask_migrate.upgrade()
    assert differences() == []
