"""What a card made from a thread begins with: nothing is typed twice."""

from sqlalchemy import select

from forum.consultations.models import FollowUp, Outcome
from forum.extensions import db
from forum.library.forms import PART_LENGTH, CardForm
from forum.threads.models import Post, Thread, ThreadTag


def prefill(form: CardForm, thread: Thread) -> None:
    """The question becomes the problem, the accepted answer the practice, the latest outcome and what came of it the result."""
    texts = db.session.execute(
        select(Post.is_opening, Post.body).where(
            Post.thread_id == thread.id,
            Post.hidden_at.is_(None),
            Post.is_opening | (Post.id == thread.accepted_post_id),
        )
    ).all()
    outcome = db.session.scalars(
        select(Outcome.statement).where(Outcome.thread_id == thread.id).order_by(Outcome.id.desc()).limit(1)
    ).first()
    later = db.session.scalars(
        select(FollowUp.sentence)
        .where(FollowUp.thread_id == thread.id, FollowUp.result.is_not(None))
        .order_by(FollowUp.answered_at.desc(), FollowUp.id.desc())
        .limit(1)
    ).first()
    form.title.data = thread.title
    form.problem.data = next((body[:PART_LENGTH] for is_opening, body in texts if is_opening), "")
    form.practice.data = next((body[:PART_LENGTH] for is_opening, body in texts if not is_opening), "")
    form.result.data = "\n".join(text for text in (outcome, later) if text)[:PART_LENGTH]
    form.unit.data = form.unit.choices[0][0] if form.unit.choices else None
    form.tags.data = list(db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)))
