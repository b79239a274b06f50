"""What is new for a saved search."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from forum.extensions import db
from forum.search.asked import CARDS, understand
from forum.search.documents import Hit
from forum.search.lists import drawn_from
from forum.search.queries import card_results, find, sight_of, thread_results
from forum.search.saved.addresses import asked_of
from forum.search.saved.models import SavedSearch, SearchFind
from forum.units.actors import Actor

LOOKED_AT = 20  # results
EVERY = timedelta(hours=1)
AT_MOST_EVERY = timedelta(days=1)  # somebody is told


def saved_of(actor: Actor) -> list[tuple[SavedSearch, Any]]:
    """The actor's saved searches, the latest first, each with what it asks; one statement."""
    mine = select(SavedSearch).where(SavedSearch.person_id == actor.id)
    return [
        (saved, asked_of(saved.text, saved.arguments))
        for saved in db.session.scalars(mine.order_by(SavedSearch.id.desc()))
    ]


def next_due(now: datetime) -> Any | None:
    """The saved search whose turn it is to be looked at, if there is one; one statement."""
    return db.session.execute(
        select(SavedSearch.id, SavedSearch.person_id, SavedSearch.text, SavedSearch.arguments, SavedSearch.looked_at)
        .where(
            SavedSearch.tells,
            SavedSearch.looked_at <= now - EVERY,
            or_(SavedSearch.told_at.is_(None), SavedSearch.told_at <= now - AT_MOST_EVERY),
        )
        .order_by(SavedSearch.looked_at, SavedSearch.id)
        .limit(1)
    ).one_or_none()


def is_new(saved: Any, actor: Actor, since: datetime) -> Hit | None:
    """The best that the actor may read, was written since then by somebody else, fits, and was not told before.

    Needs a request context, for words are read as the actor's. Raises IndexUnavailable.
    """
    asked = asked_of(saved.text, saved.arguments)
    meant = understand(actor, asked)
    kinds = tuple(kind for kind in meant.filters.kinds or ("thread", CARDS) if kind != "post")
    filters = replace(meant.filters, kinds=kinds, since=int(since.timestamp()))
    hits = find(sight_of(actor), meant.words, filters, LOOKED_AT, patience=None)
    told = _told(saved)
    threads, cards = thread_results(actor, hits), card_results(actor, hits)
    for result in drawn_from(threads, cards, hits, meant.words):
        hit = result.hit
        row = (cards if hit.kind == CARDS else threads)[hit.group]
        if (result.fits or not meant.words) and row.author_id != actor.id and (hit.kind, hit.group) not in told:
            return hit
    return None


def _told(saved: Any) -> set[tuple[str, int]]:
    rows = db.session.execute(
        select(SearchFind.thread_id, SearchFind.experience_id).where(SearchFind.saved_search_id == saved.id)
    )
    return {("thread", row.thread_id) if row.thread_id else (CARDS, row.experience_id) for row in rows}
