"""The worker runs every job in its time, survives what goes wrong in one of them, and loses nothing when it is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from forum.accounts.models import SignInAttempt, UserSession
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.cli import HOUR
from forum.notices.housekeeping import ATTEMPTS_KEPT
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.worker import JOBS, register_job, run_jobs, run_jobs_once
from forum.once import SpentToken
from tests.conftest import SECRET
from tests.factories import World, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_jobs(application: Flask) -> Iterator[None]:
    """A worker without jobs but the test's own: those of the rooms register when the application is made, and come back."""
    before = dict(JOBS)
    JOBS.clear()
    yield
    JOBS.clear()
    JOBS.update(before)


def ask_to_stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.usefixtures("no_jobs")
def test_pieces_follow_each_other_until_nothing_is_left(app: Flask) -> None:
    left = [1, 2, 3]
    register_job("drain", HOUR, lambda: bool(left.pop() and left))
    assert run_jobs_once(app) is True
    assert left == []


@pytest.mark.usefixtures("no_jobs")
def test_a_job_runs_in_a_session_of_its_own_that_the_worker_commits(app: Flask, world: World) -> None:
    outside = db.session()
    register_job("write", HOUR, lambda: db.session.add(OutboxMessage(**message(world))))
    register_job("look", HOUR, lambda: seen.append(db.session() is outside or bool(db.session.new)))
    seen: list[bool] = []
    run_jobs_once(app)
    assert seen == [False]
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 1


@pytest.mark.usefixtures("no_jobs")
def test_a_job_that_fails_leaves_nothing_half_done_and_stops_no_other(app: Flask, world: World) -> None:
    ran: list[str] = []

    def fail() -> None:
        db.session.add(OutboxMessage(**message(world)))
        db.session.flush()
        raise ValueError("a fault")

    register_job("faulty", HOUR, fail)
    register_job("sound", HOUR, lambda: ran.append("sound"))
    with capture_logs() as logs:
        assert run_jobs_once(app) is False
    assert ran == ["sound"]
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 0
    [line] = [line for line in logs if line["event"] == "job failed"]
    assert (line["job"], line["reason"], line["exc_info"]) == ("faulty", "ValueError", True)


@pytest.mark.usefixtures("no_jobs")
def test_the_worker_waits_while_the_database_is_away_and_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    tried: list[float] = []

    def reach() -> None:
        tried.append(clock.now)
        if len(tried) < 8:
            raise OperationalError("SELECT 1", {}, Exception("no connection"))
        ask_to_stop()

    register_job("reach", 1, reach)
    with capture_logs() as logs:
        run_jobs(app)
    pauses = [round(later - earlier) for earlier, later in pairwise(tried)]
    assert pauses == [2, 4, 8, 16, 30, 30, 30]
    failed = [(line["reason"], line["exc_info"]) for line in logs if line["event"] == "job failed"]
    assert failed == [("no connection", False)] * 7


@pytest.mark.usefixtures("no_jobs")
def test_each_job_runs_in_its_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    ran = {"often": 0, "seldom": 0}

    def often() -> None:
        ran["often"] += 1
        if clock.now >= 10:
            ask_to_stop()

    def seldom() -> None:
        ran["seldom"] += 1

    register_job("often", 1, often)
    register_job("seldom", 6, seldom)
    run_jobs(app)
    assert ran == {"often": 11, "seldom": 2}


@pytest.mark.usefixtures("no_jobs")
def test_a_job_with_endless_work_lets_the_others_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)

    def endless() -> bool:
        clock.now += 1
        return True

    register_job("endless", 1, endless)
    register_job("patient", 1, ask_to_stop)
    run_jobs(app)
    assert clock.now < 10


@pytest.mark.usefixtures("no_jobs")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_worker_after_the_piece_in_hand(app: Flask, number: signal.Signals) -> None:
    pieces: list[str] = []

    def piece() -> bool:
        pieces.append("begun")
        os.kill(os.getpid(), number)
        pieces.append("ended")
        return True

    handler = signal.getsignal(number)
    register_job("work", 1, piece)
    register_job("other", 1, lambda: pieces.append("another"))
    run_jobs(app)
    assert pieces == ["begun", "ended"]
    assert signal.getsignal(number) is handler


