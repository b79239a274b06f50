"""The search page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from forum.access import me
from forum.clock import today
from forum.extensions import db
from forum.health import PARTS
from forum.library.models import Experience
from forum.library.queries import published_cards
from forum.search.generations import IndexUnavailable
from forum.search.lists import WHEN_NOTHING, Asked, Result, results
from forum.search.place import reader
from forum.search.queries import townships
from forum.tags.queries import tag_groups
from forum.threads.lists import tags_of

bp = Blueprint("search", __name__)

NEWEST_CARDS = 5


@bp.get("/search")
def index() -> ResponseReturnValue:
    """Cards and threads for what somebody asks in his own words; without words, what is new in the library."""
    actor, asked = me(), Asked.read(request.args)
    found: list[Result] = []
    has_next = is_away = False
    if asked.text:
        try:
            found, has_next = results(actor, asked)
        except IndexUnavailable:
            is_away = True
    places, oldest = townships(actor)
    newest = (
        published_cards(actor)
        .where(Experience.retired_at.is_(None))
        .order_by(Experience.published_at.desc(), Experience.id.desc())
        .limit(NEWEST_CARDS)
    )
    return render_template(
        "search/index.html",
        asked=asked,
        results=found,
        is_away=is_away,
        instead=[offer(asked.text) for offer in WHEN_NOTHING],
        newer_url=asked.url(page=asked.page - 1) if asked.page > 1 else None,
        older_url=asked.url(page=asked.page + 1) if has_next else None,
        newest=[] if asked.text else db.session.execute(newest).all(),
        tags_of=tags_of,
        groups=tag_groups(),
        townships=places,
        year_choices=[(year, year) for year in range(today().year, (oldest or today().year) - 1, -1)],
    )


def _index_part() -> str:
    try:
        reader().state()
    except IndexUnavailable:
        return "rebuilding"
    return "ok"


PARTS["index"] = _index_part
