"""催办与回头看: what has passed its day in a township, or in the district, and pointing it out."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.clock import utcnow
from forum.consultations.followups import BETWEEN_URGINGS, UrgedBefore, urge_action, urge_answer
from forum.consultations.models import ActionItem, FollowUp
from forum.consultations.overdue import counts, late_actions, unanswered
from forum.consultations.policies import can_finish, can_urge, visible_follow_ups, visible_late_actions
from forum.consultations.views import bp
from forum.extensions import db
from forum.paging import PAGE_SIZE, id_from
from forum.threads.forms import SwitchForm
from forum.threads.models import Thread


@bp.get("/overdue")
def overdue() -> ResponseReturnValue:
    """Threads nobody has looked back on for a week after the day, or actions past theirs; the longest first."""
    actor = me()
    require(can_urge(actor))
    shows_actions = request.args.get("what") == "actions"
    number = min(id_from(request.args.get("page")) or 1, 1000)
    rows = (late_actions if shows_actions else unanswered)(actor, number)
    what = "actions" if shows_actions else None
    return render_template(
        "consultations/overdue.html",
        rows=rows[:PAGE_SIZE],
        shows_actions=shows_actions,
        may_finish=lambda row: can_finish(actor, row.unit_id, row.township_id, row.district_id, row.person_id),
        counts=counts(actor),
        quiet_since=utcnow() - BETWEEN_URGINGS,
        newer_url=url_for(".overdue", what=what, page=number - 1) if number > 1 else None,
        older_url=url_for(".overdue", what=what, page=number + 1) if len(rows) > PAGE_SIZE else None,
    )


@bp.post("/follow-ups/<int:follow_up_id>/remind")
def remind_follow_up(follow_up_id: int) -> ResponseReturnValue:
    """Ask once more what became of it; at most once a week, so sending it twice changes nothing."""
    require(can_urge(me()))
    asked: FollowUp = one_or_404(visible_follow_ups(me()).where(FollowUp.id == follow_up_id))
    if SwitchForm().validate():
        try:
            urge_answer(me(), asked, db.session.get_one(Thread, asked.thread_id))
            db.session.commit()
            flash(_("提醒了，消息里能看到。"), "good")
        except UrgedBefore:
            db.session.rollback()
            flash(_("一个星期里提醒过了，或者已经回了。"), "info")
    return redirect(url_for(".overdue"), 303)


@bp.post("/actions/<int:action_id>/remind")
def remind_action(action_id: int) -> ResponseReturnValue:
    """Remind of what is late; at most once a week."""
    require(can_urge(me()))
    action: ActionItem = one_or_404(visible_late_actions(me()).where(ActionItem.id == action_id))
    if SwitchForm().validate():
        try:
            urge_action(me(), action)
            db.session.commit()
            flash(_("提醒了，消息里能看到。"), "good")
        except UrgedBefore:
            db.session.rollback()
            flash(_("一个星期里提醒过了，或者已经办好了。"), "info")
    return redirect(url_for(".overdue", what="actions"), 303)
