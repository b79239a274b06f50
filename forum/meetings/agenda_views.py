"""Arranging the agenda: from threads, cards and by hand, in order, with a thread to talk things over beforehand."""

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.forms import sent_text
from forum.library.models import Experience
from forum.library.policies import visible_cards
from forum.markup import render
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.agenda import (
    HasThread,
    PresenterLeft,
    add_cards,
    add_item,
    add_threads,
    arrange_items,
    begin_item_thread,
    change_item,
    remove_item,
)
from forum.meetings.agenda_forms import ItemForm, OrderForm, PickForm, TalkForm
from forum.meetings.agenda_lines import lines_of, open_item
from forum.meetings.agenda_pages import arrange_page
from forum.meetings.choices import cards_to_offer, people_of, people_to_present, threads_to_offer
from forum.meetings.models import AgendaItem, Meeting
from forum.meetings.policies import can_arrange, can_schedule
from forum.meetings.published import programme_now
from forum.meetings.views import bp, meeting_or_404
from forum.threads.models import Thread
from forum.threads.policies import visible_threads

LONGEST_FIND = 40


def to_arrange(meeting_id: int) -> Meeting:
    """A meeting whose agenda the actor arranges."""
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    if not can_arrange(me(), meeting) and request.method != "POST":
        raise WrongState(meeting.state)
    return meeting


@bp.route("/meetings/<int:meeting_id>/agenda", methods=["GET", "POST"])
def arrange(meeting_id: int) -> ResponseReturnValue:
    """The agenda to be put in order, with minutes and clock. What is sent is the whole order: of two organisers the second sees both."""
    meeting = to_arrange(meeting_id)
    form = OrderForm(about=meeting_id)
    now = None
    if not form.is_submitted():
        form.version.data = meeting.version
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    arrange_items(me(), meeting, form.order(), version=form.version.data)
                    moved = f"item-{form.moved}" if form.moved else None
                    done.record(url_for(".arrange", meeting_id=meeting_id, _anchor=moved))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            meeting = meeting_or_404(meeting_id)
            now = programme_now(meeting_id, meeting.theme)
            form.version.data = meeting.version
            form.refresh_token()
        else:
            return redirect(done.url, 303)
    page = render_template("meetings/arrange.html", form=form, **arrange_page(me(), meeting, form, now))
    return page, 409 if now else 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/agenda/threads", methods=["GET", "POST"])
def pick(meeting_id: int) -> ResponseReturnValue:
    """Put threads and cards onto the agenda: unanswered and widely shared questions come first."""
    meeting = to_arrange(meeting_id)
    words, is_sent = request.args.get("q", "")[:LONGEST_FIND], request.method == "POST"
    town = meeting.township_id
    offered = threads_to_offer(me(), meeting_id, town, words=words, is_sent=is_sent)
    cards = cards_to_offer(me(), meeting_id, town, words=words, is_sent=is_sent)
    form = PickForm(about=meeting_id, threads=offered, cards=cards)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                add_threads(me(), meeting, _threads_in_order(form.threads.data or ()))
                add_cards(me(), meeting, _cards_in_order(form.cards.data or ()))
                done.record(url_for(".arrange", meeting_id=meeting_id))
        db.session.commit()
        return redirect(done.url, 303)
    page = render_template("meetings/pick.html", form=form, meeting=meeting, offered=offered, cards=cards, words=words)
    return page, 422 if form.errors else 200


def _threads_in_order(idents: Sequence[int]) -> list[Thread]:
    found = {t.id: t for t in db.session.scalars(visible_threads(me()).where(Thread.id.in_(idents)))}
    return [found[ident] for ident in idents if ident in found]


def _cards_in_order(idents: Sequence[int]) -> list[Experience]:
    found = {c.id: c for c in db.session.scalars(visible_cards(me()).where(Experience.id.in_(idents)))}
    return [found[ident] for ident in idents if ident in found]


