"""What was changed in posts, as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.differences import Passage, passages
from forum.extensions import db
from forum.threads.models import Post, PostRevision
from forum.units.models import Person, Unit

EDITS_SHOWN = 10


@dataclass(frozen=True)
class Edit:
    """One change of a post: the title where it changed, what changed in the text, and what stood before as a whole."""

    version: int  # that it replaced
    at: datetime
    why: str
    by: str | None  # None: its author
    title: tuple[Passage, ...]
    body: tuple[Passage, ...]
    former_title: str
    former_body: str


def edits_of(post: Post, before: int | None = None) -> tuple[list[Edit], int | None]:
    """The latest changes of a post, or those before the one that replaced version ``before``; and where to go on, if there are more."""
    wanted = (
        select(PostRevision, Person.name)
        .outerjoin(Person, Person.id == PostRevision.changed_by_id)
        .where(PostRevision.post_id == post.id)
        .order_by(PostRevision.version.desc())
    )
    if before is not None:  # what replaced the first one shown is needed too
        wanted = wanted.where(PostRevision.version <= before)
    rows = db.session.execute(wanted.limit(EDITS_SHOWN + 2)).tuples().all()
    title = post.thread.title if post.is_opening else ""
    later = (title, post.body, post.edited_at or post.created_at)
    if before is not None and rows and rows[0][0].version == before:
        later, rows = (rows[0][0].title, rows[0][0].body, rows[0][0].written_at), rows[1:]
    edits = []
    for row, by in rows[:EDITS_SHOWN]:
        to_title, to_body, at = later
        edits.append(
            Edit(
                row.version,
                at,
                row.why,
                by,
                passages(row.title, to_title) if row.title != to_title else (),
                passages(row.body, to_body),
                row.title,
                row.body,
            )
        )
        later = (row.title, row.body, row.written_at)
    return edits, edits[-1].version if len(rows) > EDITS_SHOWN else None


def author_of(post: Post) -> Any:
    """Who wrote a post, and for which unit."""
    return db.session.execute(
        select(Person.name, Unit.name.label("unit_name"))
        .select_from(Post)
        .join(Person, Person.id == Post.author_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(Post.id == post.id)
    ).one()
