"""The door of every route: closed to those not signed in unless a view says ``@public``, and to those out of office unless ``@for_former``."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, request
from flask_login import current_user
from sqlalchemy import Select

from forum.extensions import SAFE_METHODS, db
from forum.units.actors import Actor

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Mark a view that may be seen signed out: sign-in, activation, the privacy notice, language and type size."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def for_former(view: View) -> View:
    """Mark a view that stays open to a person whose last posting has ended: his own writing, and signing out."""
    view.is_for_former = True  # type: ignore[attr-defined]
    return view


def accepts(megabytes: int) -> Callable[[View], View]:
    """Mark a view that takes larger bodies than a text form sends."""

    def mark(view: View) -> View:
        view.accepts_bytes = megabytes * 1024 * 1024  # type: ignore[attr-defined]
        return view

    return mark


def widen_body() -> None:
    """Before anything reads the body (the CSRF check does): a view marked ``@accepts`` takes a larger one from those signed in."""
    limit = getattr(current_app.view_functions.get(request.endpoint or ""), "accepts_bytes", None)
    if limit and current_user.is_authenticated:
        request.max_content_length = limit


def refuse_strangers() -> None:
    """Before an unsafe request is looked at: what a page of another site sends is refused, whatever token it brings.

    Browsers that say nothing, or "null" (on pages that withhold their address), are left to the token.
    """
    if request.method not in SAFE_METHODS and _says_it_is_from_elsewhere():
        abort(400)


def _says_it_is_from_elsewhere() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "null")
    if site is not None:
        return site not in ("same-origin", "none")
    own = (request.host_url.rstrip("/"), current_app.extensions["settings"].public_url)
    # Behind a proxy that ends TLS the scheme is not ours to know.
    return origin != "null" and origin.partition("//")[2] not in [url.partition("//")[2] for url in own]


def guard() -> Any:
    """Before every request: default deny."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "is_public", False):
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if me().is_former and not getattr(view, "is_for_former", False):
        abort(403)
    return None


def me() -> Actor:
    """The signed-in actor of this request, to be handed to policies and actions."""
    return cast(Actor, current_user._get_current_object())


def require(allowed: bool) -> None:
    """Go on only if a policy said yes: 403 means that you see it but may not do this."""
    if not allowed:
        abort(403)


def one_or_404(query: Select[Any]) -> Any:
    """Load one object through a ``visible_…`` query: missing and forbidden are both 404."""
    found = db.session.scalars(query).unique().one_or_none()
    if found is None:
        abort(404)
    return found