@bp.route("/meetings/<int:meeting_id>/agenda/new", methods=["GET", "POST"])
def new_item(meeting_id: int) -> ResponseReturnValue:
    """A line written by hand."""
    meeting = to_arrange(meeting_id)
    form = _item_form(meeting, None)
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    add_item(me(), meeting, form.line())
                    done.record(url_for(".arrange", meeting_id=meeting_id))
            db.session.commit()
        except PresenterLeft:
            _say_left(form)
        else:
            flash(f"item-new-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    return _item_page(form, meeting, None), 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/agenda/<int:item_id>", methods=["GET", "POST"])
def edit_item(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Change a line; who saves second sees what the first made of it."""
    meeting = to_arrange(meeting_id)
    item: AgendaItem = one_or_404(open_item(me(), meeting_id, item_id))
    form = _item_form(meeting, item)
    now = None
    if not form.is_submitted():
        chosen = next((p for p in form.people if p.posting_id == item.presenter_posting_id), None)
        form.show(item, f"{chosen.unit_name} {chosen.name}" if chosen else "")
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    change_item(me(), meeting, item, form.line(), version=form.version.data)
                    done.record(url_for(".arrange", meeting_id=meeting_id, _anchor=f"item-{item_id}"))
            db.session.commit()
        except PresenterLeft:
            _say_left(form)
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            meeting = meeting_or_404(meeting_id)
            item = one_or_404(open_item(me(), meeting_id, item_id))
            programme = programme_now(meeting_id, meeting.theme)
            lines = tuple(entry for entry in programme.entries if entry.id == item_id)
            now = lines_of(me(), replace(programme, entries=lines))[0]
            form.version.data = item.version
            form.refresh_token()
        else:
            flash(f"item-{item_id}", "draft-done")
            return redirect(done.url, 303)
    return _item_page(form, meeting, item, now), 409 if now else 422 if form.errors else 200


def _item_form(meeting: Meeting, item: AgendaItem | None) -> ItemForm:
    """The form of a line, with what can be chosen in it."""
    is_sent = request.method == "POST"
    linked = db.session.get(Thread, item.thread_id) if item and item.thread_id else None
    card = db.session.get(Experience, item.experience_id) if item and item.experience_id else None
    typed = sent_text("who")[:LONGEST_FIND] if is_sent else ""
    form = ItemForm(
        about=item.id if item else f"new-{meeting.id}",
        threads=threads_to_offer(
            me(), meeting.id, meeting.township_id, linked_id=item.thread_id if item else None, is_sent=is_sent
        ),
        places=meeting.sittings,
        people=people_to_present(me(), typed, item.presenter_posting_id if item and not is_sent else None),
        narrowed=item if any(source is not None and source.reach.is_narrow for source in (linked, card)) else None,
    )
    form.card_id = card.id if card else None
    return form


def _item_page(form: ItemForm, meeting: Meeting, item: AgendaItem | None, now: object = None) -> str:
    people = people_of(meeting.township_id)
    return render_template("meetings/item.html", form=form, meeting=meeting, item=item, people=people, now=now)


def _say_left(form: ItemForm) -> None:
    db.session.rollback()
    form.who.errors = [_("%(who)s已经不在任了，请换一位。", who=form.who.data)]
    form.refresh_token()


@bp.post("/meetings/<int:meeting_id>/agenda/<int:item_id>/remove")
def remove(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Take a line off. Idempotent: what is off stays off."""
    meeting = to_arrange(meeting_id)
    item = db.session.scalars(_item(meeting_id, item_id)).one_or_none()
    if item is not None:
        remove_item(me(), meeting, item)
        db.session.commit()
    return redirect(url_for(".arrange", meeting_id=meeting_id), 303)


@bp.route("/meetings/<int:meeting_id>/agenda/<int:item_id>/thread", methods=["GET", "POST"])
def talk(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Begin a topic in which a line is talked over beforehand."""
    render(sent_text("body"))  # remembered: from the first statement on all other writers wait on SQLite
    meeting = to_arrange(meeting_id)
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
