"""The people of a township or a district: who holds which office, and giving and ending offices."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from forum.access import me, one_or_404, require
from forum.clock import today
from forum.extensions import db
from forum.paging import LARGEST_ID
from forum.units.actions import end_posting
from forum.units.forms import KINDS_OF, EndForm, OfficeForm, SlipsForm
from forum.units.labels import ROLE_LABELS
from forum.units.models import Person, Posting, Unit
from forum.units.policies import can_change_office, can_manage_people, grant_of, visible_postings
from forum.units.queries import (
    PEOPLE_PAGE,
    count_of,
    load_registry,
    named,
    people_rows,
    places_for,
    townships_of,
    waiting_people,
)
from forum.units.roster_import import hold_district, import_plan
from forum.units.roster_plan import Plan
from forum.units.roster_planner import ONE_DAY, plan_roster
from forum.units.views import bp


@bp.get("/people")
def people() -> ResponseReturnValue:
    """Who holds which office, since when, and whether he can sign in already."""
    require(can_manage_people(me()))
    return people_page(SlipsForm())


def people_page(form: SlipsForm, status: int = 200) -> ResponseReturnValue:
    """The list, with the form that prints slips."""
    actor, words = me(), request.args.get("q", "").strip()[:40]
    township, page = _number("township"), max(_number("page") or 1, 1)
    waits = request.args.get("state") == "waiting"
    query, waiting = people_rows(actor), waiting_people(actor, township)
    if township:
        query = query.where(Unit.township_id == township)
    if words:
        query = query.where(named(words))
    if waits:
        query = query.where(Person.password_hash.is_(None))
    rows = db.session.execute(query.limit(PEOPLE_PAGE + 1).offset((page - 1) * PEOPLE_PAGE)).all()
    filters: dict[str, Any] = {"township": township, "q": words or None, "state": "waiting" if waits else None}
    return render_template(
        "units/people.html",
        form=form,
        rows=rows[:PEOPLE_PAGE],
        may_change=lambda row: can_change_office(actor, row),
        role_labels=ROLE_LABELS,
        waiting=count_of(waiting),
        townships=townships_of(actor) if actor.is_district else (),
        township=township,
        words=words,
        waits=waits,
        filters=filters,
        newer_url=url_for(".people", **filters, page=page - 1) if page > 1 else None,
        older_url=url_for(".people", **filters, page=page + 1) if len(rows) > PEOPLE_PAGE else None,
    ), status


@bp.route("/people/new", methods=["GET", "POST"])
def new_posting() -> ResponseReturnValue:
    """Give an office by hand. It passes the same checks as a roster of one row, but relieves nobody."""
    actor, grant = me(), grant_of(me())
    require(grant is not None)
    assert grant is not None
    kinds = {kind for role in grant.roles for kind in KINDS_OF[role]}
    form = OfficeForm(places=places_for(actor, kinds), roles=grant.roles)
    if not form.is_submitted():
        form.since.data = today()
        form.unit.data = _number("unit")
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    hold_district(grant.district_id)
                    registry = load_registry(grant.district_id, [form.phone.data])
                    plan = plan_roster([form.row()], {}, registry, grant, today())
                    if _is_accepted(form, plan):
                        import_plan(actor, plan, grant.district_id)
                        done.record(url_for(".people", q=form.name.data))
            if not form.errors:
                db.session.commit()
                flash(_("登记好了。还没有密码的人，可以给他打印激活条。"), "good")
                return redirect(done.url, 303)
            db.session.rollback()
        except IntegrityError:
            db.session.rollback()
            form.form_errors.append(_("没有登记上：就在刚才有人也改了这里，请再点一次。"))
        form.refresh_token()
    return render_template("units/office.html", form=form), 422 if form.errors else 200


@bp.route("/people/<int:posting_id>/end", methods=["GET", "POST"])
def leave_office(posting_id: int) -> ResponseReturnValue:
    """End somebody's office; the rights that came with it end with his next request after that day."""
    actor = me()
    if done := EndForm(about=posting_id, since=today()).first_result():  # an office that has ended is not found again
        return redirect(done.url, 303)
    posting: Posting = one_or_404(visible_postings(actor).where(Posting.id == posting_id))
    office = db.session.execute(people_rows(actor).where(Posting.id == posting_id)).one()
    require(can_change_office(actor, office))
    form = EndForm(about=posting_id, since=posting.since)
    if not form.is_submitted():
        form.leaves_on.data = today()
    elif form.validate():
        with form.once() as done:
            if not done:
                end_posting(actor, posting, db.session.get_one(Unit, posting.unit_id), form.leaves_on.data - ONE_DAY)
                done.record(url_for(".people"))
        db.session.commit()
        flash(_("%(name)s的任职登记为结束。", name=office.name), "good")
        return redirect(done.url, 303)
    return render_template(
        "units/end.html", form=form, office=office, role_labels=ROLE_LABELS
    ), 422 if form.errors else 200


def _is_accepted(form: OfficeForm, plan: Plan) -> bool:
    """Whether the row can be taken over as it stands; else the reasons stand at their fields."""
    row = plan.rows[0]
    for field, message in row.faults:
        target = getattr(form, field, None) if field else None
        (target.errors if target else form.form_errors).append(message)
    if row.is_good and row.predecessor:
        form.unit.errors = [
            _("现任书记是%(name)s：请先登记他什么时候离任。", name=row.predecessor.name),
        ]
    elif row.is_good and row.held and not row.changes:
        form.form_errors.append(_("他已经有这个任职了，没有什么要改。"))
    return not form.errors


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= LARGEST_ID else None
