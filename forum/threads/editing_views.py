"""Correcting what one wrote, and what was changed in it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm.exc import StaleDataError

from forum.access import for_former, me, one_or_404, require
from forum.extensions import db
from forum.once import FIRST_TEXTS, FirstText, issue_token
from forum.paging import id_from
from forum.threads.actions import EditedMeanwhile, edit_post
from forum.threads.forms import edit_form_of
from forum.threads.holding import held_for, hold_post
from forum.threads.mentions import meant_before
from forum.threads.models import Post, Thread
from forum.threads.panels import EDITED_ELSEWHERE
from forum.threads.policies import can_edit, visible_posts, visible_threads
from forum.threads.revisions import author_of, edits_of
from forum.threads.views import bp, render_ahead
from forum.units.actors import Actor, load_actor


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@for_former
def edit(post_id: int) -> ResponseReturnValue:
    """Correct one's own words, or what one wrote down for another. Two edits at once show both texts."""
    render_ahead()
    actor = me()
    found = one_or_404(visible_posts(actor).where(Post.id == post_id))
    require(can_edit(actor, found))
    for elsewhere in EDITED_ELSEWHERE:
        if (url := elsewhere(actor, found)) is not None:
            return redirect(url, 303)
    form = edit_form_of(found)(about=post_id)
    if not form.is_submitted():
        form.show(found)
    elif form.validate() and form.knows_people(_thread_read(actor, found), meant_before(found)):
        back = url_for(".writing" if actor.is_former else ".post", post_id=post_id)
        try:
            with form.once() as done:
                if not done:
                    why = held_for(actor, has_word=True) if form.is_held else None
                    edit_post(
                        actor,
                        found,
                        form.text,
                        version=form.version.data,
                        title=form.title.data if form.title else None,
                        why=form.why.data or "",
                        named=form.people,
                        waits=why is not None,
                    )
                    if why:
                        hold_post(found, why)
                    done.record(back, "post", post_id)
            db.session.commit()
        except (EditedMeanwhile, StaleDataError):
            db.session.rollback()
            now = one_or_404(visible_posts(actor).where(Post.id == post_id).execution_options(populate_existing=True))
            require(can_edit(actor, now))
            form.version.data = now.version
            form.refresh_token()
            return render_template("threads/edit.html", form=form, post=now, other=now.body), 409
        flash(f"edit-{post_id}", "draft-done")
        return redirect(done.url, 303)
    return render_template("threads/edit.html", form=form, post=found, other=None), 422 if form.errors else 200


@bp.get("/posts/<int:post_id>/revisions")
@for_former
def revisions(post_id: int) -> ResponseReturnValue:
    """What was changed in a post, by whom, when and why; the latest first."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    edits, earlier = edits_of(found, before=id_from(request.args.get("before")))
    return render_template("threads/revisions.html", post=found, author=author_of(found), edits=edits, earlier=earlier)


def _thread_read(actor: Actor, post: Post) -> Thread | None:
    """The thread of a post if the actor may read it: in what is closed to him he names nobody anew."""
    return db.session.scalar(visible_threads(actor).where(Thread.id == post.thread_id))


def _first_text(person_id: int, post_id: int) -> FirstText | None:
    actor = load_actor(person_id)
    found = db.session.scalars(visible_posts(actor).where(Post.id == post_id)).one_or_none() if actor else None
    if found is None or actor is None or not can_edit(actor, found):
        return None
    token = issue_token(person_id, edit_form_of(found).purpose_of(post_id))
    fields = {"version": str(found.version), "once": token}
    if found.is_opening:
        fields["title"] = found.thread.title
    return FirstText(found.body, url_for("threads.edit", post_id=post_id), fields)


FIRST_TEXTS["post"] = _first_text
