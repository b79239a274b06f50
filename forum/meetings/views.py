"""Meetings: the list, a meeting, scheduling it and taking it through its states, answering the invitation."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.errors import typed_texts
from forum.extensions import db
from forum.meetings import labels, lectures, notices  # noqa: F401 - they register themselves in lower rooms
from forum.meetings.actions import (
    DayPassed,
    NobodyExpected,
    Refused,
    SameTime,
    ThemeMissing,
    TooEarly,
    WrongState,
    announce,
    cancel,
    hold,
    postpone,
)
from forum.meetings.afterwards import NotExpected, answer_invitation
from forum.meetings.agenda import LONGEST_AGENDA, AgendaFull, HasMinutes, HasThread, NothingNew, PresenterLeft
from forum.meetings.agenda_pages import announce_page
from forum.meetings.forms import ConfirmForm, LeaveForm, ReasonForm
from forum.meetings.minutes.publishing import IssuedBefore
from forum.meetings.models import AgendaItem, Answer, Meeting, MeetingState, Sitting
from forum.meetings.pages import index_page, meeting_page
from forum.meetings.policies import (
    can_run,
    can_schedule,
    visible_meetings,
)
from forum.meetings.queries import meeting_head
from forum.paging import id_from
from forum.tags.carriers import carries
from forum.threads.references import goes_along

bp = Blueprint("meetings", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"meeting_labels": labels}


@bp.errorhandler(Refused)
def _refused(error: Refused) -> ResponseReturnValue:
    """Say plainly why a step cannot be taken now."""
    db.session.rollback()
    page = render_template(
        "meetings/refused.html",
        sentence=sentence_of(error),
        shown=typed_texts(),
        meeting_id=(request.view_args or {})["meeting_id"],
    )
    return page, 403 if isinstance(error, NotExpected) else 409


def sentence_of(error: Refused) -> str:
    """Why a step cannot be taken now, in plain words."""
    if isinstance(error, WrongState):
        return _("这一期现在是“%(state)s”，这一步办不了。", state=labels.state_label(error.state))
    return {
        DayPassed: _("开会的日子已经过了，请先改时间。"),
        SameTime: _("推迟以后要定一个新的时间。"),
        TooEarly: _("还没到开会的时间，各会场都开过以后再来办。"),
        ThemeMissing: _("主题还没定，定了主题再通知。"),
        NobodyExpected: _("镇里还没有在任的书记，没有人可以通知。请先导入名册。"),
        NotExpected: _("这一期没有通知您参加，不用回。"),
        HasThread: _("这一项已经连着帖子了。"),
        HasMinutes: _("这一项下面已经写了会议记录，不能从议程去掉。"),
        IssuedBefore: _("会议纪要已经印发过了。"),
        PresenterLeft: _("要请来讲的人已经不在任了，请换一位。"),
        NothingNew: _("议程没有新的改动，不用再发布。"),
        AgendaFull: _("议程最多排 %(most)s 项，请先去掉几项。", most=LONGEST_AGENDA),
    }[type(error)]


def sitting_asked_for(meeting: Meeting) -> Sitting:
    """The sitting that the address names, else the one the reader chairs, else the first."""
    wanted = id_from(request.args.get("sitting"))
    if wanted is None:
        return next((s for s in meeting.sittings if s.chair_id == me().id), meeting.main_sitting)
    return next((s for s in meeting.sittings if s.id == wanted), None) or abort(404)


def meeting_or_404(meeting_id: int) -> Meeting:
    """A meeting the actor may open, with its sittings."""
    found: Meeting = one_or_404(visible_meetings(me()).where(Meeting.id == meeting_id))
    return found


def to_meeting(meeting_id: int) -> str:
    return url_for("meetings.show", meeting_id=meeting_id)


@bp.get("/meetings/")
def index() -> ResponseReturnValue:
    """This month's meetings and those to come, the reader's township first; former ones by month."""
    township = id_from(request.args.get("township"))
    return render_template("meetings/index.html", **index_page(me(), township, request.args.get("at")))


@bp.get("/meetings/<int:meeting_id>")
def show(meeting_id: int) -> ResponseReturnValue:
    """A meeting: theme, when and where, agenda, who comes; later who came, minutes and outcomes."""
    page = meeting_page(me(), meeting_id)
    if page is None:
        abort(404)
    return render_template("meetings/show.html", form=ConfirmForm(about=meeting_id), **page)


@bp.route("/meetings/<int:meeting_id>/announce", methods=["GET", "POST"], endpoint="announce")
def announce_meeting(meeting_id: int) -> ResponseReturnValue:
    """Tell the township's secretaries."""
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    form = ConfirmForm(about=f"announce-{meeting_id}")
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                announce(me(), meeting)
                done.record(to_meeting(meeting_id))
        db.session.commit()
        flash(_("通知发出去了，谁来谁请假，这里看得到。"), "good")
        return redirect(done.url, 303)
    if meeting.state is not MeetingState.DRAFT:
        raise WrongState(meeting.state)
    page = announce_page(me(), meeting_head(me(), meeting_id))
    return render_template("meetings/announce.html", form=form, **page), 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/postpone", methods=["GET", "POST"], endpoint="postpone")
