"""Threads: the list, a thread, asking, answering, correcting one's own words."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.access import accepts, me, one_or_404, require
from forum.clock import moment_from, moment_now
from forum.extensions import db
from forum.forms import on_one_line, sent_text
from forum.markup import AN_AT, below_title, render, stored, title_from
from forum.media.policies import show_with_posts
from forum.media.queries import attached_to
from forum.notices.actions import read_thread
from forum.paging import id_from
from forum.tags.queries import tag_choices, tag_groups
from forum.threads import lists, notices, of_tag, unanswered  # noqa: F401
from forum.threads.forms import PRESCRIPTION, AskForm, PrescriptionForm, ReplyForm
from forum.threads.holding import held_for
from forum.threads.models import Post, Thread, ThreadKind
from forum.threads.panels import BESIDE_ASKING, PANELS
from forum.threads.policies import (
    can_accept_post,
    can_confirm,
    can_edit,
    can_have_same,
    can_moderate,
    can_narrow,
    can_react,
    can_reply,
    can_write_for_others,
    is_asked,
    kinds_open_to,
    visible_posts,
    visible_threads,
)
from forum.threads.prescriptions import compose
from forum.threads.queries import place_of, post_of_merged, thread_head, thread_page
from forum.threads.quotes import quote_from
from forum.threads.readers import about_to_begin
from forum.threads.reading import read_up_to
from forum.threads.sending import answered_by, begin_as_sent, reply_as_sent
from forum.units.actors import Actor

bp = Blueprint("threads", __name__)

WAITS = _l("收到了。等镇里看一眼，再给大伙儿看。")


@bp.get("/threads/")
def index() -> ResponseReturnValue:
    """Threads by kind, tag, place and state; newest activity or newest first."""
    return render_template("threads/index.html", **lists.list_page(me(), lists.Filters.read(request.args)))


@bp.route("/threads/ask", methods=["GET", "POST"])
@accepts(240)
def ask() -> ResponseReturnValue:
    """Two minutes: one text field, and everything else is answered already."""
    render_ahead()
    actor = me()
    kinds = kinds_open_to(actor)
    require(bool(kinds))
    groups = tag_groups()
    form = AskForm(kinds=kinds, tags=tag_choices(groups), may_narrow=can_narrow(actor))
    if not form.is_submitted():
        if request.args.get("kind") in kinds:
            form.kind.data = ThreadKind(request.args["kind"])
        form.body.data = request.args.get("text", "")[:2000] or None
    else:
        form.take_uploads(actor)
    preview = None
    if request.form.get("as") == "preview":
        form.title.data = form.title.data or title_from(form.body.data or "")
        preview = stored(render(below_title(form.body.data or "", form.title.data)))
    elif request.form.get("as") != "look" and form.is_submitted() and _may_begin(actor, form):
        held = held_for(actor, has_word=form.is_held)
        with form.once() as done:
            if not done:
                opening = begin_as_sent(actor, form, held=held)
                done.record(url_for(".show", thread_id=opening.thread_id), "post", opening.id)
        db.session.commit()
        flash(WAITS if held else _("发出去了。有人回复，会在消息里告诉您。"), "good")
        flash("ask", "draft-done")
        return redirect(done.url, 303)
    below_text = [panel(actor, form.body.data or "") for panel in BESIDE_ASKING]
    return (
        render_template(
            "threads/ask.html",
            form=form,
            preview=preview,
            below_text=below_text,
            may_write_for_others=can_write_for_others(actor),
        ),
        422 if form.errors else 200,
    )


@bp.get("/threads/<int:thread_id>")
def show(thread_id: int) -> ResponseReturnValue:
    """A thread: its opening, what came of it, and the answers, twenty a page."""
    actor = me()
    head = thread_head(actor, thread_id)
    if head is None:
        return redirect(url_for(".post", post_id=one_or_404(post_of_merged(actor, thread_id)).id), 303)
    return _thread_page(head)


@bp.post("/threads/<int:thread_id>/posts")
@accepts(240)
def reply(thread_id: int) -> ResponseReturnValue:
    """Answer the thread, or one of its replies."""
    render_ahead()
    actor = me()
    is_prescription = request.form.get("shape") == PRESCRIPTION
    form = (PrescriptionForm if is_prescription else ReplyForm)(about=thread_id)
    form.take_uploads(actor)
    thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_reply(actor, thread))
    if not (form.validate() and form.knows_people(thread)):
        return _thread_page(thread_head(actor, thread_id), form), 422
    answered = answered_by(form, thread)
    held = held_for(actor, has_word=form.is_held)
    with form.once() as done:
        if not done:
            stance = form.chosen_stance if answered else None
            post = reply_as_sent(actor, thread, form, answered, stance=stance, held=held)
            done.record(url_for(".post", post_id=post.id), "post", post.id)
    db.session.commit()
    if held:
        flash(WAITS, "good")
    flash(f"prescription-{thread_id}" if is_prescription else f"reply-{thread_id}", "draft-done")
    return redirect(done.url, 303)


@bp.get("/posts/<int:post_id>")
def post(post_id: int) -> ResponseReturnValue:
    """A permalink: opens the page that holds the post; of one's own in a thread that is closed to one, what one wrote."""
    found = one_or_404(visible_posts(me()).where(Post.id == post_id))
    if db.session.scalar(visible_threads(me()).where(Thread.id == found.thread_id)) is None:
        return redirect(url_for(".writing"), 303)
    page, opened = place_of(found)
    return redirect(
        url_for(
            ".show",
            thread_id=found.thread_id,
            page=page if page > 1 else None,
            open=opened,
            _anchor=f"post-{post_id}",
        ),
        303,
    )


