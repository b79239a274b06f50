"""The search page."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from forum.access import me, require
from forum.extensions import db, reading
from forum.health import PARTS
from forum.library.models import Experience
from forum.library.queries import published_cards
from forum.search.asked import Asked, understand
from forum.search.facets import facets
from forum.search.generations import IndexUnavailable
from forum.search.lists import MOST, WHEN_NOTHING, Results, results
from forum.search.place import reader
from forum.search.saved.addresses import arguments_of
from forum.search.saved.forms import SaveForm
from forum.search.saved.policies import can_save
from forum.search.suggestions import suggestions
from forum.threads.lists import tags_of
from forum.units.actors import Actor

bp = Blueprint("search", __name__)

NEWEST_CARDS = 5


@bp.get("/search")
def index() -> ResponseReturnValue:
    """Cards and threads for what somebody asks in his own words; without words, what is new in the library."""
    actor, asked = me(), Asked.read(request.args)
    meant = understand(actor, asked)
    found, is_away = Results(), False
    if not meant.is_empty:
        try:
            found = results(actor, asked, meant)
        except IndexUnavailable:
            is_away = True
    is_missed = bool(meant.words) and actor.is_member and asked.page == 1 and not (is_away or found.fits)
    can_keep = not (meant.is_empty or is_away) and can_save(actor) and asked.page == 1
    return render_template(
        "search/index.html",
        asked=asked,
        meant=meant,
        found=found,
        is_away=is_away,
        facets=facets(asked, found.hits) if asked.narrow and found.hits else (),
        most=MOST,
        instead=[offer(asked.text) for offer in WHEN_NOTHING],
        newer_url=asked.url(page=asked.page - 1) if asked.page > 1 else None,
        older_url=asked.url(page=asked.page + 1) if found.has_next else None,
        newest=_newest_cards(actor) if meant.is_empty else [],
        tags_of=tags_of,
        is_missed=is_missed,
        save=SaveForm(text=asked.text, arguments=arguments_of(asked)) if can_keep else None,
    )


def _newest_cards(actor: Actor) -> Sequence[Any]:
    newest = (
        published_cards(actor)
        .where(Experience.retired_at.is_(None))
        .order_by(Experience.published_at.desc(), Experience.id.desc())
        .limit(NEWEST_CARDS)
    )
    return db.session.execute(newest).all()


@bp.post("/search/typed")
def typed() -> ResponseReturnValue:
    """A part of any page with a search box: what fits the text typed so far. Reads only."""
    require(me().is_member)
    with reading():  # whoever types must not wait for whoever writes
        groups = suggestions(me(), request.form.get("text", ""))
    return render_template("search/_typed.html", groups=groups)


def _index_part() -> str:
    try:
        reader().state()
    except IndexUnavailable:
        return "rebuilding"
    return "ok"


PARTS["index"] = _index_part
