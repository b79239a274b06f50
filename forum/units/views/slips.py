"""Printed activation slips. Their codes are shown once: on the answer to the POST that made them."""

from typing import Any

import segno
from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.extensions import db
from forum.once import SentOtherText
from forum.units.forms import SlipsForm
from forum.units.models import Person
from forum.units.policies import can_manage_people, visible_people_for_slips
from forum.units.queries import slip_rows, waiting_people
from forum.units.slips import make_slips, slip_url
from forum.units.views import bp
from forum.units.views.people import people_page

MOST_SLIPS = 200


@bp.post("/people/slips")
def print_slips() -> ResponseReturnValue:
    """Make new codes and show them for printing. The same form again does not void the paper that is already printed."""
    actor = me()
    require(can_manage_people(actor))
    form = SlipsForm()
    if not form.validate():
        return people_page(form, 422)
    township = form.township.data or ""
    if form.which.data == "waiting":
        place = int(township) if township.isascii() and township.isdigit() and len(township) < 10 else None
        query = waiting_people(actor, place)
    else:
        query = visible_people_for_slips(actor).where(Person.id.in_(form.person.data))
    chosen = list(db.session.scalars(query.limit(MOST_SLIPS + 1)))
    if not chosen:
        form.form_errors.append(_("请先勾选要打印激活条的人。没有手机号的，要先补上手机号。"))
        return people_page(form, 422)
    if len(chosen) > MOST_SLIPS:
        form.form_errors.append(_("一次最多打印 %(most)s 张，请按镇街分开打印。", most=MOST_SLIPS))
        return people_page(form, 422)
    try:
        with form.once() as done:
            if done:
                return _printed_already(form)
            made = dict(zip((p.id for p in chosen), make_slips(actor, chosen), strict=True))
            done.record(url_for(".people"))
    except SentOtherText:
        return _printed_already(form)
    rows = slip_rows(made)
    db.session.commit()
    return render_template(
        "units/slips.html",
        slips=[(row, *_drawn(made[row.id][0])) for row in rows],
        expires_at=next(iter(made.values()))[1].expires_at,
        address=f"{current_app.extensions['settings'].public_url}/activate",
    )


def _drawn(code: str) -> tuple[str, Any]:
    """A code and its picture, as an address that holds the whole picture."""
    return code, segno.make_qr(slip_url(code), error="m").svg_data_uri(scale=4, border=2)


def _printed_already(form: SlipsForm) -> ResponseReturnValue:
    db.session.rollback()
    form.refresh_token()
    return render_template("units/slips_again.html", form=form)