@bp.post("/threads/<int:thread_id>/seen")
def seen(thread_id: int) -> ResponseReturnValue:
    """The page of a thread says that it was looked at, and up to which post. Touches only what is this person's own. Idempotent."""
    actor = me()
    one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    latest = visible_posts(actor).where(Post.id == id_from(request.form.get("text")), Post.thread_id == thread_id)
    if (found := db.session.scalars(latest).one_or_none()) is not None:
        read_up_to(actor, found)
    read_thread(actor, thread_id, moment_from(request.args.get("at")))
    db.session.commit()
    return redirect(url_for(".show", thread_id=thread_id), 303) if request.form.get("back") else ("", 204)


@bp.post("/threads/preview")
def preview() -> ResponseReturnValue:
    """How a text will look, by the same sanitiser, below its title where it is to have one; writes nothing."""
    text, title = request.form.get("text", ""), request.form.get("title")
    if title is None:
        return render(text)
    title = on_one_line(title) or title_from(text)
    return render_template("threads/_preview.html", title=title, preview=stored(render(below_title(text, title))))


def _may_begin(actor: Actor, form: AskForm) -> bool:
    return form.validate() and form.knows_people(about_to_begin(actor, form.reach.data))


def render_ahead() -> None:
    """Make the HTML of what was sent, which ``render`` remembers: from the first statement on all other writers wait on SQLite."""
    in_parts = "diagnosis" in request.form
    text = compose(sent_text("diagnosis"), sent_text("remedy")) if in_parts else sent_text("body")
    if AN_AT.search(text):
        render(text)  # whom it names is read from the whole of it
    if "title" in request.form:
        text = below_title(text, on_one_line(request.form["title"]) or title_from(text))
    render(text)


def _thread_page(head: Any, form: ReplyForm | PrescriptionForm | None = None) -> str:
    actor, shown_at = me(), moment_now()
    page = thread_page(actor, head, request.args.get("page", 1, type=int), request.args.get("open", type=int))
    panels = [panel(actor, head) for panel in PANELS]
    pictures, documents = attached_to(page.post_ids)
    if form is None:
        form = _empty_reply(head, asks_reader=any(panel.asks_reader for panel in panels))
    return render_template(
        "threads/show.html",
        head=head,
        page=page,
        shown_at=shown_at,
        form=form,
        pictures=pictures,
        documents=documents,
        panels=panels,
        steps=lists.steps_of(head, panels),
        marks={post_id: mark for panel in panels for post_id, mark in panel.marks.items()},
        tags=lists.tags_of(head),
        narrowed=lists.reach_label(head.reach) if head.reach.is_narrow else None,
        may=_rights(head),
    )


def _empty_reply(head: Any, *, asks_reader: bool) -> ReplyForm | PrescriptionForm:
    """To a reply, or plain, or in two parts: so for whoever was asked to look into it, unless he would rather just write."""
    parent, quoted = request.args.get("answer", type=int), id_from(request.args.get("quote"))
    if parent is not None or quoted is not None:
        body = quote_from(me(), head.id, quoted) if quoted is not None else None
        return ReplyForm(about=head.id, parent=parent, body=body)
    shape = request.args.get("shape", PRESCRIPTION if asks_reader else "")
    return (PrescriptionForm if shape == PRESCRIPTION and is_asked(head) else ReplyForm)(about=head.id)


def _rights(head: Any) -> dict[str, Any]:
    actor = me()
    return {
        "reply": can_reply(actor, head),
        "accept": partial(can_accept_post, actor, head),
        "edit": partial(can_edit, actor),
        "confirm": partial(can_confirm, actor),
        "write_for_others": can_reply(actor, head) and can_write_for_others(actor),
        "react": can_react(actor, head),
        "same": can_have_same(actor, head),
        "moderate": can_moderate(actor, head),
    }


show_with_posts(lambda actor: visible_posts(actor).with_only_columns(Post.id))
