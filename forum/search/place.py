"""Where the index of this application lies, and the one reader of this process."""

from pathlib import Path
from typing import cast

from flask import current_app

from forum.search.index import Reader, open_reader


def index_root() -> Path:
    """The folder of the index: beside the other data of this machine, never shared with another one."""
    return Path(current_app.extensions["settings"].data_dir) / "search"


def reader() -> Reader:
    """The reader that all threads of this process share; it opens the index with the first question."""
    return cast(Reader, current_app.extensions.setdefault("search", open_reader(index_root())))