def postpone_meeting(meeting_id: int) -> ResponseReturnValue:
    """Put it off, with a reason."""
    return _call_off(meeting_id, MeetingState.POSTPONED)


@bp.route("/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"], endpoint="cancel")
def cancel_meeting(meeting_id: int) -> ResponseReturnValue:
    """Call it off, with a reason."""
    return _call_off(meeting_id, MeetingState.CANCELLED)


def _call_off(meeting_id: int, to: MeetingState) -> ResponseReturnValue:
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    form = ReasonForm(about=f"{to}-{meeting_id}")
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                (postpone if to is MeetingState.POSTPONED else cancel)(me(), meeting, form.reason.data)
                done.record(to_meeting(meeting_id))
        db.session.commit()
        flash(_("推迟了，已经告诉大家。") if to is MeetingState.POSTPONED else _("取消了，已经告诉大家。"), "good")
        return redirect(done.url, 303)
    page = render_template("meetings/call_off.html", form=form, meeting=meeting, to=to.value)
    return page, 422 if form.errors else 200


@bp.post("/meetings/<int:meeting_id>/held")
def held(meeting_id: int) -> ResponseReturnValue:
    """Say that it took place; then attendance is taken."""
    meeting = meeting_or_404(meeting_id)
    require(can_run(me(), meeting))
    form = ConfirmForm(about=meeting_id)
    if form.validate():
        with form.once() as done:
            if not done:
                hold(me(), meeting)
                done.record(url_for(".attendance", meeting_id=meeting_id))
        db.session.commit()
        return redirect(done.url, 303)
    flash(_("这个页面放得太久了，请再点一次。"), "warn")
    return redirect(to_meeting(meeting_id), 303)


@bp.post("/meetings/<int:meeting_id>/coming")
def coming(meeting_id: int) -> ResponseReturnValue:
    """来: one tap. Idempotent: who comes already still comes."""
    answer_invitation(me(), meeting_or_404(meeting_id), Answer.COMING)
    db.session.commit()
    flash(_("记下了：您来。有事来不了，再点请假。"), "good")
    return redirect(to_meeting(meeting_id), 303)


@bp.route("/meetings/<int:meeting_id>/leave", methods=["GET", "POST"])
def leave(meeting_id: int) -> ResponseReturnValue:
    """请假, with a reason."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    if not head.is_expected:
        raise NotExpected
    if head.state is not MeetingState.ANNOUNCED and request.method != "POST":
        raise WrongState(head.state)
    form = LeaveForm(about=meeting_id)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                answer_invitation(me(), meeting_or_404(meeting_id), Answer.LEAVE, form.reason.data)
                done.record(to_meeting(meeting_id))
        db.session.commit()
        flash(_("记下了：您请假。能来的话，再点“能来了”。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.reason.data = head.my_reason
    return render_template("meetings/leave.html", form=form, head=head), 422 if form.errors else 200


goes_along(AgendaItem.thread_id)
carries(Meeting.theme_tag_id)
