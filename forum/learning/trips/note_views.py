"""Writing a note, saying what became of it, and all notes as one paper."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from forum.access import accepts, for_former, me, one_or_404, require
from forum.clock import day
from forum.downloads import download
from forum.extensions import db
from forum.learning.trips.actions import Refused
from forum.learning.trips.models import StudyTrip, TripMember, TripNote, TripUse, UseResult
from forum.learning.trips.note_forms import LONGEST_SAW, AnswerForm, NoteForm, note_form
from forum.learning.trips.noting import AnsweredMeanwhile, WrittenAlready, answer_use, edit_note, write_note
from forum.learning.trips.policies import (
    can_answer,
    can_edit_note,
    can_write_note,
    visible_notes,
    visible_uses,
)
from forum.learning.trips.queries import members_of, notes_of, stops_of, trip_head, use_row, uses_of
from forum.learning.trips.report import name_of, report_paper
from forum.learning.trips.texts import note_text
from forum.learning.trips.views import bp, to_trip, trip_or_404
from forum.markup import render
from forum.media.queries import own_unattached, pictures_of
from forum.threads.actions import EditedMeanwhile
from forum.word import DOCX


@bp.route("/trips/<int:trip_id>/note", methods=["GET", "POST"])
@accepts(140)
@for_former
def note(trip_id: int) -> ResponseReturnValue:
    """One's own note: written once, and edited after that, also out of office. Two windows at once show both texts."""
    actor = me()
    form = note_form(trip_id) if request.method == "POST" else None
    if form is not None:
        form.take_uploads(actor)
        _render_ahead(form)
    if (own := _own_note(trip_id)) is not None:
        return _edit(trip_id, own, form)
    trip = trip_or_404(trip_id)
    seat = select(TripMember.seated_at).where(TripMember.trip_id == trip_id, TripMember.person_id == actor.id)
    has_seat = db.session.scalar(seat) is not None
    require(has_seat)
    if not can_write_note(actor, trip, has_seat=has_seat):
        raise Refused
    form = form or note_form(trip_id)
    if _is_sent() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    write_note(actor, trip, form.saw.data, form.told(), own_unattached(actor, form.pictures.data))
                    done.record(to_trip(trip_id))
            db.session.commit()
        except WrittenAlready:
            return _written_meanwhile(trip_id, form)
        flash(_("写好了。到了日子，会问您用上了没有。"), "good")
        flash(f"trip-note-{trip_id}", "draft-done")
        return redirect(done.url, 303)
    return _page(form, trip_id)


def _edit(trip_id: int, own: TripNote, form: NoteForm | None) -> ResponseReturnValue:
    actor = me()
    uses = uses_of([own.post_id])[own.post_id]
    waiting = [use.row for use in uses if use.row.result is None]
    answered = [use for use in uses if use.row.result is not None]
    if form is None:
        require(can_edit_note(actor, own.post))
        form = note_form(trip_id, waiting=len(waiting))
        form.show(own, waiting, pictures_of([own.post_id]).get(own.post_id, []))
    form.standing = {use.id: use for use in waiting}
    if _is_sent() and form.validate():
        require(form.first_result() is not None or can_edit_note(actor, own.post))
        try:
            with form.once() as done:
                if not done:
                    pictures = own_unattached(actor, form.pictures.data, own.post_id)
                    edit_note(actor, own, form.saw.data, form.told(), pictures, version=form.version.data)
                    done.record(url_for("threads.writing") if actor.is_former else to_trip(trip_id))
            db.session.commit()
        except (EditedMeanwhile, StaleDataError):
            return _written_meanwhile(trip_id, form)
        flash(_("改好了。"), "good")
        flash(f"trip-note-{trip_id}", "draft-done")
        return redirect(done.url, 303)
    return _page(form, trip_id, answered=answered, is_new=False)


