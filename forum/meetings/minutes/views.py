"""Writing the minutes, line by line of the agenda: saved as they are typed, and marked where something is to come of them."""

import secrets
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.clock import local
from forum.consultations.choices import who_may_act
from forum.consultations.models import WHAT_LENGTH
from forum.extensions import db
from forum.forms import on_one_line, sent_text
from forum.markup import render
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.agenda_lines import AgendaRow, agenda_of, lines_now
from forum.meetings.minutes.actions import (
    WRITTEN_IN,
    Marked,
    add_mark,
    change_mark,
    part_of,
    remove_mark,
    write_part,
)
from forum.meetings.minutes.forms import KeptPart, PartForm, SentencesForm, mark_form, part_form
from forum.meetings.minutes.models import MARK_LENGTH, MarkKind, Minutes, MinutesMark, MinutesPart
from forum.meetings.minutes.publishing import correct
from forum.meetings.minutes.queries import marks_of, minutes_of, open_mark
from forum.meetings.minutes.sentences import sentences
from forum.meetings.models import AgendaItem, Meeting, MeetingState
from forum.meetings.pages import rights
from forum.meetings.policies import can_correct_minutes, can_schedule, can_write_minutes, can_write_part
from forum.meetings.queries import meeting_head
from forum.meetings.views import bp, meeting_or_404

CLASHES = (ChangedMeanwhile, StaleDataError, IntegrityError)  # the last: both wrote the first word at once


def _to_write(meeting_id: int) -> Meeting:
    meeting = meeting_or_404(meeting_id)
    require(can_write_minutes(me(), meeting))
    return meeting


def _lines_to_write(meeting: Any) -> list[AgendaRow]:
    """The agenda as it stands, for organisers; for others as it was published until the meeting begins, without what was taken off."""
    if can_schedule(me(), meeting):
        return lines_now(me(), meeting)
    there = set(db.session.scalars(select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id)))
    return [line for line in agenda_of(me(), meeting) if line.id in there]


def _lines(meeting: Meeting, item_id: int) -> tuple[list[AgendaRow], AgendaRow | None]:
    """The agenda, and the line in question; None for what belongs to none."""
    agenda = _lines_to_write(meeting)
    if item_id == 0:
        return agenda, None
    line = next((line for line in agenda if line.id == item_id and line.is_readable), None)
    if line is None:
        abort(404)
    require(can_write_part(me(), meeting, line.sitting_id))
    return agenda, line


@bp.get("/meetings/<int:meeting_id>/minutes")
def minutes(meeting_id: int) -> ResponseReturnValue:
    """All of it as it stands, with a way to each part; once published, a way to issue and to correct it."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    require(can_write_minutes(me(), head))
    if head.state not in (*WRITTEN_IN, MeetingState.CLOSED):
        raise WrongState(head.state)
    is_closed = head.state is MeetingState.CLOSED
    return render_template(
        "meetings/minutes.html",
        head=head,
        agenda=_lines_to_write(head),
        parts={part.item_id: part for part in minutes_of(me(), meeting_id)},
        marks=[] if is_closed else marks_of(me(), meeting_id),
        may=rights(me(), head),
        may_correct=not is_closed or can_correct_minutes(me(), head, head.issued_at is not None),
    )


@bp.route("/meetings/<int:meeting_id>/minutes/<int:item_id>", methods=["GET", "POST"])
def write_minutes(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """What was said under one line; item 0 is what belongs to none. Of two who write there at once the second sees both texts."""
    render(sent_text("body"))  # remembered: from the first statement on all other writers wait on SQLite
    meeting = _to_write(meeting_id)
    agenda, line = _lines(meeting, item_id)
    published = db.session.get(Minutes, meeting_id) if meeting.state is MeetingState.CLOSED else None
    is_issued = published is not None and published.issued_at is not None
    require(published is None or can_correct_minutes(me(), meeting, is_issued))
    form = part_form(meeting_id, item_id, is_published=published is not None, is_issued=is_issued)
    other = None
    if not form.is_submitted():
        if meeting.state not in (*WRITTEN_IN, MeetingState.CLOSED):
            raise WrongState(meeting.state)
        form.show(part_of(meeting_id, item_id or None))
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    done.record(_save(meeting, form, item_id, agenda))
            db.session.commit()
        except CLASHES:
            db.session.rollback()
            other = part_of(meeting_id, item_id or None)
            form.version.data, form.hand.data = (other.version if other else 0), secrets.token_urlsafe(12)
            form.refresh_token()
        else:
            flash(f"minutes-{meeting_id}-{item_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template(
        "meetings/minutes_part.html",
        form=form,
        meeting=meeting,
        item_id=item_id,
        line=line,
        agenda=agenda,
        other=other,
        is_published=published is not None,
        marks=[m for m in marks_of(me(), meeting_id) if m.item_id == (item_id or None)] if published is None else [],
    )
    return page, 409 if other else 422 if form.errors else 200


def _save(meeting: Meeting, form: PartForm, item_id: int, agenda: list[AgendaRow]) -> str:
    """Keep the text and say where to go on: to the next line, to what was marked, or to the whole."""
    version, wanted = form.version.data, request.form.get("then", "")
    if form.reason is not None:
        reason = form.reason.data or ""
        correct(me(), meeting, form.body.data, item_id=item_id or None, version=version, reason=reason)
        flash(_("改好了，原来的写法留着，都能看到。"), "good")
        return url_for(".minutes", meeting_id=meeting.id)
    part = write_part(
        me(), meeting, form.body.data, item_id=item_id or None, version=version, hand=form.hand.data or ""
    )
    if wanted in set(MarkKind):
        if not (words := on_one_line(form.selected.data)):
            return url_for(".mark_sentences", meeting_id=meeting.id, item_id=item_id)
        return _mark(meeting, part, MarkKind(wanted), [words], item_id)
    flash(_("存好了。办结以后大家才看得到。"), "good")
    following = [*(line.id for line in agenda if line.is_readable), 0]
    after = following[following.index(item_id) + 1 :]
    if wanted == "next" and after:
        return url_for(".write_minutes", meeting_id=meeting.id, item_id=after[0])
    return url_for(".minutes", meeting_id=meeting.id)


def _mark(meeting: Meeting, part: MinutesPart, kind: MarkKind, words: list[str], item_id: int) -> str:
    """Mark these sentences; where to go on: to the action, if it is one, that still needs somebody and a day."""
    longest = MARK_LENGTH if kind is MarkKind.CONCLUSION else WHAT_LENGTH
    marks = [add_mark(me(), meeting, part, kind, Marked(text[:longest])) for text in words]
    if kind is MarkKind.ACTION and len(marks) == 1:
        return url_for(".edit_mark", meeting_id=meeting.id, mark_id=marks[0].id)
    flash(_("标好了。"), "good")
    return url_for(".write_minutes", meeting_id=meeting.id, item_id=item_id, _anchor="marks")


@bp.post("/meetings/<int:meeting_id>/minutes/<int:item_id>/keep")
def keep_minutes(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Save what is being typed; answers with the version it is now. Sent again it changes nothing."""
    render(sent_text("body"))  # as above
    meeting = _to_write(meeting_id)
    _lines(meeting, item_id)
    form = KeptPart(item_id)
    if not form.validate():
        return jsonify(error=str(next(iter(form.errors.values()))[0])), 422
    try:
        part = write_part(
            me(),
            meeting,
            form.body.data,
            item_id=item_id or None,
            version=form.version.data,
            hand=form.hand.data or "",
        )
        db.session.commit()
    except CLASHES:
        db.session.rollback()
        return jsonify(error=_("别人刚才也改了这一项。点“存好”，两边的都看得到。")), 409
    return jsonify(version=part.version)


