"""The picture files: ``DATA_DIR/pictures/ab/cd/abcd….jpg`` and ``….thumb.jpg``. A file is there whole or not at all."""

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


def root() -> Path:
    """The folder that holds all pictures; it need not exist yet."""
    return Path(current_app.extensions["settings"].data_dir) / "pictures"


def path_of(key: str, suffix: str = FULL) -> Path:
    """Where a picture's file lies. Raises ValueError for anything but a key, so that no address from outside becomes a path."""
    if not KEY.fullmatch(key):
        raise ValueError("not a picture's key")
    return root() / key[:2] / key[2:4] / f"{key}{suffix}"


def save(full: bytes, thumb: bytes) -> str:
    """Write a picture and its thumbnail under a new random key, safe from a power cut; return the key.

    Raises OSError, leaving no file, e.g. when the disk is full.
    """
    key = secrets.token_hex(20)
    folder = path_of(key).parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _write(path_of(key, THUMB), thumb)
        _write(path_of(key), full)
        for changed in (folder, folder.parent, root()):
            _sync(changed)
    except OSError:
        delete(key)
        raise
    return key


def key_of(path: Path) -> str:
    """The key of the picture to which a file belongs; empty for one half written."""
    return path.name.partition(".")[0]


def delete(key: str) -> None:
    """Remove a picture's files; those already gone do not matter."""
    for suffix in (FULL, THUMB):
        path_of(key, suffix).unlink(missing_ok=True)


def files_before(moment: datetime) -> Iterator[Path]:
    """Every file below the root last written before a moment: pictures, thumbnails and what a killed process left half written."""
    for folder, _, names in os.walk(root()):
        for name in names:
            path = Path(folder, name)
            try:
                written = path.stat().st_mtime
            except FileNotFoundError:
                continue
            if written < moment.timestamp():
                yield path


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
