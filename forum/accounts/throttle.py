"""Counting attempts to sign in, so that passwords cannot be guessed and nobody can be locked out.

An account takes few wrong passwords from devices that it does not know, whatever address they come from. A device that
has signed in to the account before has its own count: however much others guess, its owner gets in.
"""

import hashlib
import hmac
import math
from datetime import UTC, datetime, timedelta

from flask import current_app
from limits import RateLimitItemPerMinute
from sqlalchemy import ColumnElement, delete, select
from werkzeug.exceptions import TooManyRequests

from forum.accounts.models import SignInAttempt
from forum.accounts.passwords import TooBusy, is_right
from forum.clock import utcnow
from forum.extensions import db, limiter, reading

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 30
SLIP_GUESSES = RateLimitItemPerMinute(20, 15)  # per address


class Throttled(TooManyRequests):
    """Too many wrong tries; ``seconds`` and ``minutes`` say when the next may be made."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        self.minutes = math.ceil(self.seconds / 60)
        super().__init__(retry_after=self.seconds)


def digest(kind: str, value: str) -> str:
    """A keyed digest, by which the table of attempts names nobody."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"attempt:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def begin_attempt(account: str, address: str, device: str = "") -> int:
    """Count an attempt as failed before its password is verified, and commit; ``forgive`` it when the password was right.

    ``account`` and ``device`` are digests; the device is "" unless it is known to the account. Counting first holds the
    limit against any number of attempts at the same moment. Raises Throttled.
    """
    row = SignInAttempt(account=account, address=digest("address", address), device=device, at=utcnow())
    buckets = [(PER_ACCOUNT, (SignInAttempt.account == account) & (SignInAttempt.device == device))]
    if not device:
        buckets.append((PER_ADDRESS, (SignInAttempt.address == row.address) & (SignInAttempt.device == "")))
    for limit, bucket in buckets:
        _refuse_above(limit - 1, bucket, row.at)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < row.at - WINDOW))
    db.session.add(row)
    db.session.commit()
    attempt_id = row.id
    try:
        with reading():  # others may have committed between the look and the writing
            for limit, bucket in buckets:
                _refuse_above(limit, bucket, row.at)
            db.session.rollback()
    except Throttled:
        db.session.rollback()
        forgive(attempt_id)
        db.session.commit()
        raise
    return attempt_id


def forgive(attempt_id: int) -> None:
    """Take a counted attempt back: its password was right, or was never looked at. The caller commits."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def _refuse_above(most: int, bucket: ColumnElement[bool], now: datetime) -> None:
    one_too_many = db.session.scalar(
        select(SignInAttempt.at)
        .where(bucket, SignInAttempt.at > now - WINDOW)
        .order_by(SignInAttempt.at.desc())
        .offset(most)
        .limit(1)
    )
    if one_too_many is not None:
        raise Throttled((one_too_many + WINDOW - now).total_seconds())


def check_password(password: str, password_hash: str | None, *, account: str, address: str, device: str = "") -> bool:
    """Whether the password is right, within the limits. Commits, and verifies outside of any transaction.

    Raises Throttled, and TooBusy without counting the attempt.
    """
    attempt = begin_attempt(account, address, device)
    try:
        right = is_right(password, password_hash)
    except TooBusy:
        forgive(attempt)
        db.session.commit()
        raise
    if right:
        forgive(attempt)
        db.session.commit()
    return right


def may_guess_slip(address: str) -> None:
    """Raises Throttled when too many unknown slip codes came from this address.

    Counted in memory, per process: opening a slip's link must not write, and a code has 60 bits.
    """
    if not limiter.limiter.test(SLIP_GUESSES, "slip", address):
        stats = limiter.limiter.get_window_stats(SLIP_GUESSES, "slip", address)
        raise Throttled((datetime.fromtimestamp(stats.reset_time, UTC) - utcnow()).total_seconds())


def count_slip_guess(address: str) -> None:
    """Count an unknown slip code against an address."""
    limiter.limiter.hit(SLIP_GUESSES, "slip", address)
