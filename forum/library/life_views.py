"""The steps of a card's life: each is one button, or a reason and a button."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.library import life
from forum.library.actions import add_source, agree_to_open, ask_to_complete, asked_for
from forum.library.forms import CompleterForm, ConfirmForm, ReasonForm, RetireForm, ReturnForm, SourceForm, StepForm
from forum.library.life import NotConfirmed, NotThatStep
from forum.library.models import Experience
from forum.library.policies import (
    can_ask_to_complete,
    can_confirm,
    can_make_card,
    can_nominate,
    can_promote,
    can_retire,
    can_return,
    can_review,
    speaks_for_source,
    visible_cards,
)
from forum.library.queries import own_open_cards, revisions_of, who_could_complete
from forum.library.views import bp, card_shown
from forum.threads.models import Thread
from forum.threads.policies import visible_threads
from forum.units.actors import Actor
from forum.units.models import Person

Policy = Callable[[Actor, Any], bool]


@bp.post("/library/<int:card_id>/nominate")
def nominate(card_id: int) -> ResponseReturnValue:
    """Hand a draft to the township."""
    return _step(card_id, can_nominate, life.nominate_card, _("已报给镇里，等组织办发布。"))


@bp.post("/library/<int:card_id>/confirm")
def confirm(card_id: int) -> ResponseReturnValue:
    """属实: the source village says so with one tap, its organiser with the reason."""
    if speaks_for_source(me(), _card_or_404(card_id)):
        return _step(card_id, can_confirm, life.confirm_card, _("记下了：属实。"))
    form = ConfirmForm(about=card_id)
    return _reasoned(card_id, "confirm", form, can_confirm, life.confirm_card, _("代村里确认了，可以发布。"))


@bp.post("/library/<int:card_id>/publish")
def publish(card_id: int) -> ResponseReturnValue:
    """Put a nominated card into the library."""
    return _step(card_id, can_review, life.publish_card, _("发布了，大家都能看到。"))


@bp.post("/library/<int:card_id>/return")
def give_back(card_id: int) -> ResponseReturnValue:
    """Give a nominated card back with the reason."""
    form = ReturnForm(about=card_id)
    return _reasoned(card_id, "return", form, can_return, life.return_card, _("退回去了，作者看得到原因。"))


@bp.post("/library/<int:card_id>/promote")
def promote(card_id: int) -> ResponseReturnValue:
    """全区推广."""
    return _step(card_id, can_promote, life.promote_card, _("推广了，全区的村都会看到。"))


@bp.post("/library/<int:card_id>/unpromote")
def unpromote(card_id: int) -> ResponseReturnValue:
    """Recommend it no longer."""
    return _step(card_id, can_promote, life.unpromote_card, _("不再推广了，卡片还在库里。"))


@bp.post("/library/<int:card_id>/retire")
def retire(card_id: int) -> ResponseReturnValue:
    """It proved wrong: it stays, with the warning."""
    form = RetireForm(about=card_id)
    return _reasoned(card_id, "retire", form, can_retire, life.retire_card, _("停用了。卡片还搜得到，上面写着原因。"))


@bp.post("/library/<int:card_id>/restore")
def restore(card_id: int) -> ResponseReturnValue:
    """It was right after all."""
    return _step(card_id, can_retire, life.restore_card, _("重新启用了。"))


@bp.post("/library/<int:card_id>/agree")
def agree(card_id: int) -> ResponseReturnValue:
    """Whoever asked agrees that the whole district reads the card."""
    card = _card_or_404(card_id)
    require(asked_for(me(), card_id))
    form = StepForm(about=card_id)
    if form.validate():
        agree_to_open(me(), card)
        db.session.commit()
        flash(
            _("谢谢，还要等别的提问人也同意。") if card.reach.is_narrow else _("谢谢，全区的村都能看到这条经验了。"),
            "good",
        )
    else:
        flash(_("请再点一次。"), "bad")
    return redirect(url_for(".show", card_id=card_id), 303)


@bp.route("/library/<int:card_id>/complete", methods=["GET", "POST"])
def complete(card_id: int) -> ResponseReturnValue:
    """Ask somebody who knows more to complete a draft."""
    card = _card_or_404(card_id)
    require(can_ask_to_complete(me(), card))
    form = CompleterForm(about=card_id, people=who_could_complete(card))
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                ask_to_complete(me(), card, db.session.get_one(Person, form.person.data))
                done.record(url_for(".show", card_id=card_id))
        db.session.commit()
        flash(_("请好了，他打开就能改。"), "good")
        return redirect(done.url, 303)
    return render_template("library/complete.html", form=form, card=card), 422 if form.errors else 200


@bp.route("/threads/<int:thread_id>/add-to-card", methods=["GET", "POST"])
def add_thread(thread_id: int) -> ResponseReturnValue:
    """Let a card of one's own rest on one more thread."""
    thread = one_or_404(visible_threads(me()).where(Thread.id == thread_id))
    require(can_make_card(me(), thread))
    form = SourceForm(about=thread_id, cards=own_open_cards(me(), thread_id))
    if form.is_submitted() and form.validate():
        card = _card_or_404(form.card.data)
        with form.once() as done:
            if not done:
                add_source(card, thread)
                done.record(url_for(".edit", card_id=card.id))
        db.session.commit()
        flash(_("加上了。需要的话，把这个帖子里的办法写进卡片。"), "good")
        return redirect(done.url, 303)
    return render_template("library/add_thread.html", form=form, thread=thread), 422 if form.errors else 200


