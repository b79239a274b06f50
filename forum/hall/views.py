"""The wall and the phones. Both are asked every few seconds, so an unchanged page costs two statements and no drawing."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.hall.actions import AskedEnough, ask, echo, go_to, move, take_off
from forum.hall.forms import HallQuestionForm
from forum.hall.models import HallQuestion
from forum.hall.policies import can_lead, can_speak, is_on, visible_questions
from forum.hall.polling import SEEN, pulse_of
from forum.hall.queries import hall_of
from forum.meetings.models import Sitting
from forum.paging import id_from
from forum.threads.forms import SwitchForm

bp = Blueprint("hall", __name__)


@bp.get("/meetings/<int:meeting_id>/wall")
def wall(meeting_id: int) -> ResponseReturnValue:
    """For the projector: theme, the item in hand with its clock, its question in large type, and what the hall asks."""
    place, questions = _hall_or_404(meeting_id)
    require(can_lead(me(), place))
    return _unless_unchanged("hall/wall.html", place, questions)


@bp.get("/meetings/<int:meeting_id>/now")
def now(meeting_id: int) -> ResponseReturnValue:
    """For those present: the item in hand, its material, and a question of one's own."""
    place, questions = _hall_or_404(meeting_id)
    request.environ[SEEN] = pulse_of(place)
    return _unless_unchanged("hall/now.html", place, questions)


@bp.post("/meetings/<int:meeting_id>/now")
def ask_now(meeting_id: int) -> ResponseReturnValue:
    """提个问题 from one's seat."""
    place, questions = _hall_or_404(meeting_id)
    require(can_speak(me(), place))
    form = HallQuestionForm(about=place.sitting_id)
    if form.validate():
        try:
            with form.once() as done:
                if not done:
                    ask(me(), place.sitting_id, form.body.data)
                    done.record(_to(".now", place))
            db.session.commit()
        except AskedEnough:
            db.session.rollback()
            form.body.errors = [_("您已经有五个问题在排队，等答过了再提。")]
            form.refresh_token()
        else:
            flash(_("问题递上去了。"), "good")
            flash(f"hall-{meeting_id}", "draft-done")
            return redirect(done.url, 303)
    return _page("hall/now.html", place, questions, form), 422


@bp.post("/meetings/<int:meeting_id>/wall/item")
def to_item(meeting_id: int) -> ResponseReturnValue:
    """Go on to an item, or back. Idempotent: the wanted item is sent."""
    place, _questions = _hall_or_404(meeting_id)
    require(can_lead(me(), place) and is_on(place))
    item_id = request.form.get("item", type=int)
    if SwitchForm().validate() and item_id in (place.before_id, place.item_id, place.after_id) and item_id:
        go_to(place.sitting_id, meeting_id, item_id)
        db.session.commit()
    return redirect(_to(".wall", place), 303)


@bp.post("/hall-questions/<int:question_id>/echo")
def echo_question(question_id: int) -> ResponseReturnValue:
    """我也想问, or no longer. Idempotent: the wanted state is sent."""
    form = SwitchForm()
    question, place = _question_or_404(question_id)
    require(can_speak(me(), place))
    if form.validate():
        echo(me(), question, form.is_on)
        db.session.commit()
    return redirect(_to(".now", place), 303)


@bp.post("/hall-questions/<int:question_id>/move")
def move_question(question_id: int) -> ResponseReturnValue:
    """The chair asks it earlier (on) or later."""
    form = SwitchForm()
    question, place = _question_or_404(question_id)
    require(can_lead(me(), place))
    if form.validate():
        move(question, form.is_on)
        db.session.commit()
    return redirect(_to(".wall", place), 303)


@bp.post("/hall-questions/<int:question_id>/off")
def take_off_question(question_id: int) -> ResponseReturnValue:
    """It was answered, or does not belong here."""
    question, place = _question_or_404(question_id)
    require(can_lead(me(), place))
    if SwitchForm().validate():
        take_off(question)
        db.session.commit()
    return redirect(_to(".wall", place), 303)


def _hall_or_404(meeting_id: int, sitting_id: int | None = None) -> tuple[Any, Sequence[Any]]:
    """The sitting that the address names, else the one that concerns the reader, and what is asked there."""
    hall = hall_of(me(), meeting_id, sitting_id or id_from(request.args.get("sitting")))
    if hall is None:
        abort(404)
    return hall


def _to(page: str, place: Any) -> str:
    return url_for(page, meeting_id=place.meeting_id, **_at(place))


def _at(place: Any) -> dict[str, Any]:
    """What an address says of the sitting, where the meeting has several."""
    return {"sitting": place.sitting_id} if place.is_one_of_several else {}


def _question_or_404(question_id: int) -> tuple[HallQuestion, Any]:
    question: HallQuestion = one_or_404(visible_questions(me()).where(HallQuestion.id == question_id))
    sitting = db.session.get_one(Sitting, question.sitting_id)
    return question, _hall_or_404(sitting.meeting_id, sitting.id)[0]


def _unless_unchanged(template: str, place: Any, questions: Sequence[Any]) -> ResponseReturnValue:
    """The page, or 304 while nothing has changed since the reader's last one."""
    cookies = [request.cookies.get(name, "") for name in ("language", "type_size")]
    actor = me()
    facts = (
        place.version,
        place.meeting_version,
        place.state,
        place.item_id,
        place.thread_id,
        is_on(place),
        actor.id,
        actor.unit_id,
        *cookies,
    )
    tag = "-".join(str(fact) for fact in facts)
    # Where a page was packed, the packer has put its name behind the tag.
    if tag in {known.partition(":")[0] for known in request.if_none_match.as_set()}:
        response = make_response("", 304)
    else:
        response = make_response(_page(template, place, questions, HallQuestionForm(about=place.sitting_id)))
    response.set_etag(tag)
    return response


def _page(template: str, place: Any, questions: Sequence[Any], form: HallQuestionForm) -> str:
    return render_template(
        template,
        place=place,
        at=_at(place),
        questions=questions,
        form=form,
        may_speak=can_speak(me(), place),
        may_lead=can_lead(me(), place),
        is_on=is_on(place),
    )
