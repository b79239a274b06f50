"""A forum with something in it, and an empty place to restore it into."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace

import flask_migrate
import pytest
from flask import Flask

from config import Settings
from forum.backups import databases
from forum.extensions import db
from forum.media.models import Document, DocumentKind, Picture
from forum.media.store import DOCUMENTS, PICTURES
from tests.conftest import make_database
from tests.factories import World, make_post, make_thread, make_world, save


@pytest.fixture
def forum(fresh_app: Flask) -> Flask:
    """A migrated forum of its own, on this kind of database, with threads, two pictures and two office files."""
    if not fresh_app.extensions["settings"].is_sqlite and shutil.which("pg_dump") is None:
        (pytest.fail if os.environ.get("REQUIRE_ALL") else pytest.skip)("there is no pg_dump")
    flask_migrate.upgrade()
    return fresh_app


@pytest.fixture
def settings(forum: Flask) -> Settings:
    return forum.extensions["settings"]  # type: ignore[no-any-return]


@pytest.fixture
def filled(forum: Flask) -> World:
    world = make_world()
    thread = make_thread(world.secretary, "桥面塌了一块 '\\'' “引号”", "水泥\n\n第二段\t制表")
    post = make_post(thread, world.neighbour_secretary, "先拉警戒线。")
    for size in (b"a" * 3000, b"b" * 70_000):
        key = PICTURES.save(size, size[:100])
        save(Picture(key=key, owner_id=world.secretary.id, post_id=post.id, width=4, height=3, size=len(size)))
    for kind, page in ((DocumentKind.PDF, b"page"), (DocumentKind.DOCX, None)):
        key, name = DOCUMENTS.save(b"c" * 9000, page), f"方案.{kind}"
        save(Document(key=key, owner_id=world.secretary.id, post_id=post.id, kind=kind, name=name, size=9000))
    db.session.remove()
    return world


@pytest.fixture
def empty_place(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings for the same kind of database elsewhere, in which there is nothing."""
    data = tmp_path_factory.mktemp("elsewhere") / "data"
    data.mkdir()
    return replace(settings, data_dir=data, backup_dir=data / "backups", database_url=make_database("_restored", data))


@pytest.fixture
def tables_of() -> Callable[[Settings], dict[str, str]]:
    """The digests of a database as it is now."""

    def look(settings: Settings) -> dict[str, str]:
        scratch = settings.data_dir / "looked-at"
        scratch.mkdir()
        try:
            return databases.copy_out(settings, scratch).tables
        finally:
            shutil.rmtree(scratch)

    return look
