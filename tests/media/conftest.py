"""Sending pictures as the script of a page does, and posts that may be read by whom the test says."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from forum.extensions import db
from forum.media import policies
from forum.media.actions import keep_picture
from forum.media.models import Picture
from forum.media.pictures import prepare
from forum.threads.models import Post, Thread
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.media.shots import picture

Send = Callable[..., TestResponse]


@pytest.fixture
def send(app: Flask, browse: Callable[[Actor | None], Browser]) -> Send:
    """Post one file as script does: ``send(actor, data, name, url="/pictures")``."""

    def post(
        actor: Actor | None,
        data: bytes | None = None,
        name: str = "IMG_2024.jpg",
        url: str = "/pictures",
        **kwargs: Any,
    ) -> TestResponse:
        browser = browse(actor)
        with app.test_request_context():
            g.pop("csrf_token", None)
            token, raw = generate_csrf(), session["csrf_token"]
        with browser.session_transaction() as kept:
            kept["csrf_token"] = raw
        file = FileStorage(BytesIO(picture() if data is None else data), filename=name)
        boundary, body = encode_multipart({"file": file})
        kind = f'multipart/form-data; boundary="{boundary}"'
        return browser.post(url, data=body, content_type=kind, headers={"X-CSRFToken": token}, **kwargs)

    return post


@pytest.fixture
def keep(app: Flask) -> Callable[[Actor], Picture]:
    """Store a picture as an actor's unattached one."""

    def store(actor: Actor, **values: Any) -> Picture:
        kept = keep_picture(actor, prepare(picture()))
        for name, value in values.items():
            setattr(kept, name, value)
        db.session.commit()
        return kept

    return store


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> dict[int, set[int]]:
    """Who may read which posts, by their ids, instead of what the rooms above say."""
    allowed: dict[int, set[int]] = {}
    monkeypatch.setattr(
        policies, "_readable_posts", lambda actor: select(Post.id).where(Post.id.in_(allowed.get(actor.id, set())))
    )
    return allowed


def opening_of(thread: Thread) -> int:
    """The id of a thread's opening post."""
    return db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.is_opening)).one()
