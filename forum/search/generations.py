"""Where an index lies on disk: one folder per generation, and a pointer that names the one in use.

    root/current                what is in use: {"folder": "generation-…", "version": 1}
    root/generation-…/          one whole index
    root/lock                   held by whoever writes, follower or rebuild

A rebuild fills a new folder and then replaces the pointer in one step. Until that step the old generation answers, so
a rebuild that dies costs nothing but its folder, which the next rebuild sweeps away.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

PREFIX = "generation-"


class IndexUnavailable(Exception):
    """There is no index, or none that this version can read. The cure is a rebuild."""


class WriterBusy(Exception):
    """Somebody else is writing this index or rebuilding it."""


def pointer(root: Path) -> Path:
    """Return the path of the file that names the generation in use."""
    return root / "current"


def current(root: Path, version: int) -> Path:
    """Return the folder in use. Raises IndexUnavailable when there is none of this `version`."""
    try:
        named = json.loads(pointer(root).read_bytes())
        folder, found = named["folder"], named["version"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexUnavailable(f"no readable pointer in {root}") from error
    if found != version:
        raise IndexUnavailable(f"the index has version {found}, wanted is {version}")
    if not (isinstance(folder, str) and folder.startswith(PREFIX) and (root / folder).is_dir()):
        raise IndexUnavailable(f"the pointer in {root} names no generation")
    return root / folder


def create(root: Path) -> Path:
    """Return a new empty folder for the next generation, not yet in use."""
    folder = root / f"{PREFIX}{uuid4().hex}"
    folder.mkdir()
    return folder


def switch(root: Path, folder: Path, version: int) -> None:
    """Put `folder` into use. After a crash either the old pointer stands or the new one, whole."""
    new = root / "current.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump({"folder": folder.name, "version": version}, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(pointer(root))
    descriptor = os.open(root, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the renaming itself lies in the folder
    finally:
        os.close(descriptor)


def sweep(root: Path, keep: Path | None) -> None:
    """Remove all generations but `keep`. Who still reads one keeps its mapped files until he closes them."""
    for folder in root.glob(f"{PREFIX}*"):
        if folder != keep:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Hold the one right to write under `root`. Raises WriterBusy at once; a killed holder has let go."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WriterBusy(f"the index in {root} is being written by somebody else") from error
        yield
