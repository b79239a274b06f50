"""Keeping a search, letting it go, and looking whether something new fits. The caller commits."""

from datetime import datetime

from sqlalchemy import delete, func, select

from forum.clock import local, utcnow
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.search.asked import CARDS, Asked
from forum.search.documents import Hit
from forum.search.saved.addresses import arguments_of
from forum.search.saved.models import ARGUMENTS_LENGTH, TEXT_LENGTH, SavedSearch, SearchFind
from forum.units.actors import Actor

MOST = 30  # of one person


class CannotSave(ValueError):
    """There is nothing to keep, or too much of it."""


def save_search(actor: Actor, asked: Asked) -> SavedSearch:
    """Keep a search; the one that is kept already, if it is. Raises CannotSave."""
    text, arguments = asked.text, arguments_of(asked)
    if not (text or arguments) or len(text) > TEXT_LENGTH or len(arguments) > ARGUMENTS_LENGTH:
        raise CannotSave
    mine = select(SavedSearch).where(SavedSearch.person_id == actor.id)
    same = mine.where(SavedSearch.text == text, SavedSearch.arguments == arguments)
    saved = db.session.scalars(same).one_or_none()
    if saved is None:
        if (db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST:
            raise CannotSave
        saved = SavedSearch(person_id=actor.id, text=text, arguments=arguments)
        db.session.add(saved)
        db.session.flush()
    return saved


def set_telling(saved: SavedSearch, on: bool) -> None:
    """Tell of what is new from now on, or no more."""
    if on and not saved.tells:
        saved.looked_at = utcnow()
    saved.tells = on


def drop_search(saved: SavedSearch) -> None:
    """Let a search go; what was told of it is told no more."""
    db.session.execute(delete(SearchFind).where(SearchFind.saved_search_id == saved.id))
    db.session.delete(saved)


def note_new(saved: SavedSearch, found: Hit | None, since: datetime, now: datetime) -> None:
    """Note that was looked, and tell of what was new since a moment: once a day, of the best; the list of his searches leads to the others."""
    saved.looked_at = now
    if found is None:
        return
    is_card = found.kind == CARDS
    column = "experience_id" if is_card else "thread_id"
    db.session.add(SearchFind(saved_search_id=saved.id, found_at=now, **{column: found.group}))
    saved.told_at, saved.new_since = now, local(since).date()
    enqueue(saved.person_id, "search.card" if is_card else "search.thread", found.group)
