"""A kind of notice of the tests' own: a thread is shown by its title to whoever may read it."""

from collections.abc import Collection, Iterator
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from forum.extensions import db
from forum.notices.delivery import deliver_next
from forum.notices.kinds import KINDS, Shown, Topic, register_notice
from forum.notices.models import InboxItem
from forum.notices.outbox import enqueue
from forum.threads.models import Thread
from forum.threads.policies import visible_threads
from forum.units.actors import Actor

KIND = "test.thread"


def load_threads(actor: Actor, ids: Collection[int]) -> dict[int, Any]:
    rows = db.session.execute(
        visible_threads(actor).with_only_columns(Thread.id, Thread.title).where(Thread.id.in_(ids))
    )
    return {row.id: row for row in rows}


def show_thread(row: Any) -> Shown:
    return Shown(f"有人回复了“{row.title}”。", url_for("threads.show", thread_id=row.id), row.id)


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    before = dict(KINDS)
    register_notice(KIND, load_threads, show_thread, topic=Topic.REPLIES)
    yield
    KINDS.clear()
    KINDS.update(before)


def tell(person: Actor, *threads: Thread, kind: str = KIND) -> None:
    """Tell a person of threads and have the worker deliver it."""
    for thread in threads:
        enqueue(person.id, kind, thread.id)
    db.session.commit()
    while deliver_next():
        pass


def items_of(person: Actor) -> list[InboxItem]:
    """A person's notices as they stand in the database, in the order of their ids."""
    db.session.rollback()
    query = select(InboxItem).where(InboxItem.person_id == person.id).order_by(InboxItem.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))
