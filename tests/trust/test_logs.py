"""The log says what was asked and how it ended, and nothing that people wrote, signed in with, or were given."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import configure
from forum.threads import sending
from forum.threads.models import PostRevision
from tests.accounts.conftest import PASSWORD
from tests.trust.conftest import Visit
from tests.trust.rights import Row, address, read_table, routes_of, welcome
from tests.trust.sent import NEW_PASSWORD, sent
from tests.trust.stage import Scene, mark

CANARY = "鹤鸣九皋"


@pytest.fixture
def log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that is written to standard error, the application's log with it."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure(debug=False)
    yield written
    monkeypatch.undo()
    structlog.reset_defaults()
    configure(debug=False)


def test_no_log_names_people_or_repeats_their_words(
    app: Flask, scene: Scene, visit: Visit, any_once: None, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = read_table()
    for row, role in welcome(table, "POST"):
        fields = sent(scene, app_endpoint(app, row), role, row.word)
        words = {
            name: f"{value}{CANARY}" for name, value in fields.items() if name in ("body", "title", "reason", "note")
        }
        visit(role).send(f"{address(app, scene, row)}", fields | words).close()
    for row, role in welcome(table, "GET"):
        visit(role).get(f"{address(app, scene, row)}?q={CANARY}&next=/{CANARY}").close()
    visitor = visit("secretary")
    visitor.get(f"/{CANARY}\nforged=1")
    visitor.get("/", headers={"User-Agent": CANARY, "X-Request-Id": CANARY, "X-Forwarded-For": CANARY})
    for error in (RuntimeError("broken"), OperationalError("INSERT", {"body": CANARY}, Exception("gone"))):
        with monkeypatch.context() as broken:
            broken.setattr(sending, "begin_thread", failing(error))
            answer = visitor.send("/threads/ask", {"kind": "question", "reach": "district", "body": CANARY})
        assert answer.status_code in (500, 503)
    with monkeypatch.context() as broken:
        broken.setattr(sending, "begin_thread", nameless)
        assert (
            visitor.send("/threads/ask", {"kind": "question", "reach": "district", "body": CANARY}).status_code == 500
        )
    lines = log.getvalue().splitlines()
    assert len(lines) > 100
    assert any("IntegrityError" in line for line in lines), "the error itself is not logged"
    secrets = [CANARY, mark("open"), PASSWORD, NEW_PASSWORD, scene.ids["code", "slip"], *scene.seats.values()]
    secrets += [scene.ids["phone", role] for role in scene.seats] + ["13900001234", scene.world.secretary.name]
    assert [line for line in lines for secret in secrets if secret in line] == []
    for line in lines:
        assert {"event", "level", "timestamp"} <= json.loads(line).keys(), (
            "a line that is no object was forged into the log"
        )


def app_endpoint(app: Flask, row: Row) -> str:
    return routes_of(app)[row.method, row.route].endpoint


def nameless(*args: Any, **kwargs: Any) -> None:
    """A row that the database refuses, with words in it."""
    db.session.add(PostRevision(post_id=None, version=1, body=CANARY, written_at=utcnow()))
    db.session.flush()


def failing(error: Exception) -> Any:
    def act(*args: Any, **kwargs: Any) -> None:
        raise error

    return act
