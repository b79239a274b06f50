"""What a card made from a thread begins with: nothing is typed twice."""

from sqlalchemy import select

from forum.consultations.models import Outcome
from forum.extensions import db
from forum.library.forms import PART_LENGTH, CardForm
from forum.threads.models import Post, Thread, ThreadTag


def prefill(form: CardForm, thread: Thread) -> None:
    """The question becomes the problem, the accepted answer the practice, the latest outcome the result."""
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
    form.title.data = thread.title
    form.problem.data = next((body[:PART_LENGTH] for is_opening, body in texts if is_opening), "")
    form.practice.data = next((body[:PART_LENGTH] for is_opening, body in texts if not is_opening), "")
    form.result.data = (outcome or "")[:PART_LENGTH]
    form.unit.data = form.unit.choices[0][0] if form.unit.choices else None
    form.tags.data = list(db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread.id)))
