"""Whom one may name while one types an @: people who may read the thread, and nobody else."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select

from forum.extensions import db
from forum.threads.models import Post
from forum.threads.policies import ThreadFacts
from forum.threads.readers import may_read
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Unit

MOST_OFFERED = 8
LONGEST = 30


def people_to_name(actor: Actor, thread: ThreadFacts, typed: str) -> Sequence[Any]:
    """Readers of a thread that what was typed after an @ may mean: ``name``, ``unit_name``, ``office``, and ``namesakes`` among its readers.

    By name, by village, by how they sound; whoever wrote in the thread first, then those near by. One statement.
    """
    text = typed[:LONGEST].strip().replace("·", "")
    sound = text.replace("'", "").lower()
    postings = (
        select(
            Person.id,
            Person.name,
            Person.sounds,
            Unit.name.label("unit_name"),
            Unit.township_id,
            Posting.title.label("office"),
            func.row_number().over(partition_by=Person.id, order_by=(Posting.since.desc(), Posting.id)).label("place"),
        )
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(may_read(thread))
        .subquery()
    )
    namesakes = func.count().over(partition_by=postings.c.name).label("namesakes")
    people = select(postings, namesakes).where(postings.c.place == 1).subquery()
    fits = [(people.c.unit_name + people.c.name).contains(text, autoescape=True)]
    if len(sound) > 1 and sound.isascii() and sound.isalpha():
        fits.append(people.c.sounds.contains(f" {sound}"))
    wrote = exists().where(Post.thread_id == thread.id, Post.author_id == people.c.id, Post.hidden_at.is_(None))
    return db.session.execute(
        select(people.c.name, people.c.unit_name, people.c.office, people.c.namesakes)
        .where(people.c.id != actor.id, or_(*fits))
        .order_by(
            wrote.desc(),
            (func.coalesce(people.c.township_id, 0) == (actor.township_id or 0)).desc(),
            people.c.unit_name,
            people.c.name,
            people.c.id,
        )
        .limit(MOST_OFFERED)
    ).all()
