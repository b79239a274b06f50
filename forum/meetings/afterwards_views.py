"""After a meeting: who came."""

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, require
from forum.clock import utcnow
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.afterwards import take_attendance
from forum.meetings.choices import people_of
from forum.meetings.forms import AttendanceForm
from forum.meetings.models import Answer, Meeting, MeetingState, Sitting
from forum.meetings.policies import can_run_sitting
from forum.meetings.queries import attendance_of
from forum.meetings.views import bp, meeting_or_404, sitting_asked_for, to_meeting


@bp.route("/meetings/<int:meeting_id>/attendance", methods=["GET", "POST"])
def attendance(meeting_id: int) -> ResponseReturnValue:
    """Tick who came; those who said so are ticked to begin with."""
    meeting = meeting_or_404(meeting_id)
    sitting = sitting_asked_for(meeting)
    require(can_run_sitting(me(), meeting, sitting))
    may_be_over = meeting.state is MeetingState.ANNOUNCED and sitting.starts_at <= utcnow()
    if meeting.state is not MeetingState.HELD and not may_be_over and request.method != "POST":
        raise WrongState(meeting.state)
    listed, elsewhere = _lists(meeting, sitting)
    people = [person for person in people_of(meeting.township_id) if person.id not in elsewhere]
    form = AttendanceForm(about=f"{meeting_id}-{sitting.id}", listed=listed, people=people)
    differing = None
    if not form.is_submitted():
        form.came.data = [a.person_id for a in listed if _is_ticked(a)]
        form.version.data, form.seen.data = meeting.version, _now()
    elif form.validate():
        came = [*(form.came.data or ()), *(form.walk_ins.data or ())]
        try:
            with form.once() as done:
                if not done:
                    seen = _moment(form.seen.data)
                    take_attendance(me(), meeting, came, version=form.version.data, seen=seen, sitting=sitting)
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            meeting = meeting_or_404(meeting_id)
            listed, elsewhere = _lists(meeting, sitting)
            differing = [a for a in listed if bool(a.came) != (a.person_id in came)]
            form.version.data, form.seen.data = meeting.version, _now()
            form.refresh_token()
        else:
            flash(_("签到记好了。"), "good")
            return redirect(done.url, 303)
    form.show(listed)
    page = render_template(
        "meetings/attendance.html", form=form, meeting=meeting, sitting=sitting, listed=listed, differing=differing
    )
    return page, 409 if differing is not None else 422 if form.errors else 200


def _lists(meeting: Meeting, sitting: Sitting) -> tuple[list[Any], set[int]]:
    """Who is on the list of a sitting, and who came to another."""
    everybody = attendance_of(meeting.id)
    return [a for a in everybody if a.sitting_id == sitting.id], {
        a.person_id for a in everybody if a.sitting_id != sitting.id and a.came
    }


def _now() -> int:
    return int(utcnow().timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _is_ticked(row: Any) -> bool:
    return bool(row.came) if row.came is not None else row.answer in (Answer.COMING, Answer.SUBSTITUTE)
