"""What organisers do with posts and threads: hide with a reason, restore, lock."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.threads.forms import HideForm, SwitchForm
from forum.threads.models import Post, Thread
from forum.threads.moderation import hide_post, lock_thread, restore_post
from forum.threads.policies import can_moderate, visible_posts, visible_threads
from forum.threads.views import bp


@bp.route("/posts/<int:post_id>/hide", methods=["GET", "POST"])
def hide(post_id: int) -> ResponseReturnValue:
    """Hide a post with a reason that its author sees."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_moderate(me(), found.thread))
    form = HideForm(about=post_id)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                hide_post(me(), found, form.reason.data)
                done.record(url_for(".post", post_id=post_id))
        db.session.commit()
        return redirect(done.url, 303)
    return render_template("threads/hide.html", form=form, post=found), 422 if form.errors else 200


@bp.post("/posts/<int:post_id>/restore")
def restore(post_id: int) -> ResponseReturnValue:
    """Show a hidden post again. Idempotent."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_moderate(me(), found.thread))
    restore_post(me(), found)
    db.session.commit()
    return redirect(url_for(".post", post_id=post_id), 303)


@bp.post("/threads/<int:thread_id>/lock")
def lock(thread_id: int) -> ResponseReturnValue:
    """Take no more replies, or take them again. Idempotent: the wanted state is sent."""
    thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    require(can_moderate(me(), thread))
    form = SwitchForm()
    if form.validate():
        lock_thread(me(), thread, form.is_on)
        db.session.commit()
    return redirect(url_for(".show", thread_id=thread_id), 303)
