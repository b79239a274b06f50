"""办结本期: one page that says what is missing and what will happen, and one step that does it."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, require
from forum.consultations.choices import replies_to_rest_on, who_may_act
from forum.consultations.concluding import is_looking_on, replies_offered, replies_sent
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.closing import jobs  # noqa: F401 - registers its work
from forum.meetings.closing.actions import AttendanceMissing, Closed, NothingSaid, Unexplained, close
from forum.meetings.closing.forms import ClosingForm, closing_form
from forum.meetings.closing.queries import Readiness, readiness
from forum.meetings.models import MeetingState
from forum.meetings.policies import can_run
from forum.meetings.queries import meeting_head
from forum.meetings.views import bp, meeting_or_404, to_meeting
from forum.threads.models import Thread
from forum.threads.policies import visible_threads


@bp.route("/meetings/<int:meeting_id>/close", methods=["GET", "POST"], endpoint="close")
def close_meeting(meeting_id: int) -> ResponseReturnValue:
    """办结: what came of each thread, who does what by when; all of it in one step."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    require(can_run(me(), head))
    if head.state is not MeetingState.HELD and request.method != "POST":
        raise WrongState(head.state)
    ready = readiness(me(), head)
    form = _form(head, ready)
    new_marks = None
    if form.is_submitted() and "more" not in request.form and not is_looking_on() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    _say(close(me(), meeting_or_404(meeting_id), form.closing(_threads(ready))))
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            ready = readiness(me(), head)
            new_marks = ready.since(form.seen.data).marks
            form = _form(head, ready, form.seen.data)
            form.refresh_token()
        except (AttendanceMissing, NothingSaid, Unexplained) as gap:
            db.session.rollback()
            _say_missing(form, gap)
            form.refresh_token()
        else:
            flash(f"close-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/close.html", form=form, head=head, ready=ready, new_marks=new_marks)
    return page, 409 if new_marks is not None else 422 if form.errors else 200


def _form(head: Any, ready: Readiness, seen: int | None = None) -> ClosingForm:
    threads = [item.thread_id for item in ready.agenda if item.is_open_thread and item.thread_id]
    replies = replies_to_rest_on(me(), threads, kept=replies_sent(), most=replies_offered())
    return closing_form(head, ready, replies, who_may_act(head.township_id, threads), seen)


def _threads(ready: Readiness) -> dict[int, Thread]:
    wanted = [item.thread_id for item in ready.agenda if item.is_open_thread]
    return {t.id: t for t in db.session.scalars(visible_threads(me()).where(Thread.id.in_(wanted)))}


def _say(closed: Closed) -> None:
    flash(
        _(
            "办结了：%(conclusions)s 条结论写到帖子里，%(actions)s 件事进了台账，告诉了 %(told)s 人。",
            conclusions=closed.conclusions,
            actions=closed.actions,
            told=closed.told,
        ),
        "good",
    )


def _say_missing(form: ClosingForm, gap: Exception) -> None:
    if isinstance(gap, AttendanceMissing):
        form.form_errors = [_("还没记谁来了，请先记签到。下面写的都还在。")]
    elif isinstance(gap, NothingSaid):
        form.form_errors = [_("会议记录和结论总要有一样，请写一条结论，或者先写会议记录。")]
    else:
        form.left_out.errors = [_("有的议题没有记录，有的提问没有结论。请补上，或者在这里写一句为什么。")]
