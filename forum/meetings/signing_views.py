"""Signing in at a sitting: the code that the hall shows, and what a phone shows to whoever scanned or typed it."""

from typing import Any

import segno
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from limits import parse
from sqlalchemy import select

from forum.access import me, one_or_404, public, require
from forum.addresses import address_of
from forum.clock import moment, utcnow
from forum.extensions import db, limiter
from forum.meetings import labels
from forum.meetings.actions import Refused, WrongState
from forum.meetings.forms import CodeForm, HereForm
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.meetings.policies import can_run_sitting, visible_meetings
from forum.meetings.queries import own_sign_in, signed_in, sittings_to_sign
from forum.meetings.signing import OtherSitting, OtherTownship, TooLate, closes_at, is_open, opens_at, sign_in
from forum.meetings.signing_codes import changes_in, code_at, is_current, is_proof, prove
from forum.meetings.views import bp, meeting_or_404, sentence_of, sitting_asked_for, to_meeting

GUESSES = parse("10 per 5 minutes")  # wrong codes of one person
GUESSES_OF_A_HALL = parse("300 per 5 minutes")  # of those not signed in yet: a whole hall comes from one address


@bp.get("/meetings/<int:meeting_id>/sign-in")
def hall_code(meeting_id: int) -> ResponseReturnValue:
    """For the hall: the code of this half minute, large, and who has signed in."""
    meeting = meeting_or_404(meeting_id)
    sitting = sitting_asked_for(meeting)
    require(can_run_sitting(me(), meeting, sitting))
    if meeting.state not in (MeetingState.ANNOUNCED, MeetingState.HELD):
        raise WrongState(meeting.state)
    now = utcnow()
    code = code_at(sitting.id, now) if is_open(sitting, now) else ""
    return render_template(
        "meetings/hall_code.html",
        meeting=meeting,
        sitting=sitting,
        code=code,
        picture=_drawn(sitting.id, code) if code else "",
        address=f"{current_app.extensions['settings'].public_url}{url_for('.here')}",
        changes_in=changes_in(now),
        opens_at=opens_at(sitting),
        is_over=now > closes_at(sitting),
        signed=signed_in(sitting.id),
    )


@bp.route("/here", methods=["GET", "POST"])
def here() -> ResponseReturnValue:
    """For whoever cannot scan: the six digits from the wall."""
    form = CodeForm()
    open_now = sittings_to_sign(me(), utcnow())
    if form.is_submitted() and form.validate():
        _may_guess()
        found = next((s for s in open_now if is_current(s.sitting_id, form.code.data, utcnow())), None)
        if found is not None:
            return redirect(url_for(".i_am_here", sitting_id=found.sitting_id, proof=prove(found.sitting_id)), 303)
        _count_guess()
        form.code.errors = [_("不是这个码，或者已经换了。请看着墙上的再输一次。")]
    return render_template("meetings/here.html", form=form, sittings=open_now), 422 if form.errors else 200


@bp.get("/here/<int:sitting_id>/<proof>")
@public
def i_am_here(sitting_id: int, proof: str) -> ResponseReturnValue:
    """Where the code leads: one button. Whoever is signed out signs in first and comes back with a proof that lasts."""
    _may_guess()
    if is_current(sitting_id, proof, utcnow()):
        proof = prove(sitting_id)
    is_good = is_proof(sitting_id, proof)
    if not is_good:
        _count_guess()
    if not current_user.is_authenticated:
        if not is_good:
            return _scan_again()
        return redirect(
            url_for("accounts.sign_in", next=url_for(".i_am_here", sitting_id=sitting_id, proof=proof)), 303
        )
    if me().is_former:
        abort(403)
    meeting = _meeting_of(sitting_id)
    form = HereForm(about=sitting_id, proof=proof)
    signed_at = own_sign_in(me(), sitting_id)
    return _here_page(meeting, sitting_id, form, is_good, signed_at), 200 if is_good or signed_at else 410


@bp.post("/here/<int:sitting_id>")
def sign_in_here(sitting_id: int) -> ResponseReturnValue:
    """我到了. Done twice it stands once."""
    meeting = _meeting_of(sitting_id)
    form = HereForm(about=sitting_id)
    if not form.validate():
        return _here_page(meeting, sitting_id, form, True, None), 422
    if not is_proof(sitting_id, form.proof.data or ""):
        return _scan_again()
    with form.once() as done:
        if not done:
            try:
                is_new = sign_in(me(), meeting, _sitting_of(meeting, sitting_id))
            except Refused as error:
                sentence = _why_not(error, meeting, sitting_id)
                db.session.rollback()
                return render_template("meetings/not_here.html", sentence=sentence), 409
            flash(_("签到了。") if is_new else _("您已经签过到了，不用再签。"), "good")
            done.record(to_meeting(meeting.id))
    db.session.commit()
    return redirect(done.url, 303)


def _guesser() -> tuple[Any, str, str]:
    if current_user.is_authenticated:
        return GUESSES, "sitting", current_user.get_id()
    return GUESSES_OF_A_HALL, "sitting from", address_of(request)


def _may_guess() -> None:
    if not limiter.limiter.test(*_guesser()):
        abort(429)


def _count_guess() -> None:
    limiter.limiter.hit(*_guesser())


def _here_page(meeting: Meeting, sitting_id: int, form: HereForm, is_good: bool, signed_at: Any) -> str:
    return render_template(
        "meetings/i_am_here.html",
        meeting=meeting,
        sitting=_sitting_of(meeting, sitting_id),
        form=form,
        is_good=is_good,
        signed_at=signed_at,
    )


def _scan_again() -> ResponseReturnValue:
    return render_template("meetings/not_here.html", sentence=_("这个码过时了。请对着会场上的二维码再扫一次。")), 410


def _meeting_of(sitting_id: int) -> Meeting:
    its = select(Sitting.meeting_id).where(Sitting.id == sitting_id)
    found: Meeting = one_or_404(visible_meetings(me()).where(Meeting.id.in_(its)))
    return found


def _sitting_of(meeting: Meeting, sitting_id: int) -> Sitting:
    return next(sitting for sitting in meeting.sittings if sitting.id == sitting_id)


def _why_not(error: Refused, meeting: Meeting, sitting_id: int) -> str:
    sitting = _sitting_of(meeting, sitting_id)
    if isinstance(error, OtherSitting):
        other = _sitting_of(meeting, error.sitting_id)
        return _(
            "您的会场是%(place)s，请到那边签到。改到这边来了的，请会务的同志给您记上。", place=labels.place_label(other)
        )
    if isinstance(error, OtherTownship):
        return _("这是“%(theme)s”的会场，名单里没有您。请会务的同志给您记上。", theme=meeting.theme)
    if isinstance(error, TooLate):
        return _("签到的时间过了。到了会的，请会务的同志补记。")
    if isinstance(error, WrongState):
        return sentence_of(error)
    return _("还没到签到的时间，%(moment)s开始签到。", moment=moment(opens_at(sitting)))


def _drawn(sitting_id: int, code: str) -> str:
    address = (
        f"{current_app.extensions['settings'].public_url}{url_for('.i_am_here', sitting_id=sitting_id, proof=code)}"
    )
    return str(segno.make_qr(address, error="m").svg_data_uri(scale=8, border=2))


@bp.after_request
def _withhold_proof(response: Any) -> Any:
    """An address with a proof is told to no other page."""
    if request.endpoint == "meetings.i_am_here":
        response.headers["Referrer-Policy"] = "no-referrer"
    return response
