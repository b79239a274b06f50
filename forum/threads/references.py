"""What points at threads and posts: when threads are merged or split it goes along, stays with its row, or holds that where it is.

The room that owns a column says which, once, in a module that its views import; a test fails on a column of which nobody has.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Column, exists, select

from forum.extensions import db
from forum.media.models import Document, Picture
from forum.notices.models import InboxItem
from forum.tags.carriers import carries
from forum.threads.models import (
    Mention,
    Post,
    PostRevision,
    Reaction,
    Thread,
    ThreadAdmission,
    ThreadFollow,
    ThreadRead,
    ThreadTag,
)

Attribute = Any  # a mapped attribute, ``Outcome.thread_id``


class Along(NamedTuple):
    """A column that goes from a thread to the one it is merged into; ``mate`` is the column with which it must be unique, if any."""

    attribute: Attribute
    mate: str | None


ALONG: list[Along] = []
HOLDING: list[tuple[Column[Any], Callable[[], str]]] = []
KNOWN: set[tuple[str, str]] = set()


def goes_along(attribute: Attribute, mate: str | None = None) -> None:
    """Rows of a thread that is merged into another are the other's from then on."""
    _known(attribute)
    ALONG.append(Along(attribute, mate))


def holds(attribute: Attribute, reason: Callable[[], str]) -> None:
    """A thread with such rows is not merged into another, and a post with such rows does not leave its thread; the reason says why."""
    HOLDING.append((_known(attribute), reason))


def stays(*attributes: Attribute) -> None:
    """Rows follow the post they belong to, or tell of what was."""
    for attribute in attributes:
        _known(attribute)


def what_holds(kind: str, ids: Iterable[int]) -> str | None:
    """Why these threads (``kind`` is their table) or posts have to stay; None when nothing holds them. One statement."""
    wanted = list(ids)
    of_kind = [
        (column, reason)
        for column, reason in HOLDING
        if any(key.column.table.name == kind for key in column.foreign_keys)
    ]
    held = db.session.execute(select(*(exists().where(column.in_(wanted)) for column, _reason in of_kind))).one()
    return next((reason() for is_held, (_column, reason) in zip(held, of_kind, strict=True) if is_held), None)


def _known(attribute: Attribute) -> Column[Any]:
    column: Column[Any] = attribute.property.columns[0]
    KNOWN.add((column.table.name, column.name))
    return column


# Admissions stay: whoever was let into a thread was not let into the one that it is merged into. Nor has he read that one.
stays(Thread.accepted_post_id, Thread.merged_post_id, ThreadAdmission.thread_id, ThreadRead.thread_id)
stays(Post.thread_id, Post.parent_id, Post.root_id, Post.came_from_id)
stays(PostRevision.post_id, Mention.post_id, Reaction.post_id, Picture.post_id, Document.post_id)
goes_along(ThreadFollow.thread_id, "person_id")
goes_along(ThreadTag.thread_id, "tag_id")
carries(ThreadTag.tag_id, ThreadTag.thread_id, "thread")
goes_along(InboxItem.thread_id)
