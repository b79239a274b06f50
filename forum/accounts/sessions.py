"""Sessions kept on the server: a cookie with a random token, a row with its hash."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from typing import Any

from flask import Flask, Request, Response, current_app, g
from sqlalchemy import Date, Select, bindparam, delete, func, select, update

from forum.accounts.models import UserSession
from forum.clock import today, utcnow
from forum.extensions import SAFE_METHODS, db, login_manager, reading
from forum.notices.models import InboxItem
from forum.units.actors import Actor, actor_from, actor_rows
from forum.units.models import Person

PHONE_DAYS = 30
SHARED_HOURS = 12
SEEN_EVERY = timedelta(hours=1)


class Nobody:
    """The visitor who is not signed in."""

    id = 0
    name = ""
    posting = None
    postings = ()
    is_active = False
    is_authenticated = False
    is_anonymous = True
    is_former = False
    is_member = False

    def get_id(self) -> None:
        """Nobody has no id."""
        return None


def cookie_name() -> str:
    """The session cookie's name: with the ``__Host-`` prefix wherever the site is served over https."""
    return "__Host-seat" if current_app.config["SESSION_COOKIE_SECURE"] else "seat"


def begin_session(person_id: int, *, shared_computer: bool = False) -> tuple[str, UserSession]:
    """Make a session for a person and forget those that ran out; returns the token for the cookie and the row. The caller commits."""
    db.session.execute(delete(UserSession).where(UserSession.expires_at < utcnow()))
    token = secrets.token_urlsafe(32)
    lasts = timedelta(hours=SHARED_HOURS) if shared_computer else timedelta(days=PHONE_DAYS)
    row = UserSession(token_hash=_hash(token), person_id=person_id, expires_at=utcnow() + lasts)
    db.session.add(row)
    return token, row


def set_session_cookie(response: Response, token: str, *, shared_computer: bool = False) -> None:
    """Give the browser its token; on a shared computer it forgets it when closed."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=None if shared_computer else PHONE_DAYS * 24 * 3600,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def end_session(session_id: int) -> None:
    """Sign one browser out. The caller commits."""
    db.session.execute(delete(UserSession).where(UserSession.id == session_id))


def end_all_sessions(person_id: int, but: int | None = None) -> None:
    """Sign every browser of a person out, but for one if named. The caller commits."""
    db.session.execute(
        delete(UserSession).where(
            UserSession.person_id == person_id, UserSession.id != (but if but is not None else -1)
        )
    )


def init_app(app: Flask) -> None:
    """Let the sign-in extension find the actor of each request, and note once an hour that a session is in use."""
    login_manager.init_app(app)
    login_manager.anonymous_user = Nobody
    login_manager.session_protection = None
    login_manager.request_loader(_load)
    app.after_request(_touch)


def _load(incoming: Request) -> Actor | None:
    token = incoming.cookies.get(cookie_name())
    if not token:
        return None
    values = {"token_hash": _hash(token), "now": utcnow(), "today": today()}
    with reading():
        rows = db.session.execute(_who_is_this(), values).all()
        if incoming.method not in SAFE_METHODS:
            db.session.rollback()  # the deed's own transaction begins as a writing one, as late as possible
    if not rows:
        return None
    g.session_seen, g.privacy_version, g.unread_count = rows[0].last_seen_at, rows[0].privacy_version, rows[0].unread
    return actor_from(rows, rows[0].speaks_for, rows[0].session_id)


@cache
def _who_is_this() -> Select[*tuple[Any, ...]]:
    """Session, person, postings and how many notices are unread in one statement, built once: every request begins with it."""
    unread = select(func.count(InboxItem.id)).where(InboxItem.person_id == Person.id, InboxItem.read_at.is_(None))
    return (
        actor_rows(
            UserSession.id.label("session_id"),
            UserSession.posting_id.label("speaks_for"),
            UserSession.last_seen_at,
            Person.privacy_version,
            unread.correlate(Person).scalar_subquery().label("unread"),
            on=bindparam("today", type_=Date()),
        )
        .join(UserSession, UserSession.person_id == Person.id)
        .where(UserSession.token_hash == bindparam("token_hash"), UserSession.expires_at > bindparam("now"))
    )


def _touch(response: Response) -> Response:
    seen, actor = g.get("session_seen"), g.get("_login_user")
    now = utcnow()
    if seen is None or now - seen < SEEN_EVERY or getattr(actor, "session_id", None) is None:
        return response
    app, session_id = current_app._get_current_object(), actor.session_id  # type: ignore[attr-defined]

    def touch() -> None:
        # After the answer, and conditional, so that two tabs at once write once.
        with app.app_context():
            db.session.execute(
                update(UserSession)
                .where(UserSession.id == session_id, UserSession.last_seen_at < now - SEEN_EVERY)
                .values(last_seen_at=now)
            )
            db.session.commit()

    response.call_on_close(touch)
    return response


def become(actor: Actor) -> None:
    """Let the rest of this request, which has just signed the actor in, be his."""
    g._login_user = actor


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
