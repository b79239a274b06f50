"""Whether the process lives, and whether it can serve."""

from flask import Blueprint, Response
from sqlalchemy import text

from forum.access import public
from forum.extensions import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> Response:
    """The database answers; without it the error handler says 503."""
    db.session.execute(text("SELECT 1"))
    return Response("ready\n", mimetype="text/plain")