@bp.get("/library/<int:card_id>/revisions")
def revisions(card_id: int) -> ResponseReturnValue:
    """What a card said before."""
    card = _card_or_404(card_id)
    return render_template("library/revisions.html", card=card, revisions=revisions_of(card_id))


def _card_or_404(card_id: int) -> Experience:
    found: Experience = one_or_404(visible_cards(me()).where(Experience.id == card_id))
    return found


def _step(
    card_id: int, policy: Policy, action: Callable[[Actor, Experience], None], message: str
) -> ResponseReturnValue:
    card = _card_or_404(card_id)
    form = StepForm(about=card_id)
    if not form.validate():
        flash(_("请再点一次。"), "bad")
        return redirect(url_for(".show", card_id=card_id), 303)
    try:
        with form.once() as done:
            if not done:
                require(policy(me(), card))
                action(me(), card)
                done.record(url_for(".show", card_id=card_id))
        db.session.commit()
    except NotConfirmed:
        db.session.rollback()
        flash(_("还没有人确认属实，先请村里看看，或者替村里确认。"), "warn")
        return redirect(url_for(".show", card_id=card_id), 303)
    except (NotThatStep, StaleDataError):
        return _too_late(card_id)
    flash(message, "good")
    return redirect(done.url, 303)


def _reasoned(
    card_id: int,
    name: str,
    form: ReasonForm,
    policy: Policy,
    action: Callable[[Actor, Experience, str], None],
    message: str,
) -> ResponseReturnValue:
    card = _card_or_404(card_id)
    if not form.validate():
        require(policy(me(), card))
        return card_shown(card_id, **{name: form}), 422
    try:
        with form.once() as done:
            if not done:
                require(policy(me(), card))
                action(me(), card, form.reason.data)
                done.record(url_for(".show", card_id=card_id))
        db.session.commit()
    except (NotThatStep, StaleDataError):
        return _too_late(card_id, typed=form.reason.data)
    flash(message, "good")
    flash(f"card-{name}-{card_id}", "draft-done")
    return redirect(done.url, 303)


def _too_late(card_id: int, typed: str = "") -> ResponseReturnValue:
    """Somebody else took the step first: the page as it is now says what happened, and gives back what was typed."""
    db.session.rollback()
    flash(_("别人刚刚办过这一步，下面是现在的样子。"), "warn")
    return card_shown(card_id, typed=typed), 409
