"""Concluding a thread on its own page, and saying what became of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import accepts, me, one_or_404, require
from forum.clock import day
from forum.consultations.actions import ConcludedMeanwhile, conclude
from forum.consultations.choices import replies_to_rest_on, who_may_act
from forum.consultations.concluding import MOST_TASKS, is_looking_on, replies_offered, replies_sent
from forum.consultations.followups import AnsweredMeanwhile, Report, answer_follow_up
from forum.consultations.forms import ConcludeForm, LaterForm, conclude_form, later_form
from forum.consultations.models import FollowUpResult, Outcome
from forum.consultations.policies import can_conclude, can_report
from forum.consultations.queries import OutcomeRow, asker_left, outcomes, what_was_said_last
from forum.consultations.views import bp
from forum.extensions import db
from forum.forms import sent_text
from forum.markup import render
from forum.media.queries import own_unattached
from forum.threads.models import Reach, Thread
from forum.threads.policies import visible_threads


@bp.route("/threads/<int:thread_id>/conclude", methods=["GET", "POST"], endpoint="conclude")
def conclude_thread(thread_id: int) -> ResponseReturnValue:
    """What it came to, on whose advice, who does what, and when to look back. Two who conclude at once see both texts."""
    render(sent_text("statement"))  # remembered: from the first statement on all other writers wait on SQLite
    actor = me()
    thread: Thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_conclude(actor, thread))
    standing = _standing(thread)
    form = _form_for(thread, standing)
    is_late = False
    if not form.is_submitted():
        _show(form, standing)
    elif "more" not in request.form and not is_looking_on() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    outcome = conclude(actor, thread, **vars(form.part.outcome()), seen=form.version.data)
                    done.record(url_for("threads.show", thread_id=thread_id), "outcome", outcome.id)
            db.session.commit()
        except ConcludedMeanwhile:
            db.session.rollback()
            thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
            standing, is_late = _standing(thread), True
            form.version.data = standing.id if standing else 0
            form.refresh_token()
        else:
            flash(_("结论写好了，提问的人和出主意的人都会知道。"), "good")
            flash(f"conclude-{thread_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("consultations/conclude.html", form=form, thread=thread, standing=standing, is_late=is_late)
    return page, 409 if is_late else 422 if form.errors else 200


def _form_for(thread: Thread, standing: OutcomeRow | None) -> ConcludeForm:
    doers = who_may_act(thread.township_id, [thread.id], among_them=thread.reach is Reach.PANEL)
    room = MOST_TASKS - len(standing.actions if standing else ())
    kept = replies_sent() | {post_id for post_id, _who in (standing.replies if standing else ())}
    replies = replies_to_rest_on(me(), [thread.id], kept=kept, most=replies_offered()).get(thread.id, ())
    form = conclude_form(thread.id, replies, doers, max(room, 1))
    form.part.keep_day(standing.planned.due if standing and standing.planned else None)
    return form


def _show(form: ConcludeForm, standing: OutcomeRow | None) -> None:
    """Fill in what stands, to be corrected or added to."""
    form.version.data = standing.id if standing else 0
    if standing is not None:
        form.part.correct(standing.statement, [post_id for post_id, _who in standing.replies], standing.village_ids)


@bp.route("/threads/<int:thread_id>/later", methods=["GET", "POST"])
@accepts(140)
def later(thread_id: int) -> ResponseReturnValue:
    """后来怎样了: first three big answers, then a sentence and a picture. Of two who answer at once one is told."""
    actor = me()
    form = later_form(thread_id)
    form.take_uploads(actor)
    render(sent_text("sentence"))  # as above
    thread: Thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    left = bool(db.session.scalar(select(asker_left()).select_from(Thread).where(Thread.id == thread_id)))
    require(can_report(actor, thread, left))
    standing = _standing(thread)
    is_late = standing is None
    if not form.is_submitted():
        form.result.data = request.args.get("result", "")
        _note_planned(form, standing)
    elif not is_late and form.validate():
        try:
            with form.once() as done:
                if not done:
                    answer_follow_up(actor, thread, _report(form), seen=form.version.data)
                    done.record(url_for("threads.show", thread_id=thread_id))
            db.session.commit()
        except AnsweredMeanwhile:
            db.session.rollback()
            thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
            standing, is_late = _standing(thread), True
            _note_planned(form, standing)
            form.refresh_token()
        else:
            _thank(thread, form.chosen)
            flash(f"later-{thread_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template(
        "consultations/later.html",
        form=form,
        thread=thread,
        standing=standing,
        is_own=thread.author_id == actor.id or (left and actor.unit_id == thread.unit_id),
        said=what_was_said_last(thread_id) if is_late else None,
    )
    return page, 409 if is_late else 422 if form.errors else 200


def _standing(thread: Thread) -> OutcomeRow | None:
    """The outcome of the thread's present round, as pages show it."""
    own = (Outcome.thread_id == thread.id, Outcome.round == thread.round, Outcome.replaced_at.is_(None))
    return next(iter(outcomes(me(), *own)), None)


def _note_planned(form: LaterForm, standing: OutcomeRow | None) -> None:
    form.version.data = standing.planned.id if standing and standing.planned else 0


def _report(form: LaterForm) -> Report:
    assert form.chosen is not None
    pictures: Any = own_unattached(me(), form.pictures.data)
    return Report(form.chosen, form.sentence.data, form.again, pictures)


def _thank(thread: Thread, result: FollowUpResult | None) -> None:
    if result is FollowUpResult.SOLVED:
        flash(_("解决了就好，记下了。"), "good")
    elif result is FollowUpResult.UNSOLVED:
        flash(_("记下了。帖子又开了一轮，请大家接着出主意。"), "good")
    elif thread.followup_due:
        flash(_("记下了，%(day)s再问您。", day=day(thread.followup_due)), "good")
    else:
        flash(_("记下了。"), "good")
