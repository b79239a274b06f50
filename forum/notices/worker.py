"""The worker: one process that runs the jobs which the rooms register, piece by piece, until it is asked to stop."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from flask import Flask
from sqlalchemy.exc import InterfaceError, OperationalError

from forum.extensions import db
from forum.logs import log

Piece = Callable[[], bool | None]

TURN_SECONDS = 5.0  # a job with much to do lets the others in after this long
NAP_SECONDS = 0.5  # the longest wait for a signal to be noticed
LONGEST_BACK_OFF_SECONDS = 30.0


@dataclass
class Job:
    """A piece of work done again and again: due at a moment of the monotonic clock, after how many failures in a row."""

    name: str
    every_seconds: float
    function: Piece
    turn_seconds: float
    rank: int = 0
    due: float = 0.0
    failures: int = 0


JOBS: dict[str, Job] = {}


def register_job(
    name: str, every_seconds: float, function: Piece, turn_seconds: float = TURN_SECONDS, rank: int = 0
) -> None:
    """Have the worker call ``function`` this often, in an application context and database session of its own.

    In one round of all jobs, those of a lower ``rank`` come first: what others wrote is delivered in the same round.

    A call does one piece of work and says whether more is waiting: then it is called again at once. The worker commits after each
    piece, and lets the other jobs in once the turn is over. A piece may be cut off at any point by ``kill -9`` and must then be able to begin again. An exception is logged; the job
    is tried again after a pause that doubles, and the other jobs go on.
    """
    JOBS[name] = Job(name, every_seconds, function, turn_seconds, rank)


def run_jobs_once(app: Flask) -> bool:
    """Run every job until it has nothing left to do, by rank; whether all went well."""
    in_order = sorted(JOBS.values(), key=lambda job: job.rank)
    went_well = [_work(app, job, for_seconds=float("inf")) for job in in_order]
    return all(went_well)


def run_jobs(app: Flask) -> None:
    """Run the jobs until SIGTERM or SIGINT, and end after the piece in hand."""
    log.info("worker started", jobs=list(JOBS))
    with _stop_signals() as is_stopping:
        while not is_stopping():
            for job in sorted(JOBS.values(), key=lambda job: job.due):
                if job.due <= time.monotonic() and not is_stopping():
                    _work(app, job, for_seconds=job.turn_seconds, is_stopping=is_stopping)
            wait = min((job.due for job in JOBS.values()), default=float("inf")) - time.monotonic()
            if not is_stopping() and wait > 0:
                time.sleep(min(wait, NAP_SECONDS))
    log.info("worker ended")


def _work(app: Flask, job: Job, *, for_seconds: float, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Give a job its turn and set when its next one is due; whether it went well."""
    until = time.monotonic() + for_seconds
    try:
        while (more := _piece(app, job)) and time.monotonic() < until and not is_stopping():
            pass
    except Exception as error:
        job.failures += 1
        back_off = min(2.0 ** min(job.failures, 10), max(LONGEST_BACK_OFF_SECONDS, job.every_seconds))
        job.due = time.monotonic() + back_off
        # That the database is away is no riddle: one line says it, a traceback each time would drown the rest.
        away = error.orig if isinstance(error, OperationalError | InterfaceError) else None
        reason = str(away) if away else type(error).__name__
        log.error("job failed", job=job.name, reason=reason, again_in=back_off, exc_info=not away)
        return False
    job.failures = 0
    job.due = time.monotonic() + (0 if more else job.every_seconds)
    return True


def _piece(app: Flask, job: Job) -> bool:
    with app.app_context():
        more = job.function()
        db.session.commit()
        return bool(more)


@contextmanager
def _stop_signals() -> Iterator[Callable[[], bool]]:
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
