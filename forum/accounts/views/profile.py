"""One's own page: postings, password, phone number, signed-in browsers."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Row

from forum.access import for_former, me, one_or_404
from forum.accounts import actions
from forum.accounts.devices import account_of, remember_device
from forum.accounts.forms import WRONG_OLD, ChangePasswordForm, ChangePhoneForm
from forum.accounts.models import UserSession
from forum.accounts.passwords import TooBusy, hash_password, is_right
from forum.accounts.policies import visible_sessions
from forum.accounts.queries import credentials, offices_of, own_names, postings_of, sessions_of
from forum.accounts.sessions import end_all_sessions, end_session
from forum.accounts.throttle import Throttled, check_password, digest
from forum.accounts.views import bp
from forum.accounts.views.signing_in import come_back, later, leave
from forum.addresses import address_of
from forum.extensions import db
from forum.units.labels import ROLE_LABELS


@bp.get("/me", endpoint="me")
@for_former
def profile() -> ResponseReturnValue:
    """Who I am here, and the ways to what is mine."""
    mine = _own_credentials()
    return render_template(
        "accounts/me.html",
        phone=mine.phone,
        may_be_suggested=mine.may_be_suggested,
        postings=postings_of(me().id),
        role_labels=ROLE_LABELS,
    )


@bp.route("/me/password", methods=["GET", "POST"])
@for_former
def change_password() -> ResponseReturnValue:
    """Set a new password with the old one; every other browser is signed out."""
    mine = _own_credentials()
    form = ChangePasswordForm(phone=mine.phone, names=own_names(mine.name, offices_of(mine.id)))
    if request.method != "POST":
        return render_template("accounts/password.html", form=form)
    if not form.validate():
        return render_template("accounts/password.html", form=form), 422
    new = form.password.data or ""
    try:
        if not _is_own_password(form.old.data or "", mine):
            if is_right(new, mine.password_hash):  # sent twice on a slow line: it is done
                return redirect(url_for("accounts.me"), 303)
            form.old.errors = [WRONG_OLD]
            return render_template("accounts/password.html", form=form), 422
        new_hash = hash_password(new)
    except (Throttled, TooBusy) as error:
        form.form_errors.append(later(error))
        return come_back(render_template("accounts/password.html", form=form), error)
    actions.change_password(me(), new_hash)
    db.session.commit()
    flash(_("密码改好了，别处的登录都已退出。"), "good")
    return redirect(url_for("accounts.me"), 303)


@bp.route("/me/phone", methods=["GET", "POST"])
@for_former
def change_phone() -> ResponseReturnValue:
    """Sign in with another phone number from now on. The same number again changes nothing."""
    mine = _own_credentials()
    form = ChangePhoneForm()
    if request.method != "POST":
        return render_template("accounts/phone.html", form=form, phone=mine.phone)
    if not form.validate():
        return render_template("accounts/phone.html", form=form, phone=mine.phone), 422
    try:
        if not _is_own_password(form.password.data or "", mine):
            form.password.errors = [WRONG_OLD]
            return render_template("accounts/phone.html", form=form, phone=mine.phone), 422
    except (Throttled, TooBusy) as error:
        form.form_errors.append(later(error))
        return come_back(render_template("accounts/phone.html", form=form, phone=mine.phone), error)
    if not actions.change_phone(me(), form.phone.number):
        form.phone.errors = [_("这个号码登记不上，请核对；没有错的话，请找镇组织员查一查。")]
        return render_template("accounts/phone.html", form=form, phone=mine.phone), 422
    db.session.commit()
    flash(_("手机号换好了，以后用新号码登录。"), "good")
    response = make_response(redirect(url_for("accounts.me"), 303))
    remember_device(request, response, account_of(form.phone.number))
    return response


@bp.get("/me/sessions")
@for_former
def sessions() -> ResponseReturnValue:
    """Where I am signed in."""
    return render_template("accounts/sessions.html", sessions=sessions_of(me()), this=me().session_id)


@bp.post("/me/sessions/<int:session_id>/end")
@for_former
def end_one_session(session_id: int) -> ResponseReturnValue:
    """Sign one of my browsers out."""
    found = one_or_404(visible_sessions(me()).where(UserSession.id == session_id))
    end_session(found.id)
    db.session.commit()
    if found.id == me().session_id:
        return leave(_("已经退出登录。"))
    flash(_("那边已经退出登录。"), "good")
    return redirect(url_for("accounts.sessions"), 303)


@bp.post("/me/sessions/end-others")
@for_former
def end_other_sessions() -> ResponseReturnValue:
    """Sign all my other browsers out."""
    end_all_sessions(me().id, but=me().session_id)
    db.session.commit()
    flash(_("别处的登录都已退出。"), "good")
    return redirect(url_for("accounts.sessions"), 303)


def _own_credentials() -> Row[*tuple[Any, ...]]:
    mine = credentials(person_id=me().id)
    assert mine is not None  # the session was loaded with a person who is not disabled
    return mine


def _is_own_password(password: str, mine: Row[*tuple[Any, ...]]) -> bool:
    """Whether it is the password of whoever is signed in; guesses at an unlocked phone are counted per session."""
    return check_password(
        password,
        mine.password_hash,
        account=account_of(mine.phone or f"person {mine.id}"),
        address=address_of(request),
        device=digest("session", str(me().session_id)),
    )
