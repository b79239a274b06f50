"""What villages are like: noted by the township, once."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from forum.access import me, one_or_404, require
from forum.extensions import db
from forum.paging import id_from
from forum.units.actions import note_facts
from forum.units.facts_form import FactsForm
from forum.units.models import Unit, VillageFacts
from forum.units.policies import can_note_facts, visible_villages
from forum.units.queries import townships_of
from forum.units.views import bp
from forum.units.village_facts import fact_columns, facts_in_words


@bp.get("/units/villages")
def villages() -> ResponseReturnValue:
    """The villages in one's care, each with what is known of it."""
    actor = me()
    require(can_note_facts(actor))
    township, area = id_from(request.args.get("under")), aliased(Unit)
    query = visible_villages(actor)
    if actor.is_district and township:
        query = query.where(Unit.township_id == township)
    rows = db.session.execute(
        query.with_only_columns(Unit.id, Unit.name, area.name.label("township_name"), *fact_columns())
        .outerjoin(VillageFacts, VillageFacts.unit_id == Unit.id)
        .outerjoin(area, area.id == Unit.township_id)
        .order_by(area.position, area.name, Unit.position, Unit.name)
    ).all()
    return render_template(
        "units/villages.html",
        rows=rows,
        in_words=facts_in_words,
        townships=townships_of(actor) if actor.is_district else [],
        township=township,
    )


@bp.route("/units/<int:unit_id>/facts", methods=["GET", "POST"])
def facts(unit_id: int) -> ResponseReturnValue:
    """Say what a village is like; whatever is not known stays open."""
    actor = me()
    require(can_note_facts(actor))
    village: Unit = one_or_404(visible_villages(actor).where(Unit.id == unit_id))
    known = db.session.get(VillageFacts, unit_id)
    form = FactsForm(about=unit_id)
    if not form.is_submitted():
        form.show(known)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    note_facts(actor, village, form.facts)
                    done.record(url_for(".villages", _anchor=f"village-{unit_id}"))
            db.session.commit()
        except IntegrityError:  # two noted the first facts of a village at once
            db.session.rollback()
            form.refresh_token()
            form.form_errors.append(_("别人刚刚也在登记这个村。请再点一次保存。"))
        else:
            flash(_("保存好了。"), "good")
            return redirect(done.url, 303)
    return render_template("units/facts.html", form=form, village=village), 422 if form.errors else 200