def _written_meanwhile(trip_id: int, form: NoteForm) -> ResponseReturnValue:
    """Another window was first: both texts are shown, and sending again takes this one."""
    db.session.rollback()
    now = _own_note(trip_id)
    assert now is not None
    uses = uses_of([now.post_id])[now.post_id]
    form.version.data = now.post.version
    form.refresh_token()
    answered = [use for use in uses if use.row.result is not None]
    return _page(form, trip_id, answered=answered, is_new=False, other=now.post.body)


def _own_note(trip_id: int) -> TripNote | None:
    query = visible_notes(me()).where(TripNote.trip_id == trip_id, TripNote.person_id == me().id)
    return db.session.scalars(query.execution_options(populate_existing=True)).unique().one_or_none()


def _page(
    form: NoteForm,
    trip_id: int,
    *,
    answered: Sequence[Any] = (),
    is_new: bool = True,
    other: str | None = None,
) -> ResponseReturnValue:
    trip = db.session.get_one(StudyTrip, trip_id)
    page = render_template(
        "learning/trips/note.html", form=form, trip=trip, answered=answered, is_new=is_new, other=other
    )
    return page, 409 if other is not None else 422 if form.errors else 200


def _is_sent() -> bool:
    """Whether the form was sent to be taken, not for one more row."""
    return request.method == "POST" and request.form.get("as") != "more"


def _render_ahead(form: NoteForm) -> None:
    """Make the HTML of what was sent, which ``render`` remembers: from the first statement on all other writers wait on SQLite."""
    lines = form.told()
    if all(line.due for line in lines):
        render(note_text((form.saw.data or "")[:LONGEST_SAW], lines))


@bp.route("/trips/uses/<int:use_id>", methods=["GET", "POST"])
def answer(use_id: int) -> ResponseReturnValue:
    """用上了吗: first three big answers, then a word on it. Of two who answer at once one is told."""
    actor = me()
    one_or_404(visible_uses(actor).where(TripUse.id == use_id))
    use = use_row(use_id)
    require(can_answer(actor, use))
    form, is_late = AnswerForm(about=use_id), False
    if not form.is_submitted():
        form.result.data, form.version.data = request.args.get("result", ""), use.version
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    answer_use(actor, db.session.get_one(TripUse, use_id), form.answer(), seen=form.version.data)
                    done.record(to_trip(use.trip_id))
            db.session.commit()
        except AnsweredMeanwhile:
            db.session.rollback()
            use, is_late = use_row(use_id), True
            form.version.data = use.version
            form.refresh_token()
        else:
            _thank(form)
            flash(f"trip-use-{use_id}", "draft-done")
            return redirect(done.url, 303)
    speaks = actor.id == use.person_id or (actor.leads_village and actor.unit_id == use.unit_id)
    said = next(each.answers for each in uses_of([use.note_id])[use.note_id] if each.row.id == use_id)
    page = render_template("learning/trips/answer.html", form=form, use=use, said=said, is_own=speaks, is_late=is_late)
    return page, 409 if is_late else 422 if form.errors else 200


def _thank(form: AnswerForm) -> None:
    if form.chosen is UseResult.DOING:
        flash(_("记下了，%(day)s再问您。", day=day(form.again.data)), "good")
    elif form.chosen is UseResult.USED:
        flash(_("用上了就好，记下了。"), "good")
    else:
        flash(_("记下了。不合适也是一条经验。"), "good")


@bp.get("/trips/<int:trip_id>/report.docx")
def report(trip_id: int) -> ResponseReturnValue:
    """All notes as one paper, as far as its reader may open them, pictures in their places."""
    actor = me()
    head = trip_head(actor, trip_id)
    if head is None:
        abort(404)
    notes = [note for note in notes_of(actor, trip_id) if note.row.hidden_at is None]
    going = [member for member in members_of(trip_id) if member.seated_at is not None]
    stops = stops_of(trip_id)
    pictures = pictures_of([note.row.post_id for note in notes])
    db.session.rollback()  # pictures take a while, and nobody is to wait for this reader's connection
    content = report_paper(head, stops, going, notes, pictures)
    return download(content, DOCX, f"{name_of(head)}.docx")
