"""Telling people: a row in the transaction of what happened, for the worker to deliver."""

from forum.extensions import db
from forum.notices.models import OutboxMessage


def enqueue(recipient_id: int, kind: str, subject_id: int) -> None:
    """Tell one person of something, e.g. ``enqueue(follower_id, "thread.replied", post.id)``; the caller commits.

    No deed without its notices, and no notice of a deed that was rolled back.
    """
    db.session.add(OutboxMessage(recipient_id=recipient_id, kind=kind, subject_id=subject_id))
