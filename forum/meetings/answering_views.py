"""代替: who comes instead; and 代录: the answer of somebody who telephoned."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import me, require
from forum.extensions import db
from forum.meetings.actions import WrongState
from forum.meetings.afterwards import NotExpected, answer_invitation
from forum.meetings.answering_forms import AnswerForForm, SubstituteForm
from forum.meetings.models import Answer, Attendance, Meeting, MeetingState
from forum.meetings.policies import can_run_sitting
from forum.meetings.views import bp, meeting_or_404, to_meeting
from forum.units.actors import in_force
from forum.units.models import Person, Posting


@bp.route("/meetings/<int:meeting_id>/substitute", methods=["GET", "POST"])
def substitute(meeting_id: int) -> ResponseReturnValue:
    """Say who comes instead."""
    meeting = meeting_or_404(meeting_id)
    mine = _attendance(meeting, me().id)
    if mine is None or mine.is_walk_in:
        raise NotExpected
    if meeting.state is not MeetingState.ANNOUNCED and request.method != "POST":
        raise WrongState(meeting.state)
    form = SubstituteForm(about=meeting_id, colleagues=_colleagues(mine))
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                answer_invitation(
                    me(),
                    meeting,
                    Answer.SUBSTITUTE,
                    substitute_id=form.person.data or None,
                    substitute_name=form.name.data or "",
                )
                done.record(to_meeting(meeting_id))
        db.session.commit()
        flash(_("记下了：有人代您来。能来的话，再点“能来了”。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.person.data, form.name.data = mine.substitute_id or 0, mine.substitute_name
    return render_template("meetings/substitute.html", form=form, meeting=meeting), 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/answers/<int:person_id>", methods=["GET", "POST"])
def answer_for(meeting_id: int, person_id: int) -> ResponseReturnValue:
    """Write down what somebody expected said by telephone. It says who wrote it."""
    meeting = meeting_or_404(meeting_id)
    attendance = _attendance(meeting, person_id)
    if attendance is None or attendance.is_walk_in:
        abort(404)
    sitting = next(s for s in meeting.sittings if s.id == attendance.sitting_id)
    require(can_run_sitting(me(), meeting, sitting))
    if meeting.state is not MeetingState.ANNOUNCED and request.method != "POST":
        raise WrongState(meeting.state)
    form = AnswerForForm(about=f"{meeting_id}-{person_id}", colleagues=_colleagues(attendance))
    form.person.label.text = _("谁代他来")
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                is_other = form.answer.data is Answer.SUBSTITUTE
                answer_invitation(
                    me(),
                    meeting,
                    form.answer.data,
                    form.reason.data or "",
                    substitute_id=(form.person.data or None) if is_other else None,
                    substitute_name=(form.name.data or "") if is_other else "",
                    of=person_id,
                )
                done.record(to_meeting(meeting_id))
        db.session.commit()
        flash(_("替他记下了。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.answer.data, form.reason.data = attendance.answer, attendance.reason
        form.person.data, form.name.data = attendance.substitute_id or 0, attendance.substitute_name
    name = db.session.scalar(select(Person.name).where(Person.id == person_id))
    page = render_template("meetings/answer_for.html", form=form, meeting=meeting, name=name)
    return page, 422 if form.errors else 200


def _attendance(meeting: Meeting, person_id: int) -> Attendance | None:
    return db.session.scalars(
        select(Attendance).where(Attendance.meeting_id == meeting.id, Attendance.person_id == person_id)
    ).one_or_none()


def _colleagues(attendance: Attendance) -> Sequence[Any]:
    """The others in office in the same village."""
    return db.session.execute(
        select(Person.id, Person.name)
        .join(Posting, Posting.person_id == Person.id)
        .where(
            in_force(),
            Posting.unit_id == attendance.unit_id,
            Person.id != attendance.person_id,
            Person.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Person.id)
    ).all()