def test_what_has_had_its_day_is_deleted(app: Flask, world: World) -> None:
    now = utcnow()
    for name, at in {"old": now - 2 * ATTEMPTS_KEPT, "new": now}.items():
        save(
            UserSession(token_hash=name, person_id=world.secretary.id, expires_at=at + ATTEMPTS_KEPT),
            SignInAttempt(account=name, address=name, at=at),
            SpentToken(token=name, person_id=world.secretary.id, digest="", created_at=at - 20 * (now - at)),
        )
    assert run_jobs_once(app) is True
    assert db.session.scalars(select(UserSession.token_hash)).all() == ["new"]
    assert db.session.scalars(select(SignInAttempt.account)).all() == ["new"]
    assert db.session.scalars(select(SpentToken.token)).all() == ["new"]


def test_the_command_runs_every_job_once(app: Flask, world: World) -> None:
    save(UserSession(token_hash="old", person_id=world.secretary.id, expires_at=utcnow()))
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert (result.exit_code, result.output) == (0, "")
    assert db.session.scalar(select(func.count(UserSession.id))) == 0


@pytest.mark.usefixtures("no_jobs")
def test_what_one_job_wrote_is_delivered_in_the_same_round(app: Flask) -> None:
    told: list[str] = []
    register_job("deliver", HOUR, lambda: told.append("delivered"), rank=1)
    register_job("ask", HOUR, lambda: told.append("asked"))
    assert run_jobs_once(app)
    assert told == ["asked", "delivered"]


@pytest.mark.usefixtures("no_jobs")
def test_the_command_fails_when_a_job_failed(app: Flask) -> None:
    register_job("faulty", HOUR, lambda: 1 // 0 == 0)
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 1


MANY = 600  # more than a worker delivers while the test looks away


def test_killed_again_and_again_it_tells_everything_once(
    app: Flask, world: World, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    save(*[OutboxMessage(**message(world, subject_id=n)) for n in range(MANY)])
    for enough in (30, 110):
        worker = start_worker()
        wait_until(lambda enough=enough: delivered() >= enough)
        worker.kill()
        worker.wait()
        assert delivered() < MANY
        # A minute passes: the lease of the message that it died on runs out.
        db.session.execute(update(OutboxMessage).values(due_at=utcnow()))
        db.session.commit()
    worker = start_worker()
    wait_until(lambda: delivered() == MANY)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    told = db.session.scalars(select(InboxItem.subject_id).order_by(InboxItem.subject_id)).all()
    assert told == list(range(MANY))
    assert db.session.scalar(select(func.count(OutboxMessage.id)).where(OutboxMessage.sent_at.is_(None))) == 0


def test_two_workers_share_the_work(
    app: Flask, world: World, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    save(*[OutboxMessage(**message(world, subject_id=n)) for n in range(60)])
    workers = [start_worker(), start_worker()]
    wait_until(lambda: delivered() == 60)
    for worker in workers:
        worker.send_signal(signal.SIGINT)
        assert worker.wait(timeout=10) == 0
    assert db.session.scalars(select(OutboxMessage.attempts)).all() == [1] * 60
    assert db.session.scalar(select(func.count(InboxItem.id))) == 60


class Clock:
    """The worker's clock: sleeping only moves its hands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("forum.notices.worker.time", self)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def start_worker(app: Flask, database_url: str, data_dir: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker process on the test's database."""
    env = {**os.environ, "SECRET_KEY": SECRET, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)}
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.notices.slow_worker"]
        running.append(subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def message(world: World, subject_id: int = 1) -> dict[str, object]:
    return {"recipient_id": world.secretary.id, "kind": "test.slow", "subject_id": subject_id}


def delivered() -> int:
    count = db.session.scalar(select(func.count(InboxItem.id))) or 0
    db.session.rollback()  # outside a request every transaction on SQLite holds the lock that the workers need
    return count


def wait_until(reached: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.05)
