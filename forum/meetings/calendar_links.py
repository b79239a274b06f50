"""The secret link by which a phone's calendar fetches its owner's meetings. The caller commits.

A link is a random handle, kept in the database, and a mark that only the secret key can make of it. So it can be shown again to its
owner, but whoever reads the database has none; and a guessed one is refused without asking the database.
"""

import hashlib
import hmac
import secrets

from flask import current_app
from sqlalchemy import select

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.models import CalendarLink
from forum.units.actors import Actor

HANDLE_LENGTH = 22  # 16 random bytes as text
MARK_LENGTH = 32


def make_link(actor: Actor) -> CalendarLink:
    """Give the actor a link; one that he had before leads nowhere from now on."""
    link = db.session.get(CalendarLink, actor.id)
    if link is None:
        link = CalendarLink(person_id=actor.id)
        db.session.add(link)
    link.handle, link.made_at = secrets.token_urlsafe(16), utcnow()
    record(actor, "calendar.link", "person", actor.id)
    return link


def key_of(link: CalendarLink) -> str:
    """What stands in the link's address."""
    return link.handle + _mark(link.handle)


def person_behind(key: str) -> int | None:
    """Whose calendar a key opens; None when it opens none, or none any more."""
    handle, mark = key[:HANDLE_LENGTH], key[HANDLE_LENGTH:]
    if not hmac.compare_digest(mark.encode(), _mark(handle).encode()):
        return None
    return db.session.scalar(select(CalendarLink.person_id).where(CalendarLink.handle == handle))


def _mark(handle: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"calendar:{handle}".encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]
