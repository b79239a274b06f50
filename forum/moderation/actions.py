"""Pointing out a post, suggesting something, and marking either as handled."""

from contextlib import suppress
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.moderation.models import Report, ReportKind, Suggestion
from forum.threads.models import Post
from forum.units.actors import Actor
from forum.units.models import Posting, Unit


def report_post(actor: Actor, post: Post, kind: ReportKind, reason: str) -> None:
    """Point out a post. Another report of it by the same person changes nothing: the first one stays."""
    report = Report(
        post_id=post.id,
        reporter_id=actor.id,
        posting_id=actor.posting.id if actor.posting else None,
        kind=kind,
        reason=reason,
    )
    with suppress(IntegrityError), db.session.begin_nested():
        db.session.add(report)


def add_suggestion(actor: Actor, body: str, page: str) -> Suggestion:
    """Put a suggestion into the box of the actor's township and district; of his last ones, when he is out of office."""
    posting = db.session.execute(
        select(Posting.id, Unit.township_id, Unit.district_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id == actor.id if actor.posting is None else Posting.id == actor.posting.id)
        .order_by(Posting.since.desc(), Posting.id.desc())
        .limit(1)
    ).first()
    suggestion = Suggestion(
        person_id=actor.id,
        posting_id=posting.id if posting else None,
        township_id=posting.township_id if posting else None,
        district_id=posting.district_id if posting else None,
        page=page,
        body=body,
    )
    db.session.add(suggestion)
    return suggestion


def mark_handled(actor: Actor, subject: Report | Suggestion) -> None:
    """Mark a report or suggestion as handled, with an audit row; the first to do so is the one who did it."""
    kind = type(subject)
    changed = db.session.execute(
        update(kind)
        .where(kind.id == subject.id, kind.handled_at.is_(None))
        .values(handled_at=utcnow(), handled_by_id=actor.id)
    )
    if cast("CursorResult[Any]", changed).rowcount:
        record(actor, f"{kind.__tablename__}.handle", kind.__tablename__, subject.id)
