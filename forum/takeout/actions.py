"""Putting everything that a person wrote into one file: to read, for programs, and what he sent along."""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select

from forum.accounts import own as _accounts  # noqa: F401
from forum.asking import own as _asking  # noqa: F401 - each declares what its room holds of a person
from forum.audit.actions import record
from forum.belongings import BELONGINGS, FILES, Belonging
from forum.clock import utcnow
from forum.consultations import own as _consultations  # noqa: F401
from forum.downloads import safe_name
from forum.extensions import db
from forum.hall import own as _hall  # noqa: F401
from forum.learning import own as _learning  # noqa: F401
from forum.library import own as _library  # noqa: F401
from forum.media import own as _media  # noqa: F401
from forum.meetings import own as _meetings  # noqa: F401
from forum.moderation import own as _moderation  # noqa: F401
from forum.notices import own as _notices  # noqa: F401
from forum.screening import own as _screening  # noqa: F401
from forum.search import own as _search  # noqa: F401
from forum.tags import own as _tags  # noqa: F401
from forum.takeout.pages import page_of
from forum.threads import own as _threads  # noqa: F401
from forum.trail import own as _trail  # noqa: F401
from forum.units import own as _units  # noqa: F401
from forum.units.actors import Actor

DATA = "data.json"
BATCH = 500
# What a reader looks for first, and last; between them the rooms in the order of their names.
_FIRST = (
    "person",
    "postings",
    "posts",
    "threads",
    "revisions",
    "cards",
    "card_revisions",
    "adoptions",
    "adoption_results",
)
_LAST = ("read", "followed", "notice_preferences", "mail_address", "calendar", "sessions", "deeds")
# What stands in these columns may quote a neighbour: what he said is his.
_WRITTEN = ("body",)
_QUOTED = re.compile(r"^[ \t]*>.*(\n[ \t]*>.*)*", re.MULTILINE)

Row = dict[str, Any]


class AlreadyMaking(Exception):
    """The same person's file is being made at this moment."""


def make_takeout(actor: Actor) -> IO[bytes]:
    """Everything that the actor wrote, as a file to be read from its beginning; it is gone once closed. It only reads the database.

    Rows are streamed and files copied piece by piece, so the memory needed does not grow with what he wrote. Raises AlreadyMaking.
    """
    with _alone(actor):
        zipped = TemporaryFile()  # noqa: SIM115 - whoever is given it closes it
        try:
            with ZipFile(zipped, "w", ZIP_DEFLATED, compresslevel=5) as archive:
                _write(archive, actor)
        except BaseException:
            zipped.close()
            raise
    zipped.seek(0)
    return zipped


def note_takeout(actor: Actor) -> None:
    """Write down that the actor took what he wrote along."""
    record(actor, "writing.export", "person", actor.id)


def own_words(text: str) -> str:
    """A text without the lines that it quotes."""
    return _QUOTED.sub("> ……", text)


def _write(archive: ZipFile, actor: Actor) -> None:
    sent = _copy_files(archive, actor)
    with archive.open(DATA, "w", force_zip64=True) as out:
        for piece in _as_json(actor, sent):
            out.write(piece.encode())
    sections = [(belonging, partial(_rows, belonging.rows_of(actor))) for belonging in sorted(BELONGINGS, key=_place)]
    with archive.open(f"{_('我写的')}.html", "w", force_zip64=True) as out:
        for piece in page_of(actor, sections, sent, utcnow()):
            out.write(piece.encode())


def _place(belonging: Belonging) -> tuple[int, int]:
    """Where rows of a kind stand on the page."""
    if belonging.key in _FIRST:
        return 0, _FIRST.index(belonging.key)
    return (2, _LAST.index(belonging.key)) if belonging.key in _LAST else (1, 0)


def _copy_files(archive: ZipFile, actor: Actor) -> dict[str, list[Row]]:
    """Put the files in; by kind their names in the archive, in their order. A file that is gone from the disk is left out."""
    sent: dict[str, list[Row]] = {}
    for files in FILES:
        sent[files.key] = []
        for number, (key, name, post_id) in enumerate(db.session.execute(files.rows_of(actor)).all(), 1):
            path = files.path_of(key)
            inside = f"{files.key}/{number:04d} {safe_name(name)}" if name else f"{files.key}/{number:04d}{path.suffix}"
            try:
                archive.write(path, inside, ZIP_STORED)
            except FileNotFoundError:
                continue
            sent[files.key].append({"file": inside, "post_id": post_id})
    return sent


def _as_json(actor: Actor, sent: dict[str, list[Row]]) -> Iterator[str]:
    yield "{" + f'"made_at": {_json(utcnow())}'
    for belonging in BELONGINGS:
        yield f',\n"{belonging.key}": ['
        for number, row in enumerate(_rows(belonging.rows_of(actor))):
            yield (",\n" if number else "\n") + _json(row)
        yield "]"
    for key, rows in sent.items():
        yield f',\n"{key}": {_json(rows)}'
    yield "}\n"


def _rows(query: Select[*tuple[Any, ...]]) -> Iterator[Row]:
    found = db.session.execute(query.execution_options(yield_per=BATCH))
    try:
        for row in found.mappings():
            yield {name: own_words(value) if name in _WRITTEN and value else value for name, value in row.items()}
    finally:
        found.close()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def _alone(actor: Actor) -> Iterator[None]:
    folder = Path(current_app.extensions["settings"].data_dir) / "takeout"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / f"{actor.id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyMaking from None
    finally:
        os.close(handle)
