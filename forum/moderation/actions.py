"""Pointing out a post and answering that, suggesting something and marking it as handled."""

from contextlib import suppress
from typing import Any, cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.moderation.models import Report, ReportKind, Suggestion, Verdict
from forum.notices.outbox import enqueue
from forum.threads.models import Post
from forum.threads.moderation import hide_post
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


def answer_report(actor: Actor, report: Report, verdict: Verdict, *, words: str = "", answer: str = "") -> bool:
    """Hide the post that was pointed out, leave it, or ask its author to change it; ``words`` are for the author, ``answer`` for the others.

    It answers everybody who has pointed out the post; each is told. False when somebody else has answered meanwhile.
    """
    post = report.post
    waiting = select(Report).where(Report.post_id == post.id, Report.handled_at.is_(None)).with_for_update()
    reports = db.session.scalars(waiting.execution_options(populate_existing=True)).all()
    for one in reports:
        one.handled_at, one.handled_by_id, one.verdict, one.answer = utcnow(), actor.id, verdict, answer
        one.request = words if verdict is Verdict.ASKED else ""
        enqueue(one.reporter_id, "report.answered", one.id)
    if not reports:
        return False
    if verdict is Verdict.HIDDEN:
        hide_post(actor, post, words)
    elif verdict is Verdict.ASKED:
        enqueue(post.author_id, "report.asked", reports[0].id)
    scope = {"township_id": post.thread.township_id, "district_id": post.thread.district_id}
    record(actor, "report.answer", "post", post.id, verdict=verdict.value, reports=len(reports), **scope)
    return True


def mark_handled(actor: Actor, suggestion: Suggestion) -> None:
    """Mark a suggestion as handled, with an audit row; the first to do so is the one who did it."""
    changed = db.session.execute(
        update(Suggestion)
        .where(Suggestion.id == suggestion.id, Suggestion.handled_at.is_(None))
        .values(handled_at=utcnow(), handled_by_id=actor.id)
    )
    if cast("CursorResult[Any]", changed).rowcount:
        record(actor, "suggestion.handle", "suggestion", suggestion.id)
