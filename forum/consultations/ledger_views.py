"""落实台账: the ledger of a township; saying that something is done, and taking that back."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import accepts, me, one_or_404, require
from forum.clock import today
from forum.consultations.finishing import DoneBefore, NotDone, finish_action, undo_action
from forum.consultations.forms import FinishForm, UndoForm
from forum.consultations.ledger import LedgerState, ledger_counts, ledger_page, undoings_of, visible_ledgers
from forum.consultations.models import ActionItem, Outcome
from forum.consultations.policies import can_finish, can_undo, visible_actions
from forum.consultations.queries import action_row
from forum.consultations.views import bp
from forum.extensions import db
from forum.media.queries import own_unattached
from forum.paging import PAGE_SIZE, id_from
from forum.units.models import Unit


@bp.get("/townships/<int:township_id>/ledger")
def ledger(township_id: int) -> ResponseReturnValue:
    """What is to be done in a township: open, late, done."""
    actor = me()
    township: Unit = one_or_404(visible_ledgers(actor).where(Unit.id == township_id))
    wanted = request.args.get("state", "")
    state = LedgerState(wanted) if wanted in set(LedgerState) else LedgerState.OPEN
    number = min(id_from(request.args.get("page")) or 1, 1000)
    rows = ledger_page(actor, township_id, state, number)

    def at(page: int) -> str:
        return url_for(".ledger", township_id=township_id, state=state.value, page=page)

    return render_template(
        "consultations/ledger.html",
        township=township,
        state=state,
        counts=ledger_counts(actor, township_id),
        rows=[(row, action_row(actor, row, today())) for row in rows[:PAGE_SIZE]],
        may_export=actor.organises(township.id, township.district_id),
        newer_url=at(number - 1) if number > 1 else None,
        older_url=at(number + 1) if len(rows) > PAGE_SIZE else None,
    )


def _action(action_id: int) -> ActionItem:
    found: ActionItem = one_or_404(visible_actions(me()).where(ActionItem.id == action_id))
    return found


def _home_of(action: ActionItem) -> str:
    """The page on which an action stands: its thread, or the meeting that decided it without one."""
    if action.outcome_id is None:
        return url_for("meetings.show", meeting_id=action.meeting_id)
    return url_for("threads.show", thread_id=db.session.get_one(Outcome, action.outcome_id).thread_id)


@bp.route("/actions/<int:action_id>/done", methods=["GET", "POST"])
@accepts(140)
def done(action_id: int) -> ResponseReturnValue:
    """Say in a sentence or a picture how it was done: the village in charge, or the organiser."""
    form = FinishForm(about=action_id)
    form.take_uploads(me())
    action = _action(action_id)
    require(can_finish(me(), action.unit_id, action.unit.township_id, action.unit.district_id, action.person_id))
    back = _home_of(action)
    if action.outcome_id is None:
        form.pictures.data = []  # pictures belong to posts, and there is no thread
    if form.is_submitted() and form.validate():
        pictures = own_unattached(me(), form.pictures.data)
        try:
            with form.once() as deed:
                if not deed:
                    finish_action(me(), action, form.note.data or _("办好了，看照片。"), pictures)
                    deed.record(back)
        except DoneBefore:
            db.session.rollback()
            flash(_("已经有人记过，这件事办好了。"), "info")
            return redirect(back, 303)
        db.session.commit()
        flash(_("记下了：办好了。"), "good")
        flash(f"action-{action_id}", "draft-done")
        return redirect(deed.url, 303)
    page = render_template(
        "consultations/done.html", form=form, action=action, back=back, undoings=undoings_of(action_id)
    )
    return page, 422 if form.errors else 200


@bp.route("/actions/<int:action_id>/undo", methods=["GET", "POST"])
def undo(action_id: int) -> ResponseReturnValue:
    """Take back that it is done, with the reason: whoever said so, or the organiser."""
    action = _action(action_id)
    form = UndoForm(about=action_id)
    is_again = form.is_submitted() and form.first_result() is not None  # then nobody is named any more
    require(is_again or can_undo(me(), action.done_by_id, action.unit.township_id, action.unit.district_id))
    back = _home_of(action)
    if form.is_submitted() and form.validate():
        try:
            with form.once() as deed:
                if not deed:
                    undo_action(me(), action, form.reason.data)
                    deed.record(back)
        except NotDone:
            db.session.rollback()
            flash(_("这件事现在没有记成办好了。"), "info")
            return redirect(back, 303)
        db.session.commit()
        flash(_("收回了。办的人会知道。"), "good")
        return redirect(deed.url, 303)
    page = render_template("consultations/undo.html", form=form, action=action, back=back)
    return page, 422 if form.errors else 200
