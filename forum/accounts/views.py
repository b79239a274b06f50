"""Signing in and out, what one is shown as, and in which size and language."""

from flask import Blueprint, Response, redirect, url_for

from forum.access import public
from forum.extensions import login_manager

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@public
def sign_in() -> str:
    return ""


@login_manager.unauthorized_handler
def ask_to_sign_in() -> Response:
    return redirect(url_for("accounts.sign_in"))
