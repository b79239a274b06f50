"""After a meeting: who came, the minutes, and closing it."""

from datetime import UTC, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, require
from forum.clock import utcnow
from forum.consultations.choices import replies_to_rest_on, who_may_act
from forum.extensions import db
from forum.forms import sent_text
from forum.markup import render
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.afterwards import AttendanceMissing, NothingSaid, close, take_attendance, write_minutes
from forum.meetings.choices import people_of
from forum.meetings.closing import closing_form
from forum.meetings.forms import AttendanceForm, MinutesForm
from forum.meetings.models import Answer, MeetingState, Minutes
from forum.meetings.policies import can_run, can_write_minutes
from forum.meetings.queries import agenda_of, attendance_of, meeting_head
from forum.meetings.views import bp, meeting_or_404, to_meeting
from forum.threads.models import Thread
from forum.threads.policies import visible_threads


@bp.route("/meetings/<int:meeting_id>/attendance", methods=["GET", "POST"])
def attendance(meeting_id: int) -> ResponseReturnValue:
    """Tick who came; those who said so are ticked to begin with."""
    meeting = meeting_or_404(meeting_id)
    require(can_run(me(), meeting))
    if meeting.state is not MeetingState.HELD and request.method != "POST":
        raise WrongState(meeting.state)
    listed = attendance_of(meeting.sitting.id)
    form = AttendanceForm(about=meeting_id, listed=listed, people=people_of(meeting.township_id))
    differing = None
    if not form.is_submitted():
        form.came.data = [a.person_id for a in listed if _is_ticked(a)]
        form.version.data, form.seen.data = meeting.version, _now()
    elif form.validate():
        came = [*(form.came.data or ()), *(form.walk_ins.data or ())]
        try:
            with form.once() as done:
                if not done:
                    take_attendance(me(), meeting, came, version=form.version.data, seen=_moment(form.seen.data))
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            meeting = meeting_or_404(meeting_id)
            listed = attendance_of(meeting.sitting.id)
            differing = [a for a in listed if bool(a.came) != (a.person_id in came)]
            form.version.data, form.seen.data = meeting.version, _now()
            form.refresh_token()
        else:
            flash(_("签到记好了。"), "good")
            return redirect(done.url, 303)
    form.show(listed)
    page = render_template("meetings/attendance.html", form=form, meeting=meeting, listed=listed, differing=differing)
    return page, 409 if differing is not None else 422 if form.errors else 200


def _now() -> int:
    return int(utcnow().timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _is_ticked(row: Any) -> bool:
    return bool(row.came) if row.came is not None else row.answer is Answer.COMING


@bp.route("/meetings/<int:meeting_id>/minutes", methods=["GET", "POST"])
def minutes(meeting_id: int) -> ResponseReturnValue:
    """Write the minutes. Two note-takers at once see both texts."""
    render(sent_text("body"))  # remembered: from the first statement on all other writers wait on SQLite
    meeting = meeting_or_404(meeting_id)
    require(can_write_minutes(me(), meeting))
    form = MinutesForm(about=meeting_id)
    other = None
    if not form.is_submitted():
        if meeting.state not in (MeetingState.ANNOUNCED, MeetingState.HELD):
            raise WrongState(meeting.state)
        there = db.session.get(Minutes, meeting_id)
        form.body.data, form.version.data = (there.body, there.version) if there else (None, 0)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    write_minutes(me(), meeting, form.body.data, version=form.version.data)
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            other = db.session.get_one(Minutes, meeting_id)
            form.version.data = other.version
            form.refresh_token()
        else:
            flash(_("会议记录存好了，办结以后大家看得到。"), "good")
            flash(f"minutes-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/minutes.html", form=form, meeting_id=meeting_id, other=other)
    return page, 409 if other else 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/close", methods=["GET", "POST"], endpoint="close")
def close_meeting(meeting_id: int) -> ResponseReturnValue:
    """办结: what is still missing, what came of each thread, who does what by when; all of it in one step."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    require(can_run(me(), head))
    if head.state is not MeetingState.HELD and request.method != "POST":
        raise WrongState(head.state)
    agenda = agenda_of(me(), meeting_id, head.starts_at)
    items = [item for item in agenda if item.is_open_thread]
    threads = [item.thread_id for item in items if item.thread_id]
    form = closing_form(head, items, replies_to_rest_on(me(), threads), who_may_act(head.township_id, threads))
    if form.is_submitted() and "more" not in request.form and form.validate():
        try:
            with form.once() as done:
                if not done:
                    close(me(), meeting_or_404(meeting_id), form.conclusions(_threads(items)))
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except AttendanceMissing:
            db.session.rollback()
            form.form_errors = [_("还没记谁来了，请先记签到。下面写的都还在。")]
            form.refresh_token()
        except NothingSaid:
            db.session.rollback()
            form.form_errors = [_("会议记录和结论总要有一样，请写一条结论，或者先写会议记录。")]
            form.refresh_token()
        else:
            flash(_("办结了。结论已经写到帖子里，也告诉了提问的人。"), "good")
            flash(f"close-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/close.html", form=form, head=head, agenda=agenda)
    return page, 422 if form.errors else 200


def _threads(items: Any) -> dict[int, Thread]:
    wanted = [item.thread_id for item in items]
    return {t.id: t for t in db.session.scalars(visible_threads(me()).where(Thread.id.in_(wanted)))}
