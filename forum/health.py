"""Whether the process lives, and whether it can serve."""

from collections.abc import Callable

from flask import Blueprint, Response
from sqlalchemy import text

from forum.access import public
from forum.extensions import db

bp = Blueprint("health", __name__)

# What else a machine is made of, by name; each says in a word how it is. Nobody is turned away for it.
PARTS: dict[str, Callable[[], str]] = {}


@bp.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """The database answers; without it the error handler says 503.

    Without a search index everything but the search goes on, and the worker is building it: that is said, and still ready.
    """
    db.session.execute(text("SELECT 1"))
    parts = "".join(f"{name}: {how()}\n" for name, how in PARTS.items())
    return Response(f"ready\n{parts}", mimetype="text/plain")
