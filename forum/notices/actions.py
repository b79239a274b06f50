"""Marking notices as read. Each is idempotent: the moment of the first reading stays."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, update

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.models import InboxItem
from forum.notices.policies import own_items
from forum.units.actors import Actor


def read_item(actor: Actor, item: InboxItem) -> None:
    """Mark one of the actor's notices as read."""
    _read(actor, InboxItem.id == item.id)


def read_all(actor: Actor, up_to: int) -> None:
    """Mark the actor's notices as read up to the one with this id: what came later he has not been shown yet."""
    _read(actor, InboxItem.id <= up_to)


def read_thread(actor: Actor, thread_id: int, until: datetime) -> None:
    """Mark what the actor was told of a thread as read: he looked at it as it was at that moment, and what came since is new to him."""
    _read(actor, and_(InboxItem.thread_id == thread_id, InboxItem.created_at <= until))


def _read(actor: Actor, which: ColumnElement[bool]) -> None:
    db.session.execute(
        update(InboxItem)
        .where(own_items(actor), InboxItem.read_at.is_(None), which)
        .values(read_at=utcnow())
        .execution_options(synchronize_session=False)
    )
