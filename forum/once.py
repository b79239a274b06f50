"""One-time tokens: on a slow line people send a form twice, and only one thing must come of it.

A token is random, signed for one person and one form. Its row is written in the transaction of what the form did, so a token is
spent exactly when the deed is done: the same text again is answered with the first result, another text under the same token shows both.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from forum.clock import UTCDateTime, utcnow
from forum.extensions import Model, db

KEPT_DAYS = 30


class SpentToken(Model):
    """A token that was used: for what, with which text, and where the result is."""

    __tablename__ = "spent_token"

    token: Mapped[str] = mapped_column(String(100), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[str] = mapped_column(String(20), default="")
    object_id: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)


@dataclass
class Done:
    """What came of a form. True when the deed was done before and must not be done again; else it is to be recorded here."""

    url: str = ""
    kind: str = ""
    object_id: int | None = None
    before: bool = False

    def __bool__(self) -> bool:
        return self.before

    def record(self, url: str, kind: str = "", object_id: int | None = None) -> None:
        """Note where the result is and what it is, for whoever sends the same form again."""
        self.url, self.kind, self.object_id = url, kind, object_id


class SentOtherText(Exception):
    """The token was spent on another text: the reader is shown both (409)."""

    def __init__(self, first: SpentToken, form: str) -> None:
        super().__init__("token already spent on another text")
        self.first = first
        self.form = form


@dataclass(frozen=True)
class FirstText:
    """The text a token was first spent on, and where it can be replaced."""

    text: str
    edit_url: str = ""
    fields: dict[str, str] = field(default_factory=dict)


# How to show the first text again: kind → loader(person_id, object_id). Filled by the slices that own the kinds.
FIRST_TEXTS: dict[str, Callable[[int, int], FirstText | None]] = {}


def issue_token(person_id: int, form: str) -> str:
    """A fresh token for this person and form (``"threads.reply:17"``)."""
    nonce = secrets.token_urlsafe(18)
    return f"{nonce}.{_signature(nonce, person_id, form)}"


def is_genuine(token: str, person_id: int, form: str) -> bool:
    """Whether the token was issued to this person for this form."""
    nonce, _, signature = token.partition(".")
    return hmac.compare_digest(signature.encode(), _signature(nonce, person_id, form).encode())


@contextmanager
def once(token: str, person_id: int, form: str, digest: str) -> Iterator[Done]:
    """Spend a token around a deed; the caller commits.

    Yields a false ``Done`` on which the deed's result must be recorded, or a true one holding the first result.
    Raises SentOtherText when the token was spent on a text with another digest. Twenty at once wait for the first to commit.
    """
    spent = SpentToken(token=token, person_id=person_id, digest=digest)
    try:
        with db.session.begin_nested():
            db.session.add(spent)
    except IntegrityError:
        first = db.session.scalars(select(SpentToken).where(SpentToken.token == token)).one()
        if first.digest != digest:
            raise SentOtherText(first, form) from None
        yield Done(first.url, first.kind, first.object_id, before=True)
        return
    done = Done()
    yield done
    spent.url, spent.kind, spent.object_id = done.url, done.kind, done.object_id


def first_result(token: str, person_id: int, digest: str) -> Done | None:
    """What came of the very same form when it was sent before; None when it was not. Reads only."""
    spent = db.session.get(SpentToken, token) if token else None
    if spent is None or spent.person_id != person_id or spent.digest != digest:
        return None
    return Done(spent.url, spent.kind, spent.object_id, before=True)


def forget_old_tokens() -> None:
    """Delete tokens spent more than ``KEPT_DAYS`` days ago; the caller commits."""
    db.session.execute(delete(SpentToken).where(SpentToken.created_at < utcnow() - timedelta(days=KEPT_DAYS)))


def digest_of(parts: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> str:
    """A digest of what was sent, independent of the order of the fields."""
    return hashlib.sha256(repr(sorted(parts)).encode()).hexdigest()


def _signature(nonce: str, person_id: int, form: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"once:{nonce}:{person_id}:{form}".encode(), hashlib.sha256).hexdigest()[:32]
