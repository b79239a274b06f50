"""Threads: the list, a thread, asking, answering, correcting one's own words."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm.exc import StaleDataError

from forum.access import accepts, for_former, me, one_or_404, require
from forum.clock import moment_from, moment_now
from forum.extensions import db
from forum.forms import on_one_line, sent_text
from forum.markup import below_title, render, stored, title_from
from forum.media.policies import show_with_posts
from forum.media.queries import attached_to, own_unattached, own_unattached_documents
from forum.notices.actions import read_thread
from forum.once import FIRST_TEXTS, FirstText, issue_token
from forum.paging import id_from
from forum.tags.queries import tag_choices, tag_groups
from forum.threads import lists, notices, of_tag, unanswered  # noqa: F401
from forum.threads.actions import (
    EditedMeanwhile,
    accept_answer,
    add_reply,
    begin_thread,
    edit_post,
    follow,
    react,
    unaccept_answer,
)
from forum.threads.forms import PRESCRIPTION, AskForm, PrescriptionForm, ReplyForm, SwitchForm, edit_form_of
from forum.threads.holding import held_for, hold_post
from forum.threads.models import Post, ReactionKind, Thread, ThreadKind
from forum.threads.panels import BESIDE_ASKING, EDITED_ELSEWHERE, PANELS
from forum.threads.policies import (
    can_accept,
    can_edit,
    can_have_same,
    can_moderate,
    can_narrow,
    can_react,
    can_reply,
    is_asked,
    kinds_open_to,
    visible_posts,
    visible_threads,
)
from forum.threads.prescriptions import compose
from forum.threads.queries import place_of, post_of_merged, reactions_to, thread_head, thread_page
from forum.threads.quotes import quote_from
from forum.threads.reading import read_up_to
from forum.threads.revisions import author_of, edits_of
from forum.units.actors import load_actor

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
    _render_ahead()
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
    elif request.form.get("as") != "look" and form.is_submitted() and form.validate():
        held = held_for(actor, has_word=form.is_held)
        with form.once() as done:
            if not done:
                opening = begin_thread(
                    actor,
                    form.kind.data,
                    form.title.data or title_from(form.body.data),
                    form.body.data,
                    reach=form.reach.data,
                    tag_ids=form.tags.data,
                    pictures=own_unattached(actor, form.pictures.data),
                    documents=own_unattached_documents(actor, form.documents.data),
                    held=held,
                )
                done.record(url_for(".show", thread_id=opening.thread_id), "post", opening.id)
        db.session.commit()
        flash(WAITS if held else _("发出去了。有人回复，会在消息里告诉您。"), "good")
        flash("ask", "draft-done")
        return redirect(done.url, 303)
    below_text = [panel(actor, form.body.data or "") for panel in BESIDE_ASKING]
    return (
        render_template("threads/ask.html", form=form, preview=preview, below_text=below_text),
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
    _render_ahead()
    actor = me()
    is_prescription = request.form.get("shape") == PRESCRIPTION
    form = (PrescriptionForm if is_prescription else ReplyForm)(about=thread_id)
    form.take_uploads(actor)
    thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_reply(actor, thread))
    if not form.validate():
        return _thread_page(thread_head(actor, thread_id), form), 422
    parent = None
    if form.parent.data is not None:
        parent = one_or_404(visible_posts(actor).where(Post.id == form.parent.data, Post.thread_id == thread_id))
    held = held_for(actor, has_word=form.is_held)
    with form.once() as done:
        if not done:
            answer_to = None if parent is None or parent.is_opening else parent
            post = add_reply(
                actor,
                thread,
                form.text,
                parent=answer_to,
                stance=form.chosen_stance if answer_to else None,
                pictures=own_unattached(actor, form.pictures.data),
                documents=own_unattached_documents(actor, form.documents.data),
                held=held,
            )
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


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@for_former
def edit(post_id: int) -> ResponseReturnValue:
    """Correct one's own words. Two edits at once show both texts."""
    _render_ahead()
    actor = me()
    found = one_or_404(visible_posts(actor).where(Post.id == post_id))
    require(can_edit(actor, found))
    for elsewhere in EDITED_ELSEWHERE:
        if (url := elsewhere(actor, found)) is not None:
            return redirect(url, 303)
    form = edit_form_of(found)(about=post_id)
    if not form.is_submitted():
        form.show(found)
    elif form.validate():
        back = url_for(".writing" if actor.is_former else ".post", post_id=post_id)
        try:
            with form.once() as done:
                if not done:
                    title = form.title.data if form.title else None
                    edit_post(actor, found, form.text, version=form.version.data, title=title, why=form.why.data or "")
                    if form.is_held and (why := held_for(actor, has_word=True)):
                        hold_post(found, why)
                    done.record(back, "post", post_id)
            db.session.commit()
        except (EditedMeanwhile, StaleDataError):
            db.session.rollback()
            now = one_or_404(visible_posts(actor).where(Post.id == post_id).execution_options(populate_existing=True))
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


def _render_ahead() -> None:
    """Make the HTML of what was sent, which ``render`` remembers: from the first statement on all other writers wait on SQLite."""
    in_parts = "diagnosis" in request.form
    text = compose(sent_text("diagnosis"), sent_text("remedy")) if in_parts else sent_text("body")
    if "title" in request.form:
        text = below_title(text, on_one_line(request.form["title"]) or title_from(text))
    render(text)


def _react(post_id: int, kind: ReactionKind) -> ResponseReturnValue:
    form, actor = SwitchForm(), me()
    found = one_or_404(visible_posts(actor).where(Post.id == post_id))
    fits = found.is_opening == (kind is ReactionKind.SAME)
    require(fits and (can_have_same if kind is ReactionKind.SAME else can_react)(actor, found.thread))
    if form.validate():
        react(actor, found, kind, form.is_on)
        db.session.commit()
    return redirect(url_for(".post", post_id=post_id), 303)


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


def _rights(head: Any) -> dict[str, bool]:
    actor = me()
    return {
        "reply": can_reply(actor, head),
        "accept": can_accept(actor, head),
        "react": can_react(actor, head),
        "same": can_have_same(actor, head),
        "moderate": can_moderate(actor, head),
    }


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
show_with_posts(lambda actor: visible_posts(actor).with_only_columns(Post.id))
