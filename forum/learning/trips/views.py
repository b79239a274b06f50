"""Study trips: the list, a trip, planning one, going along."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from forum.access import me, one_or_404, require
from forum.errors import typed_texts
from forum.extensions import db
from forum.learning.trips import asking, labels, notices, references, thread_panel  # noqa: F401
from forum.learning.trips.actions import (
    ChangedMeanwhile,
    DayPassed,
    Plan,
    Refused,
    SeatsTaken,
    cancel_trip,
    close_trip,
    open_trip,
    plan_trip,
    revise_trip,
)
from forum.learning.trips.forms import ConfirmForm, PeopleForm, ReasonForm, TripForm, trip_form
from forum.learning.trips.joining import TooLate, add_member, join, leave
from forum.learning.trips.models import Stage, StudyTrip, TripTownship, stage_of
from forum.learning.trips.pages import index_page, trip_page
from forum.learning.trips.policies import (
    adds_people,
    can_manage,
    can_plan,
    in_care,
    invites,
    is_before,
    takes_off,
    visible_trips,
)
from forum.learning.trips.queries import members_of, people_to_add, stops_of
from forum.paging import id_from
from forum.threads.forms import SwitchForm
from forum.threads.policies import can_narrow
from forum.units.actors import Actor
from forum.units.queries import townships_of

bp = Blueprint("trips", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"trip_labels": labels}


@bp.errorhandler(Refused)
@bp.errorhandler(TooLate)
def refused(error: ValueError) -> ResponseReturnValue:
    """Say plainly why a step cannot be taken now."""
    db.session.rollback()
    trip_id = (request.view_args or {}).get("trip_id")
    page = render_template(
        "learning/trips/refused.html", sentence=sentence_of(error), shown=typed_texts(), trip_id=trip_id
    )
    return page, 409


def sentence_of(error: ValueError) -> str:
    """Why a step cannot be taken now, in plain words."""
    if isinstance(error, DayPassed):
        return _("报名截止的日子已经过了，请先改日子。")
    if isinstance(error, TooLate):
        return _("现在报名、退出都晚了。有事请找组织的人。")
    return _("这次学习走到别的一步了，这个办不了。请回去看看现在的样子。")


def trip_or_404(trip_id: int) -> StudyTrip:
    """A trip the actor may open."""
    found: StudyTrip = one_or_404(visible_trips(me()).where(StudyTrip.id == trip_id))
    return found


def to_trip(trip_id: int) -> str:
    return url_for("trips.show", trip_id=trip_id)


@bp.get("/trips/")
def index() -> ResponseReturnValue:
    """What is to come, and what was."""
    return render_template(
        "learning/trips/index.html", may_plan=can_plan(me()), **index_page(me(), request.args.get("at"))
    )


@bp.get("/trips/<int:trip_id>")
def show(trip_id: int) -> ResponseReturnValue:
    """A trip: where, when, who goes; later the notes, and what came home from it."""
    page = trip_page(me(), trip_id)
    if page is None:
        abort(404)
    return render_template("learning/trips/show.html", form=ConfirmForm(about=trip_id), **page)


@bp.route("/trips/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Plan a trip; what comes of it is a draft."""
    actor = me()
    require(can_plan(actor))
    form = _form("new", actor, actor.township_id)
    if _is_sent() and form.validate():
        with form.once() as done:
            if not done:
                done.record(to_trip(plan_trip(actor, form.plan()).id))
        db.session.commit()
        flash(_("存好了，现在只有组织的人看得到。看一遍，再发通知。"), "good")
        flash("trip-new", "draft-done")
        return redirect(done.url, 303)
    page = render_template("learning/trips/plan.html", form=form, trip=None, now=None)
    return page, 422 if form.errors else 200


