"""Proposed themes: the district proposes and sees who took them up, organisers answer for their township."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.errors import typed_texts
from forum.extensions import db
from forum.meetings.forms import ConfirmForm
from forum.meetings.policies import visible_townships
from forum.meetings.proposals import notices  # noqa: F401 - registers how it reads
from forum.meetings.proposals.actions import (
    ThemeRefused,
    ThemeWithdrawn,
    accept_theme,
    decline_theme,
    propose_theme,
    withdraw_theme,
)
from forum.meetings.proposals.forms import DeclineForm, ProposalForm
from forum.meetings.proposals.models import ThemeOffer, ThemeProposal
from forum.meetings.proposals.policies import (
    can_answer,
    can_propose,
    can_withdraw,
    has_to_do_with_themes,
    visible_offers,
    visible_proposals,
)
from forum.meetings.proposals.queries import answers_to, meeting_in, proposal_row, proposals_of
from forum.meetings.views import bp
from forum.tags.carriers import carries
from forum.tags.queries import shown_name, tag_choices, tag_groups
from forum.units.models import Unit


@bp.errorhandler(ThemeRefused)
def _refused(error: ThemeRefused) -> ResponseReturnValue:
    """Say plainly why a theme cannot be answered now."""
    db.session.rollback()
    sentence = (
        _("区里已经收回了这个主题，不用回了。")
        if isinstance(error, ThemeWithdrawn)
        else _("这个主题建议的月份已经过了，不用回了。")
    )
    page = render_template("meetings/refused.html", sentence=sentence, shown=typed_texts(), meeting_id=None)
    return page, 409


@bp.get("/themes/")
def themes() -> ResponseReturnValue:
    """What the district proposed, by month."""
    require(has_to_do_with_themes(me()))
    return render_template("meetings/themes.html", proposals=proposals_of(me()), may_propose=can_propose(me()))


@bp.route("/themes/new", methods=["GET", "POST"])
def new_theme() -> ResponseReturnValue:
    """Propose a theme to all townships, or to some."""
    actor = me()
    require(can_propose(actor))
    townships = db.session.execute(
        visible_townships(actor).with_only_columns(Unit.id, Unit.name).order_by(Unit.position, Unit.name)
    ).all()
    form = ProposalForm(tags=tag_choices(tag_groups()), townships=townships)
    if not form.is_submitted():
        form.propose()
    elif form.validate():
        with form.once() as done:
            if not done:
                proposal = propose_theme(actor, form.proposed(), form.townships.data)
                done.record(url_for(".theme", proposal_id=proposal.id))
        db.session.commit()
        flash(_("发给各镇了，谁用谁不用，这里看得到。"), "good")
        flash("theme-new", "draft-done")
        return redirect(done.url, 303)
    page = render_template("meetings/theme_new.html", form=form, has_townships=bool(townships))
    return page, 422 if form.errors else 200


@bp.get("/themes/<int:proposal_id>")
def theme(proposal_id: int) -> ResponseReturnValue:
    """A proposed theme; the district sees who took it up, a township its own answer."""
    actor = me()
    proposal = proposal_row(actor, proposal_id)
    if proposal is None:
        abort(404)
    return render_template(
        "meetings/theme.html",
        proposal=proposal,
        tag_name=shown_name(proposal) if proposal.tag_id else None,
        answers=answers_to(proposal_id) if actor.is_district else [],
        may_answer=can_answer(actor, proposal),
        may_withdraw=can_withdraw(actor, proposal),
        form=ConfirmForm(about=f"theme-{proposal_id}"),
    )


@bp.post("/themes/<int:proposal_id>/accept")
def accept(proposal_id: int) -> ResponseReturnValue:
    """Take a theme up: on to the meeting of its month, or to a new one, with the theme filled in."""
    offer = _offer(proposal_id)
    form = ConfirmForm(about=f"theme-{proposal_id}")
    if form.validate():
        with form.once() as done:
            if not done:
                meeting = meeting_in(offer.township_id, offer.proposal.month)
                accept_theme(me(), offer, meeting)
                done.record(
                    url_for(".edit", meeting_id=meeting.id, proposal=proposal_id)
                    if meeting
                    else url_for(".new", township=offer.township_id, proposal=proposal_id)
                )
        db.session.commit()
        flash(_("记下了：用这个主题。主题已经填好，看一看再保存。"), "good")
        return redirect(done.url, 303)
    flash(_("这个页面放得太久了，请再点一次。"), "warn")
    return redirect(url_for(".theme", proposal_id=proposal_id), 303)


@bp.route("/themes/<int:proposal_id>/decline", methods=["GET", "POST"])
def decline(proposal_id: int) -> ResponseReturnValue:
    """Leave a theme, with a word why."""
    offer = _offer(proposal_id)
    form = DeclineForm(about=f"theme-{proposal_id}")
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                decline_theme(me(), offer, form.word.data)
                done.record(url_for(".theme", proposal_id=proposal_id))
        db.session.commit()
        flash(_("记下了，区里看得到。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        form.word.data = offer.word
    page = render_template("meetings/theme_decline.html", form=form, proposal=offer.proposal)
    return page, 422 if form.errors else 200


@bp.post("/themes/<int:proposal_id>/withdraw")
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take a theme back. Idempotent."""
    proposal: ThemeProposal = one_or_404(visible_proposals(me()).where(ThemeProposal.id == proposal_id))
    require(can_withdraw(me(), proposal))
    withdraw_theme(me(), proposal)
    db.session.commit()
    flash(_("收回了。已经用上的镇不受影响。"), "good")
    return redirect(url_for(".theme", proposal_id=proposal_id), 303)


def _offer(proposal_id: int) -> ThemeOffer:
    proposal: ThemeProposal = one_or_404(visible_proposals(me()).where(ThemeProposal.id == proposal_id))
    require(can_answer(me(), proposal))
    offer: ThemeOffer = one_or_404(visible_offers(me()).where(ThemeOffer.proposal_id == proposal_id))
    return offer


carries(ThemeProposal.tag_id)
