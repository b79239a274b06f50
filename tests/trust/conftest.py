"""The scene, as every test of this folder finds it, and visitors in every role."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event

from forum import forms
from forum.accounts.sessions import cookie_name
from forum.extensions import db, limiter
from forum.media.store import DOCUMENTS, PICTURES
from tests.accounts.conftest import cheap_hashes  # noqa: F401 - passwords are verified in a millisecond
from tests.browsing import Browser
from tests.trust.scene import set_scene
from tests.trust.snapshot import Snapshot, all_rows, put_back
from tests.trust.stage import Scene

NO_WRITES = ("SELECT", "WITH", "PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")

_tokens = count(1)
_built: dict[int, tuple[Scene, Snapshot, dict[Path, bytes]]] = {}


@pytest.fixture
def scene(app: Flask, cheap_hashes: None) -> Scene:  # noqa: F811
    """Everything in every state. Built once for the whole run, put back for every test."""
    limiter.reset()
    if id(app) not in _built:
        built = set_scene()
        files = {
            path: path.read_bytes()
            for store in (PICTURES, DOCUMENTS)
            for path in store.root().rglob("*")
            if path.is_file()
        }
        _built[id(app)] = built, all_rows(), files
    else:
        put_back(_built[id(app)][1])
        # A story that moved time on has let the worker remove files that no row of its own speaks of.
        for path, data in _built[id(app)][2].items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
    return _built[id(app)][0]


@pytest.fixture
def kept_rows(app: Flask, scene: Scene) -> Snapshot:
    """The rows of the scene, for ``put_back``."""
    return _built[id(app)][1]


class Visitor(Browser):
    """A browser with a CSRF token of its session, which it sends along with every ``send``."""

    csrf_token: str

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for all of an answer, so that the file it may be sent from is closed."""
        return super().open(*args, **{"buffered": True, **kwargs})

    def send(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """Post a form as the page would: with its CSRF token and a one-time token never used before."""
        fields = {"csrf_token": self.csrf_token, "once": f"once-{next(_tokens)}", **(data or {})}
        return self.post(url, data=fields, **kwargs)


@pytest.fixture
def any_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take any one-time token for genuine: what is under test is who may do what."""
    monkeypatch.setattr(forms, "is_genuine", lambda token, person_id, form: bool(token))


Visit = Callable[[str], Visitor]
Writes = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def visit(app: Flask, scene: Scene) -> Visit:
    """A browser of somebody in a role of the rights table, signed in: ``visit("organiser").get("/")``."""
    with app.test_request_context():
        g.pop("csrf_token", None)
        token = generate_csrf()
        cookie = app.session_interface.get_signing_serializer(app).dumps({"csrf_token": session["csrf_token"]})

    def open_for(role: str) -> Visitor:
        client = Visitor(app, app.response_class, use_cookies=True)
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], cookie)
        if role in scene.seats:
            client.set_cookie(cookie_name(), scene.seats[role])
        client.csrf_token = token
        return client

    return open_for


@pytest.fixture
def writes(app: Flask) -> Writes:
    """Collect the statements that wrote something for good within a block; last-seen of a session is none."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        pending: list[str] = []
        written: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            is_last_seen = statement.startswith("UPDATE user_session SET last_seen_at")
            if statement.split(None, 1)[0].upper() not in NO_WRITES and not is_last_seen:
                pending.append(statement)

        def commit(connection: object) -> None:
            written.extend(pending)
            pending.clear()

        listeners = {"before_cursor_execute": note, "commit": commit, "rollback": lambda connection: pending.clear()}
        for name, listener in listeners.items():
            event.listen(db.engine, name, listener)
        try:
            yield written
        finally:
            for name, listener in listeners.items():
                event.remove(db.engine, name, listener)

    return listening
