"""Run migrations on the application's database: in batches, and on SQLite with foreign keys checked at the end instead of on the way."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

target_metadata = current_app.extensions["migrate"].db.metadata


def run(connection: Connection) -> None:
    """Bring the schema up or down within one transaction."""
    is_sqlite = connection.dialect.name == "sqlite"
    if (
        is_sqlite
    ):  # a batch rebuilds tables: with foreign keys on, dropping the old table would delete what points at it
        _check_foreign_keys(connection, on=False)
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    if is_sqlite:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"foreign keys broken by the migration: {broken[:5]}")
        connection.commit()
        _check_foreign_keys(connection, on=True)


def _check_foreign_keys(connection: Connection, *, on: bool) -> None:
    """Said to the driver itself: the connection would begin a transaction first, and within one SQLite does not listen to this."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


if context.is_offline_mode():
    raise SystemExit("migrations run on a database: offline mode is not supported")
with current_app.extensions["migrate"].db.engine.connect() as connection:
    run(connection)
