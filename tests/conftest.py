"""One application and one empty database for the whole run; every test starts from no rows at all.

``TEST_DATABASE_URL`` names the database (an own one is made below it for every parallel worker); without it the tests run on SQLite.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, make_url, text

from config import load
from forum import create_app
from forum.extensions import db, limiter
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.chromium import chromium, pytest_collection_modifyitems  # noqa: F401
from tests.factories import World, make_world

os.environ["SEARCH_VECTORS"] = (
    "false"  # also of processes that tests start; tests of meaning bring an encoder of their own
)
SECRET = "a key for tests only, long enough to be accepted"


def make_database(name: str, directory: Path) -> str:
    """The address of a new empty database of the kind under test; ``name`` sets it apart from this worker's others."""
    wanted = os.environ.get("TEST_DATABASE_URL", "")
    if not wanted:
        return f"sqlite:///{directory / 'forum.db'}"
    name = f"forum_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}{name}"
    server = create_engine(make_url(wanted), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    server.dispose()
    return make_url(wanted).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of this worker's own."""
    return make_database("", tmp_path_factory.mktemp("db"))


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[Flask]:
    """An application on a second database, in which there is not even a table."""
    url = make_database("_fresh", tmp_path)
    app = create_app(load({"SECRET_KEY": SECRET, "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@event.listens_for(Engine, "connect")
def _hurry(connection: Any, record: object) -> None:
    """No test pulls the plug of the machine: SQLite need not wait for the disk (tests that kill processes have their own)."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def application(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("data")
    env = {"SECRET_KEY": SECRET, "DATABASE_URL": database_url, "DATA_DIR": str(data), "SEARCH_VECTORS": "false"}
    app = create_app(load(env | {"MAIL_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "村书记论坛 <forum@example.org>"}))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True)
    limiter.enabled = False  # tests send faster than a hand
    app.test_client_class = Browser
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()  # a connection left open is a warning, and warnings are errors


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application within its context, on a database without rows."""
    with application.app_context():
        yield application
        db.session.rollback()
        db.session.remove()
        _empty()


def _empty() -> None:
    # Without its foreign keys asked, each table can be emptied in one go; TRUNCATE would take a second on PostgreSQL.
    deletes = ";".join(f'DELETE FROM "{name}"' for name in db.metadata.tables)
    with db.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        if connection.dialect.name == "postgresql":
            raw.execute(f"SET session_replication_role = replica; {deletes}; SET session_replication_role = origin")
            raw.commit()
        else:
            raw.executescript(f"PRAGMA foreign_keys=OFF; BEGIN; {deletes}; COMMIT; PRAGMA foreign_keys=ON")


@pytest.fixture
def world(app: Flask) -> World:
    """Two townships with villages, and one person in each role."""
    return make_world()


@pytest.fixture
def browse(app: Flask) -> Callable[[Actor | None], Browser]:
    """A browser signed in as an actor (or signed out): ``browse(world.secretary).get("/")``."""

    def open_for(actor: Actor | None) -> Browser:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        if actor is not None:
            browser.sign_in_as(actor)
        return browser

    return open_for


@pytest.fixture
def count_statements(app: Flask) -> Callable[[], "contextmanager[list[str]]"]:
    """Collect the SQL statements executed within a block; BEGIN, COMMIT, SAVEPOINT and PRAGMA do not count."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if statement.split(None, 1)[0].upper() not in {
                "BEGIN",
                "COMMIT",
                "ROLLBACK",
                "PRAGMA",
                "SAVEPOINT",
                "RELEASE",
            }:
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def data_dir(app: Flask) -> Path:
    return Path(app.extensions["settings"].data_dir)
