"""大家在问什么: what to talk about, from what the villages asked; 就谈这个 makes it a theme with its threads on the agenda."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.meetings.actions import NumberTaken, WrongState, next_number, schedule, set_theme
from forum.meetings.agenda import AgendaFull, add_threads
from forum.meetings.asked import Only, asked_lately, threads_about
from forum.meetings.asked_forms import TakeUpForm
from forum.meetings.choices import free_month, months_taken
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.policies import can_schedule_in, visible_meetings
from forum.meetings.scheduling_views import choose_township, township_wanted
from forum.meetings.sittings import Plan
from forum.meetings.views import bp, sentence_of
from forum.meetings.yearly import usual_sittings
from forum.tags.models import Tag
from forum.tags.queries import shown_name
from forum.threads.models import Thread
from forum.threads.policies import visible_threads
from forum.units.models import Unit


@bp.get("/meetings/asked")
def asked() -> ResponseReturnValue:
    """By tag: who asked, who has it too, what nobody answered, what did not help, and when it was last the theme."""
    township = township_wanted()
    if township is None:
        return choose_township("meetings.asked")
    require(can_schedule_in(me(), township))
    groups = asked_lately(me(), township.id)
    return render_template("meetings/asked.html", township=township, groups=groups)


@bp.route("/meetings/asked/<int:tag_id>", methods=["GET", "POST"])
def take_up(tag_id: int) -> ResponseReturnValue:
    """The questions behind a number, and 就谈这个 with those that are ticked."""
    actor, township = me(), township_wanted()
    if township is None:
        return choose_township("meetings.asked")
    require(can_schedule_in(actor, township))
    tag: Tag = one_or_404(select(Tag).where(Tag.id == tag_id, Tag.merged_into_id.is_(None)))
    only = next((each for each in Only if each == request.args.get("only")), Only.ALL)
    offered = threads_about(actor, township.id, tag_id, only if request.method == "GET" else Only.ALL)
    drafts = _drafts(township)
    form = TakeUpForm(about=f"{township.id}-{tag_id}", drafts=drafts, threads=offered)
    if not form.is_submitted():
        form.theme.data, form.threads.data = shown_name(tag), [row.id for row in offered]
        form.meeting.data = drafts[0].id if drafts else 0
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    done.record(url_for(".arrange", meeting_id=_take_up(township, tag_id, form).id))
            db.session.commit()
        except (AgendaFull, WrongState) as refused:
            db.session.rollback()
            (form.threads if isinstance(refused, AgendaFull) else form.meeting).errors = [sentence_of(refused)]
            form.refresh_token()
        except NumberTaken:
            db.session.rollback()
            form.form_errors = [_("刚才有人也排了一期，请再点一次。")]
            form.refresh_token()
        else:
            flash(_("主题定了，帖子放进了议程。日子、地点请再看一眼。"), "good")
            return redirect(done.url, 303)
    page = render_template(
        "meetings/take_up.html", form=form, township=township, tag=tag, name=shown_name(tag), only=only, offered=offered
    )
    return page, 422 if form.errors else 200


def _drafts(township: Unit) -> Sequence[Meeting]:
    """The drafts of a township, the nearest first."""
    query = visible_meetings(me()).where(Meeting.township_id == township.id, Meeting.state == MeetingState.DRAFT)
    found = db.session.scalars(query).unique().all()
    return sorted(found, key=lambda meeting: (meeting.starts_at, meeting.id))


def _take_up(township: Unit, tag_id: int, form: TakeUpForm) -> Meeting:
    actor = me()
    if form.meeting.data:
        meeting: Meeting = one_or_404(visible_meetings(actor).where(Meeting.id == form.meeting.data))
        set_theme(actor, meeting, form.theme.data, tag_id)
    else:
        month = free_month(months_taken(township.id))
        sittings = tuple(usual_sittings(township, month))
        plan = Plan(month, next_number(township.id), form.theme.data, sittings, theme_tag_id=tag_id)
        meeting = schedule(actor, township, plan)
    wanted: list[int] = form.threads.data or []
    found: dict[int, Any] = {t.id: t for t in db.session.scalars(visible_threads(actor).where(Thread.id.in_(wanted)))}
    if wanted:
        add_threads(actor, meeting, [found[thread_id] for thread_id in wanted if thread_id in found])
    return meeting