@bp.route("/meetings/<int:meeting_id>/minutes/<int:item_id>/marks", methods=["GET", "POST"])
def mark_sentences(meeting_id: int, item_id: int) -> ResponseReturnValue:
    """Choose the sentences that something is to come of."""
    meeting = _to_write(meeting_id)
    _agenda, line = _lines(meeting, item_id)
    part = part_of(meeting_id, item_id or None)
    if meeting.state not in WRITTEN_IN and request.method != "POST":
        raise WrongState(meeting.state)
    form = SentencesForm(about=f"{meeting_id}-{item_id}", sentences=sentences(part.body) if part else ())
    is_changed = False
    if not form.is_submitted():
        form.version.data = part.version if part else 0
    elif form.validate() and part is not None:
        is_changed = form.version.data != part.version and form.first_result() is None
        if not is_changed:
            with form.once() as done:
                if not done:
                    done.record(_mark(meeting, part, MarkKind(form.kind.data), form.chosen, item_id))
            db.session.commit()
            return redirect(done.url, 303)
        form.sentences.errors = [_("刚才有人改过这一段，请再看看、再点一次。")]
        form.version.data = part.version
        form.refresh_token()
    page = render_template("meetings/minutes_marks.html", form=form, meeting=meeting, item_id=item_id, line=line)
    return page, 409 if is_changed else 422 if form.errors else 200


def _to_mark(meeting_id: int, mark_id: int) -> tuple[Meeting, MinutesMark]:
    meeting = _to_write(meeting_id)
    mark: MinutesMark = one_or_404(open_mark(me(), meeting_id, mark_id))
    return meeting, mark


@bp.route("/meetings/<int:meeting_id>/minutes/marks/<int:mark_id>", methods=["GET", "POST"])
def edit_mark(meeting_id: int, mark_id: int) -> ResponseReturnValue:
    """A marked sentence in other words; of an action also who does it by when."""
    meeting, mark = _to_mark(meeting_id, mark_id)
    if meeting.state not in WRITTEN_IN and request.method != "POST":
        raise WrongState(meeting.state)
    _agenda, line = _lines(meeting, mark.part.item_id or 0)
    threads = [line.thread_id] if line and line.thread_id else []
    doers = who_may_act(meeting.township_id, threads) if mark.kind is MarkKind.ACTION else []
    form = mark_form(mark, local(meeting.sittings[0].starts_at).date(), doers)
    if not form.is_submitted():
        form.show(mark)
    elif form.validate():
        with form.once() as done:
            if not done:
                change_mark(meeting, mark, form.marked())
                done.record(_back_to(meeting_id, mark))
        db.session.commit()
        flash(_("记下了。办结的时候会写进去。"), "good")
        flash(f"mark-{mark_id}", "draft-done")
        return redirect(done.url, 303)
    page = render_template("meetings/minutes_mark.html", form=form, meeting=meeting, mark=mark, line=line)
    return page, 422 if form.errors else 200


@bp.post("/meetings/<int:meeting_id>/minutes/marks/<int:mark_id>/remove")
def drop_mark(meeting_id: int, mark_id: int) -> ResponseReturnValue:
    """Nothing is to come of it after all. Idempotent: what is off stays off."""
    meeting = _to_write(meeting_id)
    mark = db.session.scalars(open_mark(me(), meeting_id, mark_id)).one_or_none()
    if mark is None:
        return redirect(url_for(".minutes", meeting_id=meeting_id), 303)
    remove_mark(meeting, mark)
    db.session.commit()
    return redirect(_back_to(meeting_id, mark), 303)


def _back_to(meeting_id: int, mark: MinutesMark) -> Any:
    return url_for(".write_minutes", meeting_id=meeting_id, item_id=mark.part.item_id or 0, _anchor="marks")
