"""An index of the application's own, built from what a test wrote."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from forum.extensions import db
from forum.search.encoder import CURRENT, ENCODERS, Maker
from forum.search.follower import rebuild_index
from forum.search.place import index_root
from tests.search.meanings import BagOfMeanings


@pytest.fixture
def root(app: Flask) -> Iterator[Path]:
    """Where the application's index lies: nowhere yet, and nothing is left behind."""
    shutil.rmtree(index_root(), ignore_errors=True)  # the worker's own tests may have made one
    yield index_root()
    shutil.rmtree(index_root(), ignore_errors=True)


@pytest.fixture
def indexed(root: Path) -> Callable[[], None]:
    """Have the index hold everything written so far: ``indexed()``. What tests write without an action leaves no change to follow."""

    def build() -> None:
        db.session.rollback()
        rebuild_index()

    return build


@pytest.fixture
def bag(app: Flask, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BagOfMeanings]:
    """Search by meaning is switched on, with a small encoder."""
    pytest.importorskip("numpy")
    bag = BagOfMeanings()
    monkeypatch.setitem(ENCODERS, CURRENT, Maker(lambda: bag, lambda: True, 0.4))
    monkeypatch.setitem(app.extensions, "settings", replace(app.extensions["settings"], search_vectors=True))
    forget_process(app)
    yield bag
    forget_process(app)


def forget_process(app: Flask) -> None:
    """As after a restart."""
    for name in ("search", "search matrix", "search encoder", "search maker"):
        app.extensions.pop(name, None)
