"""Where the index of this application lies, and what this process shares of it: one reader, one encoder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from flask import current_app

from forum.extensions import db, reading
from forum.search.encoder import CURRENT, Vectors
from forum.search.index import Reader, open_reader
from forum.search.matrix import Matrix


def index_root() -> Path:
    """The folder of the index: beside the other data of this machine, never shared with another one."""
    return Path(current_app.extensions["settings"].data_dir) / "search"


def reader() -> Reader:
    """The reader that all threads of this process share; it opens the index with the first question."""
    return cast(Reader, current_app.extensions.setdefault("search", open_reader(index_root())))


def matrix() -> Matrix:
    """The vectors beside the index, as all threads of this process share them."""
    return cast(Matrix, current_app.extensions.setdefault("search matrix", Matrix()))


def vectors() -> Vectors:
    """The encoder of this process, which is loaded with the first text."""
    if "search encoder" not in current_app.extensions:
        current_app.extensions["search encoder"] = Vectors()
    return cast(Vectors, current_app.extensions["search encoder"])


def knows_meaning() -> bool:
    """Whether this machine searches by meaning too: an encoder is there and not switched off."""
    return current_app.extensions["settings"].search_vectors and vectors().is_there(CURRENT)


@contextmanager
def looking() -> Iterator[None]:
    """Read the database without a lock, and without a snapshot that outlives the block."""
    with reading():
        try:
            yield
        finally:
            db.session.rollback()
