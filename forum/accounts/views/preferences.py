"""What one speaks for, the language, the size of type, and the privacy notice."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forum.access import for_former, me, public
from forum.accounts import actions
from forum.accounts.forms import EmptyForm
from forum.accounts.policies import can_speak_for
from forum.accounts.privacy import PRIVACY_VERSION, owes_consent
from forum.accounts.views import bp
from forum.accounts.ways_back import way_back
from forum.errors import here
from forum.extensions import db
from forum.units.actors import Actor

KEPT_SECONDS = 365 * 24 * 3600


@bp.post("/me/posting")
def choose_posting() -> ResponseReturnValue:
    """Speak for another of one's current postings; choosing the same twice changes nothing."""
    posting_id = request.form.get("posting", type=int)
    if posting_id is None or not can_speak_for(me(), posting_id):
        return redirect(way_back(request.form.get("next")), 303)
    actions.choose_posting(me(), posting_id)
    db.session.commit()
    return redirect(way_back(request.form.get("next")), 303)


@bp.post("/language")
@public
def set_language() -> ResponseReturnValue:
    """Read in Chinese or English: kept in this browser, and with the person who is signed in."""
    language = "en" if request.form.get("language") == "en" else "zh"
    if current_user.is_authenticated:
        actions.prefer_language(me(), language)
        db.session.commit()
    return _kept("language", language)


@bp.post("/type-size")
@public
def set_type_size() -> ResponseReturnValue:
    """Read in normal or large type: kept in this browser, and with the person who is signed in."""
    size = "large" if request.form.get("size") == "large" else "normal"
    if current_user.is_authenticated:
        actions.prefer_type_size(me(), large=size == "large")
        db.session.commit()
    return _kept("type_size", size)


@bp.post("/me/suggested")
def set_suggested() -> ResponseReturnValue:
    """Be named to whoever looks for help, or rather not. Idempotent: the wanted state is sent."""
    actions.prefer_suggestion(me(), on=request.form.get("on") == "1")
    db.session.commit()
    return redirect(url_for("accounts.me"), 303)


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """The privacy notice."""
    return render_template("accounts/privacy.html", version=PRIVACY_VERSION)


@bp.route("/me/privacy", methods=["GET", "POST"])
@for_former
def consent() -> ResponseReturnValue:
    """Ask anew for consent after the notice has changed; agreeing twice is agreeing."""
    form = EmptyForm()
    if request.method == "POST":
        actions.accept_privacy(me())
        db.session.commit()
        return redirect(way_back(request.form.get("next")), 303)
    return render_template("accounts/consent.html", form=form, version=PRIVACY_VERSION, next=request.args.get("next"))


@bp.before_app_request
def ask_for_consent() -> ResponseReturnValue | None:
    """No page before the notice as it stands was agreed to; what was being sent is never held up."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_open = view is None or getattr(view, "is_public", False) or request.endpoint in ("static", "accounts.consent")
    if is_open or request.method not in ("GET", "HEAD") or not owes_consent():
        return None
    return redirect(url_for("accounts.consent", next=here()), 303)


def bring_preferences(response: Response, actor: Actor) -> None:
    """Give the browser of somebody who signs in the language and size of type that he chose elsewhere."""
    if actor.language:
        _keep(response, "language", actor.language)
    if actor.large_type:  # large type chosen on this browser before signing in stays
        _keep(response, "type_size", "large")


def _kept(name: str, value: str) -> Response:
    response = make_response(redirect(way_back(request.form.get("next")), 303))
    _keep(response, name, value)
    return response


def _keep(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=KEPT_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
