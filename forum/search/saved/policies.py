"""Who may see and keep saved searches: each his own."""

from sqlalchemy import Select, select

from forum.search.saved.models import SavedSearch
from forum.units.actors import Actor


def visible_saved_searches(actor: Actor) -> Select[SavedSearch]:
    """The actor's own."""
    return select(SavedSearch).where(SavedSearch.person_id == actor.id)


def can_save(actor: Actor) -> bool:
    return actor.is_member
