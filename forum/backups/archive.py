"""The file a backup is: a tar of the database, the settings and the pictures, with a manifest that says what must be in it.

It holds everything, the secret key included, so it is as secret as the data directory itself: only its owner may read it.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
SETTINGS = "settings.env"
KEY = "secret_key"
FORM = 1  # of the manifest: a later version may need another
_LARGEST_MANIFEST = 256 * 1024 * 1024
_PIECE = 1 << 20


class Damaged(Exception):
    """The backup is not what it was when it was made; the text says what is wrong."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: each member's SHA-256, each table's digest, the pictures whose files were gone, and where the trail ended."""

    created_at: str
    database: str  # the member that is the database
    revision: str
    tables: dict[str, str]
    members: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    form: int = FORM
    audit_head: str = ""


class Writer:
    """Members are added one by one; the manifest, which knows them all, comes last."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, str] = {}

    def add_file(self, name: str, path: Path) -> bool:
        """Add a file under a name; whether it was there."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            info = self._info(name, os.fstat(file.fileno()).st_size)
            reading = _Digesting(file)
            self._tar.addfile(info, reading)
        self.members[name] = reading.hexdigest()
        return True

    def add_text(self, name: str, text: str) -> None:
        """Add a small text."""
        data = text.encode()
        self._tar.addfile(self._info(name, len(data)), io.BytesIO(data))
        self.members[name] = hashlib.sha256(data).hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest."""
        data = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        self._tar.addfile(self._info(MANIFEST, len(data)), io.BytesIO(data))

    @staticmethod
    def _info(name: str, size: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        return info


class _Digesting:
    """A file that is digested as it is read."""

    def __init__(self, file: Any) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        self._digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive that appears under its name only when it is whole and on the disk; whoever is killed leaves a ``.part``."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_manifest(path: Path) -> Manifest:
    """The manifest of an archive. Raises Damaged; FileNotFoundError."""
    with _opened(path) as tar:
        try:
            info = tar.getmember(MANIFEST)
            file = tar.extractfile(info) if info.size <= _LARGEST_MANIFEST else None
            known = json.loads(file.read()) if file else {}
            manifest = Manifest(**known)
        except (KeyError, ValueError, TypeError, tarfile.TarError) as error:
            raise Damaged(f"no readable {MANIFEST}") from error
    if manifest.form != FORM:
        raise Damaged(f"made by another version (form {manifest.form})")
    return manifest


def unpack(path: Path, folder: Path | None, manifest: Manifest, only: str = "") -> None:
    """Read every member and compare it with the manifest; write those whose name begins with ``only`` into ``folder``, if there is one.

    Names come from the manifest, never from the tar alone, and what is no plain file is refused. Raises Damaged.
    """
    seen = set()
    with _opened(path) as tar:
        try:
            for info in tar:
                if info.name == MANIFEST:
                    continue
                if (
                    info.name not in manifest.members
                    or info.name in seen
                    or not info.isreg()
                    or not _is_plain(info.name)
                ):
                    raise Damaged(f"{info.name} does not belong here")
                seen.add(info.name)
                target = folder / info.name if folder is not None and info.name.startswith(only) else None
                if _copied(tar, info, target) != manifest.members[info.name]:
                    raise Damaged(f"{info.name} was changed")
        except (tarfile.TarError, EOFError) as error:
            raise Damaged(str(error)) from error
    if absent := sorted(set(manifest.members) - seen):
        raise Damaged(f"{absent[0]} is absent")


def _is_plain(name: str) -> bool:
    parts = name.split("/")
    return not name.startswith("/") and all(part not in ("", ".", "..") for part in parts)


def _copied(tar: tarfile.TarFile, info: tarfile.TarInfo, target: Path | None) -> str:
    """Read a member through, into a file if one is wanted; its SHA-256."""
    source = tar.extractfile(info)
    assert source is not None
    digest = hashlib.sha256()
    if target is not None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        if target
        else io.BytesIO() as out
    ):
        while piece := source.read(_PIECE):
            digest.update(piece)
            if target is not None:
                out.write(piece)
        if target is not None:
            out.flush()
            os.fsync(out.fileno())
    return digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, mode="r:") as tar:
            yield tar
    except tarfile.ReadError as error:
        raise Damaged(str(error)) from error
