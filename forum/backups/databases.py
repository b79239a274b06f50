"""Taking the whole database out at one moment while others write, and putting it back into an empty place."""

import gzip
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from config import Settings
from forum.backups.digests import digest_tables

FILE = "database.sqlite.gz"
DUMP = "database.dump"
_LISTED = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_MADE = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


_HEAD = "SELECT id, digest FROM audit_seal ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True)
class Copied:
    """What was copied: each table's digest, the files it names, by table and key, and where the chain over the trail ended."""

    tables: dict[str, str]
    files: list[tuple[str, str]]
    audit_head: str


class DatabaseFailed(Exception):
    """The database could not be copied or restored; the text says why."""


_NAMED_FILES = "SELECT 'picture', key FROM picture UNION ALL SELECT 'document', key FROM document"


class NotEmpty(Exception):
    """There is something in the place that was to be restored into."""


def member_of(settings: Settings) -> str:
    """What the database is called within a backup."""
    return FILE if settings.is_sqlite else DUMP


def copy_out(settings: Settings, folder: Path) -> Copied:
    """Write the database as it is at one moment into ``folder``; what is in it.

    Raises DatabaseFailed.
    """
    return (_copy_file if settings.is_sqlite else _dump)(settings, folder)


def copy_in(settings: Settings, member: Path) -> dict[str, str]:
    """Put a copied database into an empty one and return its tables' digests. Raises DatabaseFailed, NotEmpty."""
    return (_restore_file if settings.is_sqlite else _restore_dump)(settings, member)


def look_into(member: Path, folder: Path) -> dict[str, str] | None:
    """Open a copied database, as far as that can be done without a server: its digests from a file, none from a dump.

    Raises DatabaseFailed when it is damaged.
    """
    if member.name == DUMP:
        _run("pg_restore", "--list", str(member))
        return None
    path = folder / "looked-into.db"
    _unpack(member, path)
    return _file_digests(path)


def refuse_full_place(settings: Settings) -> None:
    """Raises NotEmpty when the database that the settings name holds tables."""
    if settings.is_sqlite:
        path = _path(settings)
        if path.exists() and path.stat().st_size:
            raise NotEmpty(str(path))
    else:
        with _connect(settings) as connection:
            if connection.execute(_MADE).fetchone():
                raise NotEmpty(make_url(settings.database_url).database or "")


def _path(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _copy_file(settings: Settings, folder: Path) -> Copied:
    path = _path(settings)
    if not path.exists():
        raise DatabaseFailed(f"{path} is not there")
    copy = folder / "copy.db"
    with closing(sqlite3.connect(path, timeout=15)) as source, closing(sqlite3.connect(copy)) as target:
        # All pages in one go: a copy in steps begins again whenever another process writes, and might never end.
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")
        files = [(table, key) for table, key in target.execute(_NAMED_FILES)]
        head = target.execute(_HEAD).fetchone()
    digests = _file_digests(copy)
    with copy.open("rb") as plain, gzip.open(folder / FILE, "wb", compresslevel=5) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    copy.unlink()
    return Copied(digests, files, _head(head))


def _restore_file(settings: Settings, member: Path) -> dict[str, str]:
    refuse_full_place(settings)
    path = _path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    _unpack(member, part)
    digests = _file_digests(part)
    for leftover in (f"{path}-wal", f"{path}-shm"):  # of another database: they would be played into this one
        Path(leftover).unlink(missing_ok=True)
    part.chmod(0o600)
    part.replace(path)
    return digests


def _unpack(member: Path, path: Path) -> None:
    try:
        with gzip.open(member, "rb") as packed, path.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
            plain.flush()
            os.fsync(plain.fileno())
    except (OSError, EOFError) as error:
        raise DatabaseFailed(str(error)) from error


def _file_digests(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        try:
            faults = [*connection.execute("PRAGMA integrity_check(3)"), *connection.execute("PRAGMA foreign_key_check")]
            if faults != [("ok",)]:
                raise DatabaseFailed(str(faults[:3]))
            names = [name for (name,) in connection.execute(_LISTED)]
            return digest_tables(names, lambda name: connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608 a name from the catalogue
        except sqlite3.DatabaseError as error:
            raise DatabaseFailed(str(error)) from error


def _dump(settings: Settings, folder: Path) -> Copied:
    with _connect(settings) as connection:
        # Dump and digests look at one and the same moment.
        connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = str(row[0]) if row else ""
        arguments = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
        _run("pg_dump", *arguments, f"--file={folder / DUMP}", settings=settings)
        files = [(table, key) for table, key in connection.execute(_NAMED_FILES)]
        return Copied(_table_digests(connection), files, _head(connection.execute(_HEAD).fetchone()))


def _head(last: tuple[Any, ...] | None) -> str:
    return f"{last[0]}:{last[1]}" if last else ""


def _restore_dump(settings: Settings, member: Path) -> dict[str, str]:
    refuse_full_place(settings)
    arguments = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", *arguments, str(member), settings=settings)
    with _connect(settings) as connection:
        return _table_digests(connection)


def _table_digests(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, str]:
    def rows_of(name: str) -> Iterator[tuple[Any, ...]]:
        with connection.cursor(name="digest") as cursor:  # a cursor of the server: a large table is never held whole
            cursor.itersize = 5000
            yield from cursor.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))

    names = [name for (name,) in connection.execute(_MADE).fetchall()]
    return digest_tables(names, rows_of)


def _address(settings: Settings) -> dict[str, str]:
    url = make_url(settings.database_url)
    known = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    options = {name: value for name, value in url.query.items() if isinstance(value, str)}
    return {name: str(value) for name, value in {**known, **options}.items() if value is not None}


def _connect(settings: Settings) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(**_address(settings), connect_timeout=5)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        raise DatabaseFailed(str(error).strip().splitlines()[-1]) from error


def _run(program: str, *arguments: str, settings: Settings | None = None) -> None:
    """Run a program of PostgreSQL's; the address goes through the environment, for a command line can be read by every user."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    env = dict(os.environ)
    if settings is not None:
        address = _address(settings)
        env |= {names[name]: value for name, value in address.items() if name in names}
        env |= {f"PG{name.upper()}": value for name, value in address.items() if name.startswith("ssl")}
        if program == "pg_restore":
            arguments = (f"--dbname={address['dbname']}", *arguments)
    try:
        subprocess.run([program, *arguments], env=env, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        raise DatabaseFailed(f"there is no {program}: apt install postgresql-client") from None
    except subprocess.CalledProcessError as error:
        raise DatabaseFailed(f"{program}: {(error.stderr or '').strip()[-300:]}") from error
