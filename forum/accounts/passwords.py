"""Hashing and verifying passwords: slow on purpose, so only a few at a time and never inside a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from werkzeug.exceptions import TooManyRequests

AT_ONCE = 2  # each takes 19 MiB and a core for a while
PATIENCE = 1.5  # seconds in the queue before one is asked to come back
COME_BACK = 5  # seconds

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
_places = BoundedSemaphore(AT_ONCE)


class TooBusy(TooManyRequests):
    """Too many passwords are being verified at this moment; ``seconds`` says when to come back."""

    seconds = COME_BACK

    def __init__(self) -> None:
        super().__init__(retry_after=COME_BACK)


@contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise TooBusy
    try:
        yield
    finally:
        _places.release()


def hash_password(password: str) -> str:
    """The argon2id hash to keep. Raises TooBusy; call it before the request's first write."""
    with _place():
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password fits the hash; takes as long when there is none. Raises TooBusy; call it outside transactions."""
    with _place():
        expected = password_hash or _nobodys_hash()
        try:
            return _hasher.verify(expected, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's: then it is made anew at the next sign-in."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")


_nobodys_hash()  # made at start: the first unknown number must not take longer than the second
