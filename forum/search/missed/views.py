"""A page that found nothing says so, and the list of what was not found."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from forum.access import me, require
from forum.extensions import db
from forum.notices.worker import register_job
from forum.search.asked import Asked, understand
from forum.search.generations import IndexUnavailable
from forum.search.lists import results
from forum.search.missed.actions import forget_missed, note_missed
from forum.search.missed.policies import can_read_missed
from forum.search.missed.queries import missed_words
from forum.search.place import looking
from forum.search.views import bp

DAY = 24 * 3600


@bp.post("/search/missed")
def note() -> ResponseReturnValue:
    """The search page says that it was looked at and held nothing that fits. Only then is the word noted, without a name. Idempotent."""
    actor, asked = me(), Asked(text=request.form.get("text", "")[:200].strip())
    require(actor.is_member)
    with looking():  # whether it is so is for us to say
        meant = understand(actor, asked)
        try:
            is_missed = bool(meant.words) and not results(actor, asked, meant).fits
        except IndexUnavailable:
            is_missed = False
    if is_missed:
        note_missed(actor, meant.words)
        db.session.commit()
    return "", 204


@bp.get("/search/missed")
def missed() -> ResponseReturnValue:
    """What several people searched for this month and did not find."""
    require(can_read_missed(me()))
    return render_template("search/missed.html", words=missed_words(me()))


register_job("missed words", DAY, forget_missed)
