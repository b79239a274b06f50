"""What one does with a tap: accept an answer, say that it helped or that one has the same, follow."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.threads.deeds import accept_answer, follow, react, unaccept_answer
from forum.threads.forms import SwitchForm
from forum.threads.models import Post, ReactionKind, Thread
from forum.threads.policies import can_accept, can_accept_post, can_have_same, can_react, visible_posts, visible_threads
from forum.threads.queries import reactions_to
from forum.threads.views import bp


@bp.get("/posts/<int:post_id>/reactions")
def reactions(post_id: int) -> ResponseReturnValue:
    """Who said 这个管用 or 我们村也有: for reading only."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    return render_template("threads/reactions.html", post=found, rows=reactions_to(me(), post_id))


@bp.post("/posts/<int:post_id>/accept")
def accept(post_id: int) -> ResponseReturnValue:
    """Mark the answer that helped, or take the mark back. Idempotent: the wanted state is sent."""
    form = SwitchForm()
    found = one_or_404(visible_posts(me()).where(Post.id == post_id, Post.is_opening.is_(False)))
    require(can_accept(me(), found.thread) and found.hidden_at is None)
    require(not form.is_on or can_accept_post(me(), found.thread, found))
    if form.validate():
        if form.is_on:
            accept_answer(me(), found.thread, found)
        elif found.thread.accepted_post_id == post_id:
            unaccept_answer(me(), found.thread)
        db.session.commit()
    return redirect(url_for(".show", thread_id=found.thread_id), 303)


@bp.post("/posts/<int:post_id>/useful")
def useful(post_id: int) -> ResponseReturnValue:
    """这个管用, or no longer. Idempotent: the wanted state is sent."""
    return _react(post_id, ReactionKind.USEFUL)


@bp.post("/posts/<int:post_id>/same")
def same(post_id: int) -> ResponseReturnValue:
    """我们村也有, or no longer. Idempotent: the wanted state is sent."""
    return _react(post_id, ReactionKind.SAME)


@bp.post("/threads/<int:thread_id>/follow")
def follow_thread(thread_id: int) -> ResponseReturnValue:
    """Hear of new replies, or no longer. Idempotent: the wanted state is sent."""
    form = SwitchForm()
    thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    if form.validate():
        follow(me(), thread, form.is_on)
        db.session.commit()
    return redirect(url_for(".show", thread_id=thread_id), 303)


def _react(post_id: int, kind: ReactionKind) -> ResponseReturnValue:
    form, actor = SwitchForm(), me()
    found = one_or_404(visible_posts(actor).where(Post.id == post_id))
    fits = found.is_opening == (kind is ReactionKind.SAME)
    require(fits and (can_have_same if kind is ReactionKind.SAME else can_react)(actor, found.thread))
    if form.validate():
        react(actor, found, kind, form.is_on)
        db.session.commit()
    return redirect(url_for(".post", post_id=post_id), 303)
