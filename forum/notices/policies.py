"""Whose notices they are."""

from sqlalchemy import ColumnElement, Select, false, select

from forum.notices.models import InboxItem
from forum.units.actors import Actor


def own_items(actor: Actor) -> ColumnElement[bool]:
    """The condition for the actor's own notices; who is out of office has none to read."""
    return false() if actor.is_former else InboxItem.person_id == actor.id


def visible_items(actor: Actor) -> Select[InboxItem]:
    """The notices the actor may open: his own."""
    return select(InboxItem).where(own_items(actor))
