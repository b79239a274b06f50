"""Activation: from a printed slip to a password. Opening the link consumes nothing."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import Row

from forum.access import public
from forum.accounts import actions
from forum.accounts.forms import ActivationForm, CodeForm
from forum.accounts.passwords import TooBusy, hash_password
from forum.accounts.privacy import PRIVACY_VERSION
from forum.accounts.queries import credentials, offices_of, own_names
from forum.accounts.throttle import Throttled, count_slip_guess, may_guess_slip
from forum.accounts.views import bp
from forum.accounts.views.signing_in import come_back, enter, later
from forum.accounts.ways_back import way_back
from forum.addresses import address_of
from forum.extensions import csrf, db, reading
from forum.units.actors import load_actor
from forum.units.slips import find_slip, tidy_code

NOT_VALID = _l("这个激活码用不了：可能输错了、已经用过，或者过了三天。核对无误还不行，请找镇组织员重开一张。")


@bp.route("/activate", methods=["GET", "POST"])
@public
@csrf.exempt  # the referrer is withheld here, which the general check asks for; the form checks its own token
def type_code() -> ResponseReturnValue:
    """For those who cannot scan: type the code on the slip."""
    form = CodeForm()
    if request.method != "POST":
        return render_template("accounts/type_code.html", form=form)
    if not form.validate():
        return render_template("accounts/type_code.html", form=form), 400 if form.csrf_token.errors else 422
    try:
        if _holder_of(form.code.data or "") is not None:
            return redirect(url_for("accounts.activate", code=tidy_code(form.code.data or "")), 303)
    except Throttled as error:
        form.form_errors.append(later(error))
        return come_back(render_template("accounts/type_code.html", form=form), error)
    form.code.errors = [NOT_VALID]
    return render_template("accounts/type_code.html", form=form), 422


@bp.route("/activate/<string(maxlength=40):code>", methods=["GET", "POST"])
@public
@csrf.exempt
def activate(code: str) -> ResponseReturnValue:
    """Whose slip it is, the privacy notice, and a password to set."""
    holder = _holder_of(code)
    if holder is None:
        return render_template("accounts/slip_not_valid.html"), 404
    offices = offices_of(holder.id)
    form = ActivationForm(phone=holder.phone, names=own_names(holder.name, offices))

    def page() -> str:
        return render_template(
            "accounts/activate.html", form=form, holder=holder, offices=offices, version=PRIVACY_VERSION
        )

    if request.method != "POST" or not holder.phone:
        return page()
    if not form.validate():
        return page(), 400 if form.csrf_token.errors else 422
    try:
        password_hash = hash_password(form.password.data or "")
    except TooBusy as error:
        form.form_errors.append(later(error))
        return come_back(page(), error)
    slip, actor = find_slip(code), load_actor(holder.id)
    if slip is None or actor is None or not actions.activate(actor, slip, password_hash):
        db.session.rollback()
        return render_template("accounts/slip_not_valid.html"), 404
    return enter(
        actor,
        holder.phone,
        lambda: redirect(way_back(None), 303),
        shared_computer=bool(form.shared_computer.data),
    )


@bp.after_request
def withhold_referrer(response: Response) -> Response:
    """The address of an activation page is as good as a password: no other page hears of it."""
    if request.endpoint in ("accounts.activate", "accounts.type_code"):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _holder_of(code: str) -> Row[*tuple[Any, ...]] | None:
    """Whose slip this is, or None; unknown codes are counted. Leaves no transaction open. Raises Throttled."""
    address = address_of(request)
    may_guess_slip(address)
    with reading():
        slip = find_slip(code)
        person_id = slip.person_id if slip else None
        db.session.rollback()
    if person_id is None:
        count_slip_guess(address)
        return None
    return credentials(person_id=person_id)
