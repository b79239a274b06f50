"""Making, verifying and restoring backups, and keeping as many as are wanted."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from config import KEY_FILE, Settings
from forum.backups import archive, databases
from forum.backups.archive import Damaged, Manifest
from forum.clock import BEIJING, local, utcnow
from forum.media.store import DOCUMENTS, PICTURES

NAME = re.compile(r"forum-(\d{8}-\d{6})\.tar")
NIGHT = time(2, 0)  # Beijing: when a new backup becomes due
STORES = {"picture": PICTURES, "document": DOCUMENTS}  # the table that names the files → where they lie
MAKING = ".making-"
KEPT_DAYS, KEPT_MONTHS = 14, 12

Progress = Callable[[int, int], None]


class AlreadyRunning(Exception):
    """Another process is making a backup at this moment."""


@dataclass(frozen=True)
class Backup:
    """A backup on the disk and when it was made."""

    path: Path
    created_at: datetime

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


def backups_in(folder: Path) -> list[Backup]:
    """The whole backups of a folder, the newest first; half-written ones bear another name."""
    found = []
    for path in folder.glob("forum-*.tar") if folder.is_dir() else ():
        if match := NAME.fullmatch(path.name):
            made = datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=BEIJING)
            found.append(Backup(path, made))
    return sorted(found, key=lambda backup: backup.created_at, reverse=True)


def create(
    settings: Settings, environment: dict[str, str], progress: Progress = lambda _done, _of: None
) -> tuple[Backup, Manifest]:
    """Write a backup of the database at one moment, of the pictures and files it names and of the settings; the forum goes on meanwhile.

    ``environment`` holds the settings as they were given. Raises DatabaseFailed, AlreadyRunning, OSError.
    """
    folder = settings.backup_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        _sweep(folder)
        return _create(settings, environment, folder, progress)


def _create(
    settings: Settings, environment: dict[str, str], folder: Path, progress: Progress
) -> tuple[Backup, Manifest]:
    with TemporaryDirectory(dir=folder, prefix=MAKING) as scratch:
        now = utcnow()
        member = databases.member_of(settings)
        copied = databases.copy_out(settings, Path(scratch))
        path = folder / f"forum-{local(now):%Y%m%d-%H%M%S}.tar"
        with archive.writing(path) as writer:
            writer.add_file(member, Path(scratch, member))
            Path(scratch, member).unlink()
            writer.add_text(
                archive.SETTINGS, "".join(f"{name}={value}\n" for name, value in sorted(environment.items()))
            )
            writer.add_text(archive.KEY, settings.secret_key)
            missing = _add_files(writer, copied.files, progress)
            manifest = Manifest(
                created_at=now.isoformat(),
                database=member,
                revision=revision_of(settings),
                tables=copied.tables,
                members=writer.members,
                missing=missing,
                audit_head=copied.audit_head,
            )
            writer.finish(manifest)
    return Backup(path, now), manifest


def verify(path: Path) -> Manifest:
    """Read a backup through: every member as it was written, the database whole and holding what it held. Raises Damaged."""
    manifest = archive.read_manifest(path)
    with TemporaryDirectory(dir=path.parent, prefix=".verifying-") as scratch:
        archive.unpack(path, Path(scratch), manifest, only=manifest.database)
        try:
            tables = databases.look_into(Path(scratch, manifest.database), Path(scratch))
        except databases.DatabaseFailed as error:
            raise Damaged(str(error)) from error
    if tables is not None and tables != manifest.tables:
        raise Damaged(_first_difference(manifest.tables, tables))
    return manifest


def restore(settings: Settings, path: Path) -> Manifest:
    """Put a backup into an empty place: database, pictures, files, key. Nothing is touched unless the whole backup is sound.

    Raises Damaged, NotEmpty, DatabaseFailed. The database comes last: a restore that was cut off can be begun again.
    """
    manifest = verify(path)
    if manifest.database != databases.member_of(settings):
        raise Damaged(f"it holds {manifest.database}, and DATABASE_URL names the other kind of database")
    databases.refuse_full_place(settings)
    data = settings.data_dir
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=data, prefix=".restoring-") as scratch:
        archive.unpack(path, Path(scratch), manifest)
        for file in (file for store in STORES.values() for file in Path(scratch, store.folder).glob("**/*")):
            if file.is_file():
                place = data / file.relative_to(scratch)
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.replace(place)
        Path(scratch, archive.KEY).replace(
            data / KEY_FILE
        )  # what is encrypted in the database can be read with no other
        Path(scratch, archive.SETTINGS).replace(data / archive.SETTINGS)
        tables = databases.copy_in(settings, Path(scratch, manifest.database))
    if tables != manifest.tables:
        raise Damaged(_first_difference(manifest.tables, tables))
    return manifest


def is_due(backups: list[Backup], now: datetime) -> bool:
    """Whether the last night has passed without a backup. An office that is dark at night makes it in the morning."""
    night = datetime.combine(local(now).date(), NIGHT, BEIJING)
    if local(now) < night:
        night -= timedelta(days=1)
    return not backups or backups[0].created_at < night


def prune(folder: Path) -> list[Path]:
    """Remove old backups: of the last ``KEPT_DAYS`` days all stay, before that the first of each month, a year back."""
    backups = backups_in(folder)
    if not backups:
        return []
    newest = backups[0].created_at
    first_of_month = {(b.created_at.year, b.created_at.month): b for b in backups}  # the oldest comes last and stays
    months = sorted(first_of_month, reverse=True)[:KEPT_MONTHS]
    kept = {b.path for b in backups if newest - b.created_at < timedelta(days=KEPT_DAYS)}
    kept |= {first_of_month[month].path for month in months}
    gone = [b.path for b in backups if b.path not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def revision_of(settings: Settings) -> str:
    """The migration at which the database stands."""
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            return ",".join(sorted(MigrationContext.configure(connection).get_current_heads()))
    finally:
        engine.dispose()


def _sweep(folder: Path) -> None:
    """Remove what a killed process left; somebody may be verifying at this moment, so that takes a day."""
    for part in folder.glob("forum-*.tar.part"):
        part.unlink(missing_ok=True)
    yesterday = (utcnow() - timedelta(days=1)).timestamp()
    for scratch in folder.glob(".*-*"):
        if scratch.name.startswith(MAKING) or scratch.stat().st_mtime < yesterday:
            shutil.rmtree(scratch, ignore_errors=True)


def _add_files(writer: archive.Writer, files: list[tuple[str, str]], progress: Progress) -> list[str]:
    missing = []
    for number, (table, key) in enumerate(files, 1):
        store = STORES[table]
        for suffix in (store.main, store.small):
            path = store.path_of(key, suffix)
            is_there = writer.add_file(f"{store.folder}/{path.relative_to(store.root())}", path)
            if not is_there and (store.always_small or suffix == store.main):
                missing.append(path.name)
        progress(number, len(files))
    return missing


def _first_difference(expected: dict[str, str], found: dict[str, str]) -> str:
    name = next(name for name in sorted({*expected, *found}) if expected.get(name) != found.get(name))
    return f"table {name}: {expected.get(name, 'none')} expected, {found.get(name, 'none')} found"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise AlreadyRunning from None
    finally:
        os.close(handle)
