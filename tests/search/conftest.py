"""An index of the application's own, built from what a test wrote."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from forum.extensions import db
from forum.search.follower import rebuild_index
from forum.search.place import index_root


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
