"""A backup is whole or not there, tells what is wrong with it, and comes back as it was."""

import io
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from config import KEY_FILE, Settings
from forum.audit.actions import record
from forum.audit.chain import head
from forum.backups import archive
from forum.backups.actions import (
    AlreadyRunning,
    Backup,
    _alone,
    backups_in,
    create,
    is_due,
    prune,
    restore,
    verify,
)
from forum.backups.archive import Damaged
from forum.backups.databases import DatabaseFailed, NotEmpty
from forum.backups.jobs import back_up_at_night
from forum.clock import BEIJING, utcnow
from forum.extensions import db
from forum.media.store import DOCUMENTS, PICTURES
from forum.operations.checks import Level, backup_findings
from forum.threads.models import Post, Thread
from tests.factories import World, make_thread

Tables = Callable[[Settings], dict[str, str]]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def beijing(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BEIJING)  # type: ignore[arg-type, misc]


def test_it_comes_back_as_it_was(settings: Settings, filled: World, empty_place: Settings, tables_of: Tables) -> None:
    made, manifest = create(settings, {"PUBLIC_URL": "https://forum.example.org"})
    assert verify(made.path) == manifest
    assert manifest.missing == []
    assert manifest.tables["thread"].startswith("1:")
    assert manifest.tables["post"].startswith("2:")

    restore(empty_place, made.path)
    assert tables_of(empty_place) == tables_of(settings) == manifest.tables
    assert files_below(empty_place.data_dir / "pictures") == files_below(PICTURES.root())
    assert len(files_below(PICTURES.root())) == 4
    assert files_below(empty_place.data_dir / "documents") == files_below(DOCUMENTS.root())
    assert len(files_below(DOCUMENTS.root())) == 3
    assert (empty_place.data_dir / KEY_FILE).read_text() == settings.secret_key
    assert (empty_place.data_dir / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert "PUBLIC_URL=https://forum.example.org\n" in (empty_place.data_dir / "settings.env").read_text()


def test_it_holds_where_the_trail_ended_and_the_chain_comes_back_with_its_triggers(
    settings: Settings, filled: World, empty_place: Settings
) -> None:
    record(filled.organiser, "post.hide", "post", 1)
    db.session.commit()
    made, manifest = create(settings, {})
    assert manifest.audit_head == str(head())
    db.session.rollback()
    restore(empty_place, made.path)
    engine = create_engine(empty_place.database_url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match="neither changed nor deleted"):
        connection.execute(text("DELETE FROM audit_entry"))
    engine.dispose()


def test_only_its_owner_reads_it(settings: Settings, filled: World) -> None:
    made, _ = create(settings, {})
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_changed_row_is_another_digest(settings: Settings, filled: World, tables_of: Tables) -> None:
    before = tables_of(settings)
    db.session.execute(text("UPDATE thread SET title = 'x'"))
    db.session.commit()
    after = tables_of(settings)
    assert {name for name in before if before[name] != after[name]} == {"thread"}


def test_while_others_write_it_holds_one_moment(
    forum: Flask, settings: Settings, filled: World, empty_place: Settings
) -> None:
    ended = threading.Event()
    failures: list[BaseException] = []

    def write() -> None:
        with forum.app_context():
            try:
                while not ended.is_set():
                    make_thread(filled.secretary)  # a thread and its opening, which belong together
            except BaseException as error:
                failures.append(error)
            finally:
                db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backups = []
        for _ in range(3):
            time.sleep(0.1)
            backups.append(create(settings, {})[0])
            backups[-1].path.rename(backups[-1].path.with_name(f"forum-20260101-00000{len(backups)}.tar"))
    finally:
        ended.set()
        writer.join()
    assert failures == []
    [*_, last] = backups_in(settings.backup_dir)[::-1]
    restore(empty_place, last.path)
    engine = create_engine(empty_place.database_url)
    with engine.connect() as connection:
        threads = connection.scalar(select(func.count(Thread.id)))
        openings = connection.scalar(select(func.count(Post.id)).where(Post.is_opening))
    engine.dispose()
    assert threads == openings > 3


@pytest.mark.parametrize("place", [0.02, 0.2, 0.5, 0.8, 0.97])
def test_one_changed_byte_is_told(settings: Settings, filled: World, place: float) -> None:
    path = create(settings, {})[0].path
    data = bytearray(path.read_bytes().rstrip(b"\0"))  # what follows the last member means nothing
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged):
        verify(path)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_half_a_backup_is_told(settings: Settings, filled: World, kept: float) -> None:
    path = create(settings, {})[0].path
    data = path.read_bytes().rstrip(b"\0")
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(Damaged):
        verify(path)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "pictures/../../evil", "pictures/aa/link"])
def test_nothing_foreign_gets_out(settings: Settings, filled: World, empty_place: Settings, name: str) -> None:
    path = create(settings, {})[0].path
    with tarfile.open(path, "a") as tar:
        info = tarfile.TarInfo(name)
        if name.endswith("link"):
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info, io.BytesIO())
    with pytest.raises(Damaged, match="does not belong"):
        restore(empty_place, path)
    assert list(empty_place.data_dir.rglob("*evil*")) == []


def test_only_into_an_empty_place(settings: Settings, filled: World, tables_of: Tables) -> None:
    path = create(settings, {})[0].path
    before, files = tables_of(settings), files_below(settings.data_dir / "pictures")
    with pytest.raises(NotEmpty):
        restore(settings, path)
    assert (tables_of(settings), files_below(settings.data_dir / "pictures")) == (before, files)


