"""What was acknowledged is there after kill -9, whole, and nothing is there by halves."""

import os
import subprocess
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import exists, func, select, text

from forum.changes import Change
from forum.extensions import db
from forum.threads.models import Post, Thread, ThreadFollow
from tests.conftest import SECRET
from tests.factories import World

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 4
ENOUGH = 60  # acknowledged questions, some of each writer, before all are killed


def test_four_writers_killed_at_once_lose_nothing(
    app: Flask, world: World, database_url: str, data_dir: Path, tmp_path: Path
) -> None:
    env = {**os.environ, "SECRET_KEY": SECRET, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "tests.trust.writing_child", str(world.secretary.id)]
    db.session.rollback()
    papers = [tmp_path / str(number) for number in range(WRITERS)]

    def acknowledged() -> list[list[int]]:
        return [[int(line) for line in paper.read_text().splitlines()] for paper in papers]

    writers = []
    try:
        for paper in papers:
            with paper.open("w") as said, paper.with_suffix(".err").open("w") as complained:
                writers.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=said, stderr=complained))
        end = time.monotonic() + 60
        while not all(acknowledged()) or sum(map(len, acknowledged())) < ENOUGH:
            assert time.monotonic() < end, "the writers did not get there in time"
            time.sleep(0.02)
    finally:
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.wait()
    assert [paper.with_suffix(".err").read_text() for paper in papers] == [""] * WRITERS, "a writer was refused"
    promised = {number for numbers in acknowledged() for number in numbers}
    kept = set(db.session.scalars(select(Thread.id)))
    assert promised - kept == set()
    assert len(kept - promised) <= WRITERS, "more than what each had in hand"
    whole = select(func.count(Thread.id)).where(
        exists().where(Post.thread_id == Thread.id, Post.is_opening),
        exists().where(ThreadFollow.thread_id == Thread.id),
        exists().where(Change.kind == "thread", Change.object_id == Thread.id),
    )
    assert db.session.scalar(whole) == len(kept)
    if db.engine.dialect.name == "sqlite":
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
