"""Home."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forum.access import for_former, me
from forum.home.queries import home_page

bp = Blueprint("home", __name__)


@bp.get("/")
@for_former
def index() -> ResponseReturnValue:
    """This month's meeting, my threads, what waits in my township, what is new in the library."""
    actor = me()
    if actor.is_former:
        return redirect(url_for("threads.writing"), 303)
    return render_template("home/index.html", **home_page(actor))
