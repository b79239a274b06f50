"""The door of every route: closed to those not signed in unless a view says ``@public``, and to newcomers of no office unless ``@former``."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, request
from flask_login import current_user
from sqlalchemy import Select

from forum.extensions import db
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