@bp.route("/trips/<int:trip_id>/edit", methods=["GET", "POST"])
def edit(trip_id: int) -> ResponseReturnValue:
    """Change the plan. Of two who do so at once, the second sees how it stands and keeps his text."""
    actor, trip = me(), trip_or_404(trip_id)
    require(in_care(actor, trip))
    if not can_manage(actor, trip):
        raise Refused
    stops = stops_of(trip_id)
    form = _form(trip_id, actor, trip.township_id, stops=len(stops), is_open=trip.thread_id is not None)
    now = None
    if not form.is_submitted():
        chosen = db.session.scalars(select(TripTownship.township_id).where(TripTownship.trip_id == trip_id)).all()
        form.show(trip, stops, chosen)
    elif _is_sent() and form.validate():
        try:
            with form.once() as done:
                if not done:
                    revise_trip(actor, trip, _planned(form, trip), version=form.version.data)
                    done.record(to_trip(trip_id))
            db.session.commit()
        except SeatsTaken:
            db.session.rollback()
            form.seats.errors = [_("已经有 %(n)s 个人占了名额，名额不能比这个少。", n=trip.taken)]
            form.refresh_token()
        except ChangedMeanwhile:
            db.session.rollback()
            now = trip_or_404(trip_id)
            form.version.data = now.version
            form.refresh_token()
        else:
            flash(_("改好了。地方、日子有变的，已经告诉报了名的人。") if trip.thread_id else _("改好了。"), "good")
            flash(f"trip-{trip_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("learning/trips/plan.html", form=form, trip=trip, now=now)
    return page, 409 if now else 422 if form.errors else 200


def _form(about: object, actor: Actor, township_id: int | None, *, stops: int = 0, is_open: bool = False) -> TripForm:
    """An organiser's trip is his township's; whom a trip is for is not changed once it was opened, as people may have joined."""
    is_districts = township_id is None
    return trip_form(
        about,
        townships=townships_of(actor) if is_districts and not is_open else (),
        may_narrow=can_narrow(actor) and not is_districts and not is_open,
        stops=stops + 1,
    )


def _planned(form: TripForm, trip: StudyTrip) -> Plan:
    """What was typed; for whom the trip is stays as it was where the form did not ask."""
    plan = form.plan()
    kept: dict[str, Any] = {}
    if "townships" not in form:
        own = select(TripTownship.township_id).where(TripTownship.trip_id == trip.id)
        kept["township_ids"] = list(db.session.scalars(own))
    if "reach" not in form:
        kept["reach"] = trip.reach
    return Plan(**{**vars(plan), **kept})


def _is_sent() -> bool:
    """Whether the form was sent to be taken, not for one more row."""
    return request.method == "POST" and request.form.get("as") != "more"


@bp.post("/trips/<int:trip_id>/open")
def begin(trip_id: int) -> ResponseReturnValue:
    """Open a draft: people are invited."""
    trip = trip_or_404(trip_id)
    require(in_care(me(), trip))
    form = ConfirmForm(about=trip_id)
    if form.validate():
        with form.once() as done:
            if not done:
                open_trip(me(), trip)
                done.record(to_trip(trip_id))
        db.session.commit()
        flash(_("通知发出去了，报名的人会列在这里。"), "good")
    return redirect(to_trip(trip_id), 303)


@bp.route("/trips/<int:trip_id>/cancel", methods=["GET", "POST"])
def cancel(trip_id: int) -> ResponseReturnValue:
    """Call it off with a reason that all who would have gone are told."""
    trip = trip_or_404(trip_id)
    require(in_care(me(), trip))
    form = ReasonForm(about=trip_id)
    if not form.is_submitted():
        if stage_of(trip) in (Stage.BACK, Stage.CLOSED, Stage.CANCELLED):
            raise Refused
    elif form.validate():
        with form.once() as done:
            if not done:
                cancel_trip(me(), trip, form.reason.data)
                done.record(to_trip(trip_id))
        db.session.commit()
        flash(_("取消了，报了名的人会收到消息。"), "good")
        return redirect(done.url, 303)
    return render_template("learning/trips/call_off.html", form=form, trip=trip), 422 if form.errors else 200


@bp.post("/trips/<int:trip_id>/close")
def close(trip_id: int) -> ResponseReturnValue:
    """Take no more notes, or take them again. Idempotent: the wanted state is sent."""
    trip = trip_or_404(trip_id)
    require(in_care(me(), trip))
    form = SwitchForm()
    if form.validate():
        close_trip(me(), trip, form.is_on)
        db.session.commit()
    return redirect(to_trip(trip_id), 303)


@bp.post("/trips/<int:trip_id>/going")
def going(trip_id: int) -> ResponseReturnValue:
    """Go along, or not after all. Idempotent: the wanted state is sent."""
    actor, trip = me(), trip_or_404(trip_id)
    form = SwitchForm()
    if form.is_on:
        require(actor.is_member and _is_invited(trip_id))
    if form.validate():
        if form.is_on:
            join(actor, trip)  # that he did, the page says
        else:
            leave(actor, trip, actor.id)
            flash(_("您不去了，名额让给排队的人。"), "good")
        db.session.commit()
    return redirect(to_trip(trip_id), 303)


@bp.route("/trips/<int:trip_id>/people", methods=["GET", "POST"])
def people(trip_id: int) -> ResponseReturnValue:
    """Put others down for it (代录): district staff choose a township first."""
    actor, trip = me(), trip_or_404(trip_id)
    require(adds_people(actor, trip, is_invited=_is_invited(trip_id)))
    if not is_before(trip):
        raise TooLate
    township_id = actor.township_id or id_from(request.args.get("township"))
    there = {member.person_id for member in members_of(trip_id)}
    offered = people_to_add(actor, trip, township_id)
    # To check what was sent, who was put down since counts too: the same form sent again is no error.
    form = PeopleForm(about=trip_id, people=[p for p in offered if request.method == "POST" or p.id not in there])
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                wanted = set(form.people.data)
                for person in (p for p in offered if p.id in wanted):
                    add_member(actor, trip, person)
                done.record(to_trip(trip_id))
        db.session.commit()
        flash(_("报上了，会告诉他们。"), "good")
        return redirect(done.url, 303)
    townships = townships_of(actor) if actor.is_district else ()
    page = render_template(
        "learning/trips/people.html", form=form, trip=trip, townships=townships, township_id=township_id
    )
    return page, 422 if form.errors else 200


@bp.post("/trips/<int:trip_id>/people/<int:person_id>/off")
def off(trip_id: int, person_id: int) -> ResponseReturnValue:
    """Take somebody off the list. Idempotent: who is not on it is not on it."""
    actor, trip = me(), trip_or_404(trip_id)
    require(adds_people(actor, trip, is_invited=_is_invited(trip_id)))
    member = next((m for m in members_of(trip_id) if m.person_id == person_id), None)
    if member is not None:
        require(takes_off(actor, trip, member))
        if SwitchForm().validate():
            leave(actor, trip, person_id)
            db.session.commit()
    return redirect(to_trip(trip_id), 303)


def _is_invited(trip_id: int) -> bool:
    return bool(db.session.scalar(select(invites(me())).where(StudyTrip.id == trip_id)))
