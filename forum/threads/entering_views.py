"""代录: writing for somebody who cannot type, and his word on what was written for him."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import accepts, for_former, me, one_or_404, require
from forum.extensions import db
from forum.paging import id_from
from forum.tags.queries import tag_choices, tag_groups
from forum.threads.actions import EditedMeanwhile, confirm_post
from forum.threads.entering import author_among, people_to_write_for
from forum.threads.forms import AnswerForForm, AskForForm, SwitchForm
from forum.threads.holding import held_for
from forum.threads.models import Post, Thread
from forum.threads.policies import ASKABLE, can_confirm, can_reply, can_write_for_others, visible_posts, visible_threads
from forum.threads.readers import about_to_begin
from forum.threads.sending import answered_by, begin_as_sent, reply_as_sent
from forum.threads.views import WAITS, bp, render_ahead


@bp.route("/threads/ask-for", methods=["GET", "POST"])
@accepts(240)
def ask_for() -> ResponseReturnValue:
    """Ask for somebody who cannot type: it is his question, and says who wrote it down."""
    render_ahead()
    actor = me()
    require(can_write_for_others(actor))
    speakers = people_to_write_for(actor)
    form = AskForForm(kinds=ASKABLE, tags=tag_choices(tag_groups()), may_narrow=True, speakers=speakers)
    if form.is_submitted():
        form.take_uploads(actor)
    author = author_among(speakers, form.speaker.data)
    if (
        author
        and form.is_submitted()
        and form.validate()
        and form.knows_people(about_to_begin(author, form.reach.data))
    ):
        held = held_for(actor, has_word=form.is_held)
        with form.once() as done:
            if not done:
                opening = begin_as_sent(author, form, held=held, scribe=actor)
                here = url_for(".index") if held else url_for(".show", thread_id=opening.thread_id)
                done.record(here, "post", opening.id)
        db.session.commit()
        flash(WAITS if held else _("替他发出去了，他会收到消息。"), "good")
        flash("ask-for", "draft-done")
        return redirect(done.url, 303)
    if form.is_submitted() and author is None:
        form.validate()  # says at the field that nobody was chosen
    return render_template("threads/ask_for.html", form=form), 422 if form.errors else 200


@bp.route("/threads/<int:thread_id>/answer-for", methods=["GET", "POST"])
@accepts(240)
def answer_for(thread_id: int) -> ResponseReturnValue:
    """Answer for somebody who cannot type, of those who may read the thread."""
    render_ahead()
    actor = me()
    form = AnswerForForm(about=thread_id)
    if form.is_submitted():
        form.take_uploads(actor)
    thread: Thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_write_for_others(actor) and can_reply(actor, thread))
    speakers = people_to_write_for(actor, thread)
    form.offer(speakers)
    if not form.is_submitted():
        form.parent.data = id_from(request.args.get("answer"))
    elif form.validate() and form.knows_people(thread) and (author := author_among(speakers, form.speaker.data)):
        answered = answered_by(form, thread)
        held = held_for(actor, has_word=form.is_held)
        with form.once() as done:
            if not done:
                post = reply_as_sent(author, thread, form, answered, held=held, scribe=actor)
                here = url_for(".show", thread_id=thread_id) if held else url_for(".post", post_id=post.id)
                done.record(here, "post", post.id)
        db.session.commit()
        flash(WAITS if held else _("替他发出去了，他会收到消息。"), "good")
        flash(f"answer-for-{thread_id}", "draft-done")
        return redirect(done.url, 303)
    page = render_template("threads/answer_for.html", form=form, thread=thread)
    return page, 422 if form.errors else 200


@bp.post("/posts/<int:post_id>/confirm")
@for_former
def confirm(post_id: int) -> ResponseReturnValue:
    """What another wrote down for one is right. Idempotent; what was changed since it was shown is not confirmed unseen."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    require(can_confirm(me(), found))
    form = SwitchForm()
    if form.validate():
        try:
            confirm_post(found, version=id_from(form.on.data) or 0)
            db.session.commit()
        except (EditedMeanwhile, StaleDataError):
            db.session.rollback()
            flash(_("这一条刚刚又改过，请再看一眼。"), "info")
    return redirect(url_for(".writing" if me().is_former else ".post", post_id=post_id), 303)
