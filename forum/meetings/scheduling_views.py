"""Scheduling a meeting with its sittings, and changing one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.meetings.actions import (
    ChangedMeanwhile,
    DayPassed,
    NumberTaken,
    SameTime,
    ThemeMissing,
    WrongState,
    announce_anew,
    next_number,
    revise,
    schedule,
)
from forum.meetings.choices import free_month, months_taken, names_of, people_of, villages_of
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.policies import can_schedule, can_schedule_in, visible_meetings, visible_townships
from forum.meetings.proposals.queries import offer_taken_up, themes_to_answer
from forum.meetings.sittings import Plan, SittingInUse, sitting_plans
from forum.meetings.sittings_form import MeetingForm, meeting_form, parts_sent, wants_more
from forum.meetings.views import bp, meeting_or_404, sentence_of, to_meeting
from forum.meetings.yearly import last_meeting, rule_of, sittings_like
from forum.paging import id_from
from forum.tags.queries import tag_choices, tag_groups
from forum.units.models import Unit


def township_wanted() -> Unit | None:
    """The township that the address names, else the reader's own; None where district staff have to choose first."""
    actor = me()
    require(actor.is_organiser or actor.is_district)
    wanted = id_from(request.args.get("township")) or actor.township_id
    if wanted is None:
        return None
    township: Unit = one_or_404(visible_townships(actor).where(Unit.id == wanted))
    return township


def choose_township(endpoint: str) -> ResponseReturnValue:
    """For district staff: of which township."""
    townships = db.session.scalars(visible_townships(me()).order_by(Unit.position, Unit.name)).all()
    return render_template("meetings/choose_township.html", townships=townships, endpoint=endpoint)


@bp.route("/meetings/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Schedule a month's meeting, from nothing or like an earlier one; district staff first choose for which township."""
    actor, township = me(), township_wanted()
    if township is None:
        return choose_township("meetings.new")
    require(can_schedule_in(actor, township))
    like = _meeting_like(township)
    form = _meeting_form(f"new-{township.id}", township.id, like=like)
    offer = offer_taken_up(actor, township.id, id_from(request.args.get("proposal")))
    if not form.is_submitted():
        month = offer.proposal.month if offer is not None else free_month(months_taken(township.id))
        form.propose(next_number(township.id), month)
        if offer is not None:
            form.take_up(offer.proposal)
        rule = rule_of(township.id)
        if like is not None:
            form.brief.data = like.brief
            form.show_sittings(sittings_like(like, month, rule))
        elif rule is not None:
            form.show_sittings([rule.sitting_on(rule.day_in(month))])
    elif not wants_more() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    meeting = schedule(actor, township, form.plan())
                    if offer is not None:
                        offer.meeting_id = meeting.id
                    done.record(url_for(".arrange", meeting_id=meeting.id))
            db.session.commit()
        except NumberTaken:
            db.session.rollback()
            _say_taken(form)
        else:
            flash(_("存好了，现在只有组织的人看得到。排好议程再发通知。"), "good")
            flash(f"meeting-new-{township.id}", "draft-done")
            return redirect(done.url, 303)
    themes = themes_to_answer(actor) if offer is None else []
    page = render_template(
        "meetings/edit.html",
        form=form,
        township=township,
        meeting=None,
        now=None,
        themes=themes,
        may_copy=like is None and offer is None,
    )
    return page, 422 if form.errors else 200


def _meeting_like(township: Unit) -> Meeting | None:
    """The meeting that the address names to be copied: of this township; ``last`` is its latest."""
    named = request.args.get("like")
    if named == "last":
        return last_meeting(township.id)
    if (meeting_id := id_from(named)) is None:
        return None
    found: Meeting = one_or_404(
        visible_meetings(me()).where(Meeting.id == meeting_id, Meeting.township_id == township.id)
    )
    return found


def _meeting_form(
    about: object, township_id: int, meeting: Meeting | None = None, like: Meeting | None = None
) -> MeetingForm:
    stands = meeting or like
    parts = parts_sent() if request.method == "POST" else len(stands.sittings) if stands else 1
    people = people_of(township_id)
    named = {i for s in stands.sittings for i in (s.chair_id, s.note_taker_id) if i} if stands else set()
    form = meeting_form(
        about,
        parts,
        people=people,
        villages=villages_of(township_id) if parts > 1 else (),
        tags=tag_choices(tag_groups()),
        meeting=meeting,
        left=names_of(named - {p.id for p in people}),
    )
    if wants_more():
        form.parts[-1].day.data = form.parts[0].day.data
    return form


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
def edit(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting; a postponed one gets a new time and is announced anew."""
    actor, meeting = me(), meeting_or_404(meeting_id)
    require(can_schedule(actor, meeting))
    township = db.session.get_one(Unit, meeting.township_id)
    form = _meeting_form(meeting_id, township.id, meeting)
    now = None
    if not form.is_submitted():
        if meeting.state not in (MeetingState.DRAFT, MeetingState.ANNOUNCED, MeetingState.POSTPONED):
            raise WrongState(meeting.state)
        form.show(meeting, sitting_plans(meeting))
        offer = offer_taken_up(actor, township.id, id_from(request.args.get("proposal")))
        if offer is not None:
            form.take_up(offer.proposal)
    elif not wants_more() and form.validate():
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
            form.parts[0].day.errors = [sentence_of(refused)]
            form.refresh_token()
        except ThemeMissing:
            db.session.rollback()
            form.theme.errors = [_("请写主题。")]
            form.refresh_token()
        except SittingInUse as refused:
            db.session.rollback()
            _say_in_use(form, refused.sitting_id)
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            now = meeting_or_404(meeting_id)
            form.version.data, form.known = now.version, frozenset(sitting.id for sitting in now.sittings)
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


def _say_in_use(form: MeetingForm, sitting_id: int) -> None:
    """At the sitting that was to go; without its part on the page, above the form."""
    sentence = _(
        "这个会场已经有人回过、签过到、提过问题，或者议程上有只在这里讲的，去不掉。先挪到别的会场，存了再去掉。"
    )
    part = next((part for part in form.parts if part.sitting.data == sitting_id and part.gone is not None), None)
    if part is None:
        form.form_errors = [sentence]
    else:
        part.gone.errors = [sentence]
    form.refresh_token()
