"""The district's tree of units."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.paging import LARGEST_ID
from forum.units.actions import add_unit, change_unit, close_unit, reopen_unit
from forum.units.forms import StepForm, UnitForm
from forum.units.labels import KIND_LABELS
from forum.units.models import Posting, Unit, UnitKind
from forum.units.policies import can_manage_units, not_ended, visible_units
from forum.units.queries import unit_rows
from forum.units.views import bp


@bp.get("/units")
def index() -> ResponseReturnValue:
    """The townships and bureaus of the district, or what lies in one township."""
    require(can_manage_units(me()))
    parent = _parent()
    district_id = me().district_id
    assert district_id is not None
    return render_template(
        "units/index.html", parent=parent, rows=unit_rows(district_id, parent.id), kind_labels=KIND_LABELS
    )


@bp.route("/units/new", methods=["GET", "POST"])
def new_unit() -> ResponseReturnValue:
    """Add a unit below the district or a township."""
    require(can_manage_units(me()))
    parent = _parent()
    below = {
        UnitKind.DISTRICT: [UnitKind.TOWNSHIP, UnitKind.BUREAU],
        UnitKind.TOWNSHIP: [UnitKind.VILLAGE, UnitKind.AREA],
    }
    areas = _areas(parent) if parent.kind is UnitKind.TOWNSHIP else []
    form = UnitForm(about=parent.id, kinds=below[parent.kind], areas=areas)
    if form.is_submitted() and form.validate():
        kind = UnitKind(form.kind.data)
        is_in_area = kind is UnitKind.VILLAGE and form.area.data
        if form.first_result() or _is_free(form, parent, kind):
            home = db.session.get_one(Unit, form.area.data) if is_in_area else parent
            if (url := _saved(form, lambda: add_unit(me(), kind, form.name.data, home))) is not None:
                return redirect(url, 303)
    return render_template("units/unit.html", form=form, parent=parent, unit=None), 422 if form.errors else 200


@bp.route("/units/<int:unit_id>", methods=["GET", "POST"])
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """Rename a unit or put a village into another area; close it, or undo that."""
    require(can_manage_units(me()))
    unit: Unit = one_or_404(visible_units(me()).where(Unit.id == unit_id))
    township = db.session.get_one(Unit, unit.township_id) if unit.township_id else None
    areas = _areas(township) if township and unit.kind is UnitKind.VILLAGE else []
    form = UnitForm(about=unit_id, kinds=[], areas=areas)
    if not form.is_submitted():
        form.name.data = unit.name
        form.area.data = unit.parent_id if unit.parent_id in dict(areas) else 0
    elif form.validate() and _is_free(form, township or unit, unit.kind, unit):
        home = form.area.data or township.id if areas and township else unit.parent_id
        assert home is not None
        if (url := _saved(form, lambda: change_unit(me(), unit, form.name.data, home))) is not None:
            return redirect(url, 303)
    return render_template(
        "units/unit.html", form=form, step=StepForm(about=unit_id), unit=unit, parent=township
    ), 422 if form.errors else 200


@bp.post("/units/<int:unit_id>/close")
def close(unit_id: int) -> ResponseReturnValue:
    """Close a dissolved unit in which nobody holds office and nothing is open, or reopen it."""
    require(can_manage_units(me()))
    unit: Unit = one_or_404(visible_units(me()).where(Unit.id == unit_id))
    form, here = StepForm(about=unit_id), url_for(".edit_unit", unit_id=unit_id)
    if not form.validate():
        return redirect(here, 303)
    with form.once() as done:
        if not done:
            if unit.closed_at:
                reopen_unit(me(), unit)
            elif message := _still_used(unit):
                db.session.rollback()
                flash(message, "bad")
                return redirect(here, 303)
            else:
                close_unit(me(), unit)
            done.record(here)
    db.session.commit()
    return redirect(done.url, 303)


def _parent() -> Unit:
    """The unit whose insides are asked for: a township, or the district."""
    text = request.args.get("under", "")
    district = db.session.get_one(Unit, me().district_id)
    if not text.isascii() or not text.isdigit() or int(text[:11]) > LARGEST_ID or int(text) == district.id:
        return district
    township: Unit = one_or_404(visible_units(me()).where(Unit.id == int(text)))
    if township.kind is not UnitKind.TOWNSHIP:
        abort(404)
    return township


def _areas(township: Unit) -> list[tuple[int, str]]:
    query = select(Unit.id, Unit.name).where(
        Unit.township_id == township.id, Unit.kind == UnitKind.AREA, Unit.closed_at.is_(None)
    )
    areas = [(row.id, row.name) for row in db.session.execute(query.order_by(Unit.position, Unit.name))]
    return [(0, _("不分管区")), *areas] if areas else []


def _is_free(form: UnitForm, scope: Unit, kind: UnitKind, unit: Unit | None = None) -> bool:
    """Whether the name is free: a roster finds villages by township and name, so two of one name could not be told apart."""
    taken = select(Unit.id).where(Unit.name == form.name.data, Unit.kind == kind, Unit.district_id == scope.district_id)
    if kind in (UnitKind.VILLAGE, UnitKind.AREA):
        taken = taken.where(Unit.township_id == scope.township_id)
    if unit:
        taken = taken.where(Unit.id != unit.id)
    if db.session.scalars(taken).first() is not None:
        form.name.errors = [_("已经有一个叫“%(name)s”的了。", name=form.name.data)]
    return not form.errors


def _saved(form: UnitForm, deed: Any) -> str | None:
    """Do it once and say where to go; None when the name is taken."""
    try:
        with form.once() as done:
            if not done:
                deed()
                done.record(url_for(".index", under=request.args.get("under") or None))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        form.refresh_token()
        form.name.errors = [_("已经有一个叫“%(name)s”的了。", name=form.name.data)]
        return None
    flash(_("保存好了。"), "good")
    return done.url


def _still_used(unit: Unit) -> str:
    """Why a unit cannot be closed yet; empty when it can."""
    within = (Unit.id == unit.id) | (Unit.parent_id == unit.id) | (Unit.township_id == unit.id)
    holders = select(func.count(Posting.id)).join(Unit, Unit.id == Posting.unit_id).where(within, not_ended())
    if count := db.session.scalar(holders):
        return _("里面还有 %(count)s 个任职没有结束，请先在人员页登记离任。", count=count)
    below = select(func.count(Unit.id)).where(within, Unit.id != unit.id, Unit.closed_at.is_(None))
    if count := db.session.scalar(below):
        return _("里面还有 %(count)s 个没有撤并的单位，请先撤并或划走。", count=count)
    return ""
