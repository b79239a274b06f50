"""A village tries a card, says how it went, corrects it, or gives it up."""

from datetime import timedelta
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.clock import today
from forum.extensions import db
from forum.library.adoptions import notices, reminders  # noqa: F401 - register how notices read and the worker's job
from forum.library.adoptions.actions import AlreadyTrying, HasResult, adopt_card, report_result, withdraw_adoption
from forum.library.adoptions.forms import AdoptForm, ResultForm, WithdrawForm
from forum.library.adoptions.labels import BADGES, RESULTS
from forum.library.adoptions.models import Adoption
from forum.library.adoptions.policies import can_adopt, can_follow_tries, can_report, can_withdraw, visible_adoptions
from forum.library.adoptions.queries import adoption_page, earlier_results, speakers, tries
from forum.library.adoptions.travel import travelled
from forum.library.models import Experience
from forum.library.policies import visible_cards
from forum.library.views import bp

USUAL_TIME = timedelta(days=90)

bp.add_app_template_global(travelled, "travelled")


@bp.route("/library/<int:card_id>/adopt", methods=["GET", "POST"])
def adopt(card_id: int) -> ResponseReturnValue:
    """我们村试试: what we change, by when."""
    actor = me()
    card: Experience = one_or_404(visible_cards(actor).where(Experience.id == card_id))
    require(can_adopt(actor, card))
    choices = speakers(actor, card)
    form = AdoptForm(about=card_id, choices=choices)
    if not choices and not form.is_submitted():
        return _already(card_id)
    if not form.is_submitted():
        form.due.data = today() + USUAL_TIME
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    speaker = choices[form.speaker.data].speaker
                    adoption = adopt_card(actor, card, speaker, form.change.data, form.due.data)
                    done.record(url_for(".adoption", adoption_id=adoption.id))
            db.session.commit()
        except (AlreadyTrying, IntegrityError):
            db.session.rollback()
            return _already(card_id)
        flash(f"adopt-{card_id}", "draft-done")
        flash(_("记下了。到日子问您一声：试得怎么样。"), "good")
        return redirect(done.url, 303)
    return render_template("library/adopt.html", form=form, card=card), 422 if form.errors else 200


@bp.get("/adoptions/")
def adoptions() -> ResponseReturnValue:
    """What one's village, or the villages in one's care, are trying and have tried; what is past its day stands out."""
    require(can_follow_tries(me()))
    is_told = request.args.get("state") == "told"
    page = tries(me(), is_told=is_told, cursor=request.args.get("at"))
    state: dict[str, Any] = {"state": "told" if is_told else None}
    return render_template(
        "library/adoptions.html",
        rows=page.rows,
        is_told=is_told,
        today=today(),
        labels=RESULTS,
        badges=BADGES,
        newer_url=url_for(".adoptions", at=page.newer, **state) if page.newer else None,
        older_url=url_for(".adoptions", at=page.older, **state) if page.older else None,
    )


@bp.get("/adoptions/<int:adoption_id>")
def adoption(adoption_id: int) -> ResponseReturnValue:
    """What a village tried, how it went, and what it said before."""
    row = adoption_page(me(), adoption_id)
    if row is None:
        abort(404)
    return render_template(
        "library/adoption.html",
        adoption=row,
        earlier=earlier_results(adoption_id) if row.is_corrected else [],
        labels=RESULTS,
        badges=BADGES,
        may_report=can_report(me(), row, row),
        may_withdraw=can_withdraw(me(), row, row),
        form=WithdrawForm(about=adoption_id),
    )


@bp.route("/adoptions/<int:adoption_id>/result", methods=["GET", "POST"])
def report_adoption(adoption_id: int) -> ResponseReturnValue:
    """Say how it went, or correct it. Two at once: the second sees that it changed, and keeps his text."""
    actor = me()
    tried: Adoption = one_or_404(visible_adoptions(actor).where(Adoption.id == adoption_id))
    require(can_report(actor, tried, tried.unit))
    card_title = db.session.scalar(select(Experience.title).where(Experience.id == tried.experience_id))
    form = ResultForm(about=adoption_id, obj=tried)
    status = 200
    if form.is_submitted() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    if tried.version != form.version.data:
                        raise StaleDataError
                    report_result(actor, tried, form.result.data, form.why.data, form.caution.data or "")
                    done.record(url_for(".adoption", adoption_id=adoption_id))
            db.session.commit()
        except StaleDataError:
            db.session.rollback()
            tried = one_or_404(visible_adoptions(actor).where(Adoption.id == adoption_id))
            form.version.data = tried.version
            form.refresh_token()
            form.form_errors.append(_("别人刚刚写过结果。请先看看他写的，再点一次就换成您写的。"))
            status = 409
        else:
            flash(f"adoption-{adoption_id}", "draft-done")
            flash(_("谢谢，别的村用得上。"), "good")
            return redirect(done.url, 303)
    status = 422 if form.errors and status == 200 else status
    return render_template("library/result.html", form=form, adoption=tried, card_title=card_title), status


@bp.post("/adoptions/<int:adoption_id>/withdraw")
def withdraw(adoption_id: int) -> ResponseReturnValue:
    """Not trying any more."""
    tried: Adoption = one_or_404(visible_adoptions(me()).where(Adoption.id == adoption_id))
    form, here = WithdrawForm(about=adoption_id), url_for(".show", card_id=tried.experience_id)
    if not form.validate():
        flash(_("请再点一次。"), "bad")
        return redirect(url_for(".adoption", adoption_id=adoption_id), 303)
    try:
        with form.once() as done:
            if not done:
                require(can_report(me(), tried, tried.unit))
                withdraw_adoption(me(), tried)
                done.record(here)
        db.session.commit()
    except (HasResult, StaleDataError):
        db.session.rollback()
        abort(409)
    flash(_("记下了，不试了。"), "good")
    return redirect(done.url, 303)


def _already(card_id: int) -> ResponseReturnValue:
    flash(_("已经在试这一条了。有了结果，再试才好算一回新的。"), "info")
    return redirect(url_for(".show", card_id=card_id), 303)
