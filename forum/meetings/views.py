"""Meetings: the list, a meeting, scheduling it and taking it through its states, answering the invitation."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.errors import typed_texts
from forum.extensions import db
from forum.meetings import labels, notices  # noqa: F401 - notices registers how they read
from forum.meetings.actions import (
    ChangedMeanwhile,
    DayPassed,
    NobodyExpected,
    NumberTaken,
    Plan,
    Refused,
    SameTime,
    TooEarly,
    WrongState,
    announce,
    announce_anew,
    cancel,
    hold,
    next_number,
    postpone,
    revise,
    schedule,
)
from forum.meetings.afterwards import NotExpected, answer_invitation
from forum.meetings.agenda import LONGEST_AGENDA, AgendaFull, HasMinutes, HasThread, NothingNew, PresenterLeft
from forum.meetings.agenda_pages import announce_page
from forum.meetings.choices import months_taken, people_of
from forum.meetings.forms import ConfirmForm, LeaveForm, MeetingForm, ReasonForm
from forum.meetings.minutes.publishing import IssuedBefore
from forum.meetings.models import Answer, Meeting, MeetingState
from forum.meetings.pages import index_page, meeting_page
from forum.meetings.policies import (
    can_run,
    can_schedule,
    can_schedule_in,
    visible_meetings,
    visible_townships,
)
from forum.meetings.queries import meeting_head
from forum.paging import id_from
from forum.units.models import Unit

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
        TooEarly: _("还没到开会的时间，开过以后再来办。"),
        NobodyExpected: _("镇里还没有在任的书记，没有人可以通知。请先导入名册。"),
        NotExpected: _("这一期没有通知您参加，不用回。"),
        HasThread: _("这一项已经连着帖子了。"),
        HasMinutes: _("这一项下面已经写了会议记录，不能从议程去掉。"),
        IssuedBefore: _("会议纪要已经印发过了。"),
        PresenterLeft: _("要请来讲的人已经不在任了，请换一位。"),
        NothingNew: _("议程没有新的改动，不用再发布。"),
        AgendaFull: _("议程最多排 %(most)s 项，请先去掉几项。", most=LONGEST_AGENDA),
    }[type(error)]


def meeting_or_404(meeting_id: int) -> Meeting:
    """A meeting the actor may open, with its sitting."""
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


@bp.route("/meetings/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Schedule a month's meeting; district staff first choose for which township."""
    actor = me()
    require(actor.is_organiser or actor.is_district)
    wanted = id_from(request.args.get("township")) or actor.township_id
    if wanted is None:
        townships = db.session.scalars(visible_townships(actor).order_by(Unit.position, Unit.name)).all()
        return render_template("meetings/choose_township.html", townships=townships)
    township: Unit = one_or_404(visible_townships(actor).where(Unit.id == wanted))
    require(can_schedule_in(actor, township))
    form = MeetingForm(about=f"new-{township.id}", people=people_of(township.id))
    if not form.is_submitted():
        form.propose(next_number(township.id), months_taken(township.id))
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    done.record(url_for(".arrange", meeting_id=schedule(actor, township, form.plan()).id))
            db.session.commit()
        except NumberTaken:
            db.session.rollback()
            _say_taken(form)
        else:
            flash(_("存好了，现在只有组织的人看得到。排好议程再发通知。"), "good")
            flash(f"meeting-new-{township.id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/edit.html", form=form, township=township, meeting=None, now=None)
    return page, 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
def edit(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting; a postponed one gets a new time and is announced anew."""
    actor, meeting = me(), meeting_or_404(meeting_id)
    require(can_schedule(actor, meeting))
    township = db.session.get_one(Unit, meeting.township_id)
    form = MeetingForm(about=meeting_id, people=people_of(township.id))
    now = None
    if not form.is_submitted():
        if meeting.state not in (MeetingState.DRAFT, MeetingState.ANNOUNCED, MeetingState.POSTPONED):
            raise WrongState(meeting.state)
        form.show(meeting)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    _save(meeting, form.plan(), form.version.data)
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except NumberTaken:
            db.session.rollback()
            _say_taken(form)
        except (DayPassed, SameTime) as refused:
            db.session.rollback()
            form.day.errors = [sentence_of(refused)]
            form.refresh_token()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            now = meeting_or_404(meeting_id)
            form.version.data = now.version
            form.refresh_token()
        else:
            flash(f"meeting-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/edit.html", form=form, township=township, meeting=now or meeting, now=now)
    return page, 409 if now else 422 if form.errors else 200


def _save(meeting: Meeting, plan: Plan, version: int) -> None:
    if meeting.state is MeetingState.POSTPONED:
        announce_anew(me(), meeting, plan, version=version)
        flash(_("重新通知了，请大家再回一次。"), "good")
    else:
        revise(me(), meeting, plan, version=version)
        flash(_("改好了。时间地点有变的，已经通知大家。") if meeting.announced_at else _("改好了。"), "good")


def _say_taken(form: MeetingForm) -> None:
    form.number.errors = [_("第 %(number)s 期已经有了，请换一个期数。", number=form.number.data)]
    form.refresh_token()


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
