"""Actions: saying that one is done."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.consultations import (  # noqa: F401 - register work, notices, what a thread shows
    jobs,
    notices,
    outcome_notices,
    outcome_panels,
    panels,
)
from forum.consultations.actions import DoneBefore, finish_action
from forum.consultations.forms import FinishForm
from forum.consultations.models import ActionItem, Outcome
from forum.consultations.policies import can_finish, visible_actions
from forum.extensions import db

bp = Blueprint("consultations", __name__)


@bp.route("/actions/<int:action_id>/done", methods=["GET", "POST"])
def done(action_id: int) -> ResponseReturnValue:
    """Say in a sentence how it was done: the village in charge, or the organiser."""
    action: ActionItem = one_or_404(visible_actions(me()).where(ActionItem.id == action_id))
    require(can_finish(me(), action.unit_id, action.unit.township_id, action.unit.district_id, action.person_id))
    if action.outcome_id is None:  # a meeting decided it outside of any thread
        thread_url = url_for("meetings.show", meeting_id=action.meeting_id)
    else:
        thread_url = url_for("threads.show", thread_id=db.session.get_one(Outcome, action.outcome_id).thread_id)
    form = FinishForm(about=action_id)
    if form.is_submitted() and form.validate():
        try:
            with form.once() as deed:
                if not deed:
                    finish_action(me(), action, form.note.data)
                    deed.record(thread_url)
        except DoneBefore:
            db.session.rollback()
            flash(_("已经有人记过，这件事办好了。"), "info")
            return redirect(thread_url, 303)
        db.session.commit()
        flash(_("记下了：办好了。"), "good")
        flash(f"action-{action_id}", "draft-done")
        return redirect(deed.url, 303)
    page = render_template("consultations/done.html", form=form, action=action, thread_url=thread_url)
    return page, 422 if form.errors else 200
