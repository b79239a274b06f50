"""Rows that have had their day, deleted by the worker; the caller commits."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, exists, or_, select

from forum.accounts.models import SignInAttempt, UserSession
from forum.clock import utcnow
from forum.extensions import Model, db
from forum.notices.mail.models import Letter, LetterLine
from forum.notices.models import InboxItem, OutboxMessage
from forum.notices.robots.models import RobotMessage

ATTEMPTS_KEPT = timedelta(days=7)
READ_KEPT = timedelta(days=180)
UNREAD_KEPT = timedelta(days=400)
BATCH = 500  # rows deleted at once: nobody waits long for the database


def forget_expired_sessions() -> None:
    """Delete sessions whose time is over: their browsers are signed out already."""
    db.session.execute(delete(UserSession).where(UserSession.expires_at <= utcnow()))


def forget_old_attempts() -> None:
    """Delete failed sign-ins that no throttle looks at any more."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < utcnow() - ATTEMPTS_KEPT))


def forget_old_notices() -> bool:
    """Delete a batch of what was told long ago: what was read or sent after 180 days, what nobody read after 400.

    Whether there may be more. A message goes after its item and its letter, so that nothing is told a second time.
    """
    now = utcnow()
    old = now - READ_KEPT
    unread = InboxItem.read_at.is_(None)
    had_their_day = or_(
        and_(~unread, InboxItem.created_at < old), and_(unread, InboxItem.created_at < now - UNREAD_KEPT)
    )
    in_letter = exists().where(LetterLine.letter_id == Letter.id)
    in_use = or_(
        exists().where(InboxItem.message_id == OutboxMessage.id),
        exists().where(LetterLine.message_id == OutboxMessage.id),
    )
    told = select(LetterLine.message_id).join(Letter, Letter.id == LetterLine.letter_id).where(Letter.sent_at < old)
    to_groups = select(RobotMessage.id).where(RobotMessage.created_at < old)
    deleted = [
        _delete(RobotMessage, RobotMessage.id, to_groups),
        _delete(InboxItem, InboxItem.id, select(InboxItem.id).where(had_their_day)),
        _delete(LetterLine, LetterLine.message_id, told),
        _delete(Letter, Letter.id, select(Letter.id).where(Letter.sent_at < old, ~in_letter)),
        _delete(OutboxMessage, OutboxMessage.id, select(OutboxMessage.id).where(OutboxMessage.sent_at < old, ~in_use)),
    ]
    return BATCH in deleted


def _delete(model: type[Model], key: Any, which: Any) -> int:
    found = db.session.scalars(which.limit(BATCH)).all()
    gone = delete(model).where(key.in_(found)).execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", db.session.execute(gone)).rowcount if found else 0
