"""Files on the disk: ``DATA_DIR/pictures/ab/cd/abcd….jpg``. A file is there whole or not at all."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app

KEY = re.compile("[0-9a-f]{40}")
FULL = ".jpg"
THUMB = ".thumb.jpg"
WHOLE = ".file"
FIRST_PAGE = ".page.jpg"


class Store:
    """A folder of files named by random keys: of each key a main file, and one that shows it small, which some do without."""

    def __init__(self, folder: str, main: str, small: str, *, always_small: bool) -> None:
        self.folder, self.main, self.small, self.always_small = folder, main, small, always_small

    def root(self) -> Path:
        """The folder that holds all; it need not exist yet."""
        return Path(current_app.extensions["settings"].data_dir) / self.folder

    def path_of(self, key: str, suffix: str | None = None) -> Path:
        """Where a key's file lies. Raises ValueError for anything but a key, so that no address from outside becomes a path."""
        if not KEY.fullmatch(key):
            raise ValueError("not a file's key")
        return self.root() / key[:2] / key[2:4] / f"{key}{self.main if suffix is None else suffix}"

    def save(self, main: bytes, small: bytes | None) -> str:
        """Write the files under a new random key, safe from a power cut; return the key.

        Raises OSError, leaving no file, e.g. when the disk is full.
        """
        key = secrets.token_hex(20)
        folder = self.path_of(key).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            if small is not None:
                _write(self.path_of(key, self.small), small)
            _write(self.path_of(key), main)
            for changed in (folder, folder.parent, self.root()):
                _sync(changed)
        except OSError:
            self.delete(key)
            raise
        return key

    def delete(self, key: str) -> None:
        """Remove a key's files; those already gone do not matter."""
        for suffix in (self.main, self.small):
            self.path_of(key, suffix).unlink(missing_ok=True)

    def files_before(self, moment: datetime) -> Iterator[Path]:
        """Every file below the root last written before a moment, with what a killed process left half written."""
        for folder, _, names in os.walk(self.root()):
            for name in names:
                path = Path(folder, name)
                try:
                    written = path.stat().st_mtime
                except FileNotFoundError:
                    continue
                if written < moment.timestamp():
                    yield path


PICTURES = Store("pictures", FULL, THUMB, always_small=True)
DOCUMENTS = Store("documents", WHOLE, FIRST_PAGE, always_small=False)


def key_of(path: Path) -> str:
    """The key to which a file belongs; empty for one half written."""
    return path.name.partition(".")[0]


def _write(path: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def _sync(folder: Path) -> None:
    """A new name in a folder outlives a power cut only when the folder itself was written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
