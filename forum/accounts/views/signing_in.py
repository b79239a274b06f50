"""The door: signing in, out, and what happens to those who are not signed in."""

import json
from collections.abc import Callable
from dataclasses import replace

from flask import Response, current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from forum.access import me, public
from forum.accounts import actions
from forum.accounts.devices import account_of, known_device, remember_device
from forum.accounts.forms import WRONG, SignInForm
from forum.accounts.passwords import TooBusy, hash_password, is_outdated
from forum.accounts.queries import credentials
from forum.accounts.sessions import become, cookie_name, end_session, set_session_cookie
from forum.accounts.throttle import Throttled, check_password
from forum.accounts.views import bp
from forum.accounts.views.preferences import bring_preferences
from forum.accounts.ways_back import endpoint_at, way_back
from forum.addresses import address_of
from forum.errors import carried_json, carry_on_page, here
from forum.extensions import SAFE_METHODS, csrf, db, login_manager
from forum.units.actors import Actor, load_actor


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@csrf.exempt  # the form checks its token itself: when it is stale, the page comes back with what was typed
def sign_in() -> ResponseReturnValue:
    """Phone number and password. Whatever is wrong with them, the answer is the same."""
    if current_user.is_authenticated and request.method != "POST":
        return redirect(way_back(request.args.get("next")), 303)
    form = SignInForm(next=request.args.get("next"))
    if request.method != "POST":
        return _sign_in_page(form)
    if not form.validate():
        return _sign_in_page(form), 400 if form.csrf_token.errors else 422
    phone, password = form.phone.number, form.password.data or ""
    account = account_of(phone)
    person = credentials(phone=phone)
    try:
        right = check_password(
            password,
            person.password_hash if person else None,
            account=account,
            address=address_of(request),
            device=known_device(request, account),
        )
        new_hash = hash_password(password) if right and person and is_outdated(person.password_hash) else None
    except (Throttled, TooBusy) as error:
        form.form_errors.append(later(error))
        return come_back(_sign_in_page(form), error)
    actor = load_actor(person.id) if right and person else None
    if actor is None:
        form.password.errors = [WRONG]
        return _sign_in_page(form), 422
    return enter(actor, phone, lambda: _go_on(form), shared_computer=bool(form.shared_computer.data), new_hash=new_hash)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's session; done twice it is still ended."""
    if current_user.is_authenticated and (session_id := me().session_id) is not None:
        end_session(session_id)
        db.session.commit()
    return leave(_("已经退出登录。"))


@bp.get("/lost-password")
@public
def lost_password() -> ResponseReturnValue:
    """There is no e-mail: a new slip comes from whoever keeps the roster."""
    return render_template("accounts/lost_password.html")


@login_manager.unauthorized_handler
def ask_to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page and back; what a POST was about to send travels with the form."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("accounts.sign_in", next=None if request.path == "/" else here()), 303)
    if request.accept_mimetypes.best == "application/json":
        return {"error": _("登录已经过期，请重新登录。")}, 401
    view = current_app.view_functions.get(request.endpoint or "")
    carried = "" if getattr(view, "is_public", False) else carried_json()
    return _sign_in_page(SignInForm(formdata=None, carried=carried)), 401


def enter(
    actor: Actor,
    phone: str,
    answer: Callable[[], ResponseReturnValue],
    *,
    shared_computer: bool,
    new_hash: str | None = None,
) -> Response:
    """Sign the actor in with everything done so far in one commit, and answer as him.

    The browser gets a new session and a new CSRF token, so that nothing planted in it before is worth anything.
    """
    if current_user.is_authenticated and (former_id := me().session_id) is not None:
        end_session(former_id)
    token, session_id = actions.sign_in(actor, shared_computer=shared_computer, new_hash=new_hash)
    db.session.commit()
    session.clear()
    g.pop("csrf_token", None)
    become(replace(actor, session_id=session_id))
    response = make_response(answer())
    set_session_cookie(response, token, shared_computer=shared_computer)
    if not shared_computer:
        remember_device(request, response, account_of(phone))
    bring_preferences(response, actor)
    return response


def leave(message: str) -> Response:
    """Send a browser without a session to the sign-in page."""
    session.clear()
    flash(message, "good")
    response = make_response(redirect(url_for("accounts.sign_in"), 303))
    response.delete_cookie(
        cookie_name(), secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
    )
    return response


def later(error: Throttled | TooBusy) -> str:
    """Why a password is not looked at now, and when it will be."""
    if isinstance(error, Throttled):
        return _("输错太多次了，请 %(minutes)s 分钟后再试。", minutes=error.minutes)
    return _("现在登录的人多，请过几秒再点一次。")


def come_back(page: str, error: Throttled | TooBusy) -> Response:
    """The page, with word for browsers and proxies when to try again."""
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _sign_in_page(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form)


def _go_on(form: SignInForm) -> ResponseReturnValue:
    carried = _carried(form.carried.data or "")
    if carried is None:
        return redirect(way_back(form.next.data), 303)
    url, fields = carried
    return carry_on_page(url, fields, _("登录好了。您刚才写的都在，点一下就发送。"), 200)


def _carried(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """What was to be sent before the session ran out: only to a page of our own that takes it from people signed in."""
    try:
        sent = json.loads(text)
        url, fields = str(sent["url"]), [(str(name), str(value)) for name, value in sent["fields"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    view = current_app.view_functions.get(endpoint_at(url, "POST") or "")
    return None if view is None or getattr(view, "is_public", False) else (url, fields)
