"""What the inbox and the home page show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from forum.notices.kinds import Shown, Told, fit_in, show_notices
from forum.notices.models import InboxItem
from forum.notices.policies import own_items
from forum.paging import Page, cut, keyset_page
from forum.units.actors import Actor

MOST_LOADS = 6  # statements for the subjects of one page: one of many kinds of notices is shorter


@dataclass(frozen=True)
class Line:
    """A notice in the list; ``shown`` is None when its subject may not be seen any more, or not in the present office."""

    id: int
    created_at: datetime
    is_unread: bool
    shown: Shown | None


def inbox_page(actor: Actor, cursor: str | None) -> tuple[Page, list[Line]]:
    """A page of the actor's notices, newest first; each asked anew whether he may see what it tells."""
    query: Select[*tuple[Any, ...]] = select(
        InboxItem.id, InboxItem.created_at, InboxItem.kind, InboxItem.subject_id, InboxItem.read_at
    ).where(own_items(actor))
    page = keyset_page(query, InboxItem.created_at, InboxItem.id, cursor)
    told = [Told(row.kind, row.subject_id) for row in page.rows]
    fitting = fit_in(told, MOST_LOADS)
    page, told = cut(page, fitting, InboxItem.created_at, InboxItem.id), told[:fitting]
    shown = show_notices(actor, told)
    lines = [
        Line(row.id, row.created_at, row.read_at is None, shown.get(Told(row.kind, row.subject_id)))
        for row in page.rows
    ]
    return page, lines


def unread_by_thread(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Threads of which the actor has unread notices: ``thread_id``, ``count``, ``latest``; to be joined with what he may read."""
    return (
        select(
            InboxItem.thread_id,
            func.count().label("count"),
            func.max(InboxItem.created_at).label("latest"),
        )
        .where(own_items(actor), InboxItem.read_at.is_(None), InboxItem.thread_id.is_not(None))
        .group_by(InboxItem.thread_id)
    )