def test_a_picture_whose_file_is_gone_is_named(settings: Settings, filled: World) -> None:
    gone = next(path for path in PICTURES.root().rglob("*.jpg") if ".thumb" not in path.name)
    gone.unlink()
    made, manifest = create(settings, {})
    assert manifest.missing == [gone.name]
    assert verify(made.path).missing == [gone.name]


def test_two_at_once_make_one(settings: Settings, filled: World) -> None:
    settings.backup_dir.mkdir()
    with _alone(settings.backup_dir), pytest.raises(AlreadyRunning):
        create(settings, {})
    create(settings, {})


def test_killed_in_the_middle_leaves_nothing_that_looks_whole(forum: Flask, settings: Settings, filled: World) -> None:
    program = (
        "import os, time\n"
        "from config import load\nfrom forum import create_app\nfrom forum.backups import actions, archive\n"
        "settings = load(os.environ)\n"
        "archive.Writer.finish = lambda *_: (print('now', flush=True), time.sleep(60))\n"
        "with create_app(settings).app_context(): actions.create(settings, {})\n"
    )
    env = {
        **os.environ,
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
    }
    process = subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == "now\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert backups_in(settings.backup_dir) == []
    assert len(list(settings.backup_dir.glob("*.part"))) == 1
    made, _ = create(settings, {})
    verify(made.path)
    assert list(settings.backup_dir.glob("*.part")) == []
    assert [path.name for path in settings.backup_dir.iterdir() if path.name.startswith(".making")] == []


def test_a_database_that_is_away_is_told(settings: Settings, filled: World, tmp_path: Path) -> None:
    away = (
        f"sqlite:///{tmp_path / 'nowhere.db'}" if settings.is_sqlite else "postgresql+psycopg://nobody@127.0.0.1:1/none"
    )
    with pytest.raises(DatabaseFailed):
        create(replace(settings, database_url=away), {})
    assert backups_in(settings.backup_dir) == []


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, beijing(2026, 11, 25, 12), True),
        (beijing(2026, 11, 25, 2, 5), beijing(2026, 11, 25, 23, 59), False),
        (beijing(2026, 11, 25, 2, 5), beijing(2026, 11, 26, 1, 59), False),
        (beijing(2026, 11, 25, 2, 5), beijing(2026, 11, 26, 2, 0), True),
        (beijing(2026, 11, 24, 2, 5), beijing(2026, 11, 25, 8, 30), True),  # dark at night, lit in the morning
        (beijing(2026, 12, 31, 2, 5), beijing(2027, 1, 1, 2, 1), True),
        (beijing(2028, 2, 28, 2, 5), beijing(2028, 2, 29, 2, 1), True),
    ],
)
def test_when_one_is_due(last: datetime | None, now: datetime, due: bool) -> None:
    assert is_due([Backup(Path("x"), last)] if last else [], now) is due


def test_a_night_has_one_backup(forum: Flask, settings: Settings, filled: World) -> None:
    with time_machine.travel(beijing(2026, 11, 25, 2, 10), tick=False):
        back_up_at_night()
        back_up_at_night()
    with time_machine.travel(beijing(2026, 11, 26, 2, 10), tick=False):
        back_up_at_night()
    names = [backup.path.name for backup in backups_in(settings.backup_dir)]
    assert names == ["forum-20261126-021000.tar", "forum-20261125-021000.tar"]


def test_two_weeks_and_twelve_months_are_kept(tmp_path: Path) -> None:
    first = beijing(2025, 1, 1, 2, 5)
    for number in range(700):
        (tmp_path / f"forum-{first + timedelta(days=number):%Y%m%d-%H%M%S}.tar").touch()
    prune(tmp_path)
    kept = [backup.created_at.date().isoformat() for backup in backups_in(tmp_path)]
    assert kept[:14] == [f"{(first + timedelta(days=n)).date()}" for n in range(699, 685, -1)]
    assert kept[14:] == [f"2026-{month:02d}-01" for month in range(11, 0, -1)]
    assert prune(tmp_path) == []


def test_commands(forum: Flask, settings: Settings, filled: World) -> None:
    run = forum.test_cli_runner().invoke
    made = run(args=["backup", "create"])
    assert made.exit_code == 0, made.output
    [backup] = backups_in(settings.backup_dir)
    assert str(backup.path) in made.output
    assert "图片和文件 4 / 4" in made.output
    assert "这个备份是好的" in run(args=["backup", "verify", str(backup.path)]).output
    refused = run(args=["backup", "restore", str(backup.path)])
    assert refused.exit_code == 1
    assert "只能恢复到空的地方" in refused.output
    backup.path.write_bytes(b"torn")
    spoilt = run(args=["backup", "verify", str(backup.path)])
    assert (spoilt.exit_code, "不能用" in spoilt.output) == (1, True)


def test_check_says_how_old_the_last_one_is(forum: Flask, settings: Settings, filled: World) -> None:
    assert [f.level for f in backup_findings(settings)] == [Level.WARN]
    create(settings, {})
    assert next(iter(backup_findings(settings))).level is Level.GOOD
    with time_machine.travel(utcnow() + timedelta(days=3)):
        assert next(iter(backup_findings(settings))).level is Level.BAD


def test_the_form_of_the_manifest_is_known(tmp_path: Path) -> None:
    with archive.writing(tmp_path / "x.tar") as writer:
        writer.finish(archive.Manifest("", "database.dump", "", {}, form=2))
    with pytest.raises(Damaged, match="another version"):
        archive.read_manifest(tmp_path / "x.tar")
