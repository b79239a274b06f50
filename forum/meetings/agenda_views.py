"""Arranging the agenda: from threads, by hand, in order, with a thread to talk things over beforehand."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.forms import sent_text
from forum.markup import render
from forum.meetings.actions import WrongState
from forum.meetings.agenda import (
    LONGEST_AGENDA,
    HasThread,
    add_item,
    add_threads,
    begin_item_thread,
    change_item,
    place_item,
    remove_item,
)
from forum.meetings.choices import threads_to_offer
from forum.meetings.forms import ItemForm, PickForm, TalkForm
from forum.meetings.models import AgendaItem, Meeting
from forum.meetings.policies import can_arrange, can_schedule
from forum.meetings.queries import agenda_of, open_item
from forum.meetings.views import bp, meeting_or_404
from forum.threads.models import Thread
from forum.threads.policies import visible_threads


def _to_arrange(meeting_id: int) -> Meeting:
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    if not can_arrange(me(), meeting) and request.method != "POST":
        raise WrongState(meeting.state)
    return meeting


@bp.get("/meetings/<int:meeting_id>/agenda")
def arrange(meeting_id: int) -> ResponseReturnValue:
    """The agenda with its buttons: up, down, change, take off."""
    meeting = _to_arrange(meeting_id)
    return render_template(
        "meetings/arrange.html", meeting=meeting, agenda=agenda_of(me(), meeting_id, meeting.sitting.starts_at)
    )


@bp.route("/meetings/<int:meeting_id>/agenda/threads", methods=["GET", "POST"])
def pick(meeting_id: int) -> ResponseReturnValue:
    """Put threads onto the agenda: unanswered and widely shared questions come first."""
    meeting = _to_arrange(meeting_id)
    offered = threads_to_offer(me(), meeting_id, meeting.township_id, is_sent=request.method == "POST")
    form = PickForm(about=meeting_id, threads=offered)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                add_threads(me(), meeting, _in_order(form.threads.data))
                done.record(url_for(".arrange", meeting_id=meeting_id))
        db.session.commit()
        return redirect(done.url, 303)
    page = render_template("meetings/pick.html", form=form, meeting=meeting, offered=offered)
    return page, 422 if form.errors else 200


def _in_order(thread_ids: list[int]) -> list[Thread]:
    found = {t.id: t for t in db.session.scalars(visible_threads(me()).where(Thread.id.in_(thread_ids)))}
    return [found[thread_id] for thread_id in thread_ids if thread_id in found]


@bp.route("/meetings/<int:meeting_id>/agenda/new", methods=["GET", "POST"])
def new_item(meeting_id: int) -> ResponseReturnValue:
    """A line written by hand."""
    meeting = _to_arrange(meeting_id)
    offered = threads_to_offer(me(), meeting_id, meeting.township_id, is_sent=request.method == "POST")
    form = ItemForm(about=f"new-{meeting_id}", threads=offered)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                add_item(me(), meeting, form.line())
                done.record(url_for(".arrange", meeting_id=meeting_id))
        db.session.commit()
        return redirect(done.url, 303)
    return render_template("meetings/item.html", form=form, meeting=meeting, item=None), 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/agenda/<int:item_id>", methods=["GET", "POST"])
def edit_item(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Change a line."""
    meeting = _to_arrange(meeting_id)
    item: AgendaItem = one_or_404(open_item(me(), meeting_id, item_id))
    linked = db.session.get(Thread, item.thread_id) if item.thread_id else None
    offered = threads_to_offer(
        me(), meeting_id, meeting.township_id, linked_id=item.thread_id, is_sent=request.method == "POST"
    )
    form = ItemForm(
        about=item_id,
        threads=offered,
        narrowed=item if linked is not None and linked.reach.is_narrow else None,
    )
    if not form.is_submitted():
        form.show(item)
    elif form.validate():
        with form.once() as done:
            if not done:
                change_item(me(), meeting, item, form.line())
                done.record(url_for(".arrange", meeting_id=meeting_id))
        db.session.commit()
        return redirect(done.url, 303)
    return render_template("meetings/item.html", form=form, meeting=meeting, item=item), 422 if form.errors else 200


@bp.post("/meetings/<int:meeting_id>/agenda/<int:item_id>/place")
def place(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Put a line at a place. Idempotent: the wanted place is sent."""
    meeting = _to_arrange(meeting_id)
    item: AgendaItem = one_or_404(_item(meeting_id, item_id))
    wanted = request.form.get("place", 0, type=int)
    if 1 <= wanted <= LONGEST_AGENDA:
        place_item(me(), meeting, item, wanted)
        db.session.commit()
    return redirect(url_for(".arrange", meeting_id=meeting_id, _anchor=f"item-{item_id}"), 303)


@bp.post("/meetings/<int:meeting_id>/agenda/<int:item_id>/remove")
def remove(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Take a line off. Idempotent: what is off stays off."""
    meeting = _to_arrange(meeting_id)
    item = db.session.scalars(_item(meeting_id, item_id)).one_or_none()
    if item is not None:
        remove_item(me(), meeting, item)
        db.session.commit()
    return redirect(url_for(".arrange", meeting_id=meeting_id), 303)


@bp.route("/meetings/<int:meeting_id>/agenda/<int:item_id>/thread", methods=["GET", "POST"])
def talk(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Begin a topic in which a line is talked over beforehand."""
    render(sent_text("body"))  # remembered: from the first statement on all other writers wait on SQLite
    meeting = _to_arrange(meeting_id)
    item: AgendaItem = one_or_404(open_item(me(), meeting_id, item_id))
    form = TalkForm(about=item_id)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                thread = begin_item_thread(me(), meeting, item, form.title.data, form.body.data)
                done.record(url_for("threads.show", thread_id=thread.id))
        db.session.commit()
        flash(_("帖子开好了，已经连到议程上。"), "good")
        flash(f"talk-{item_id}", "draft-done")
        return redirect(done.url, 303)
    if not form.is_submitted():
        if item.thread_id is not None:
            raise HasThread
        form.title.data = item.title
    return render_template("meetings/talk.html", form=form, meeting=meeting, item=item), 422 if form.errors else 200


def _item(meeting_id: int, item_id: int) -> Select[AgendaItem]:
    return select(AgendaItem).where(AgendaItem.meeting_id == meeting_id, AgendaItem.id == item_id)
