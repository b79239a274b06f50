"""What one chooses from when an outcome is written: the replies it rests on, and who may be given something to do."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from forum.extensions import db
from forum.threads.models import Post, Reaction, ReactionKind, Thread, ThreadAdmission
from forum.threads.policies import readable_threads
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind

MOST_REPLIES = 30  # of a thread, to choose from, until one asks for more
EXCERPTED = 400  # characters of a reply that a list needs of its body


@dataclass(frozen=True)
class Doer:
    """A unit, or somebody of it, as a list offers them; ``value`` is what a form sends."""

    value: str
    label: str
    unit_id: int
    person_id: int | None = None
    is_village: bool = False
    is_concerned: bool = False  # has asked, or said 我们村也有


def who_may_act(township_id: int | None, thread_ids: Collection[int], *, among_them: bool = False) -> list[Doer]:
    """The villages concerned by these threads, then the others of the township and itself, each with its people; one statement.

    Whoever answered may be named too, wherever he is from. ``among_them`` offers only those who took part: a thread for a panel is no
    matter of the others, and of their people only those who may read it. A bureau has nobody who leads it here, so somebody of it is named.
    """
    wrote = select(Post.unit_id).where(Post.thread_id.in_(thread_ids), Post.hidden_at.is_(None))
    has_same = (
        select(Reaction.unit_id)
        .join(Post, Post.id == Reaction.post_id)
        .where(Post.thread_id.in_(thread_ids), Reaction.kind == ReactionKind.SAME)
    )
    concerned = or_(Unit.id.in_(wrote.where(Post.is_opening)), Unit.id.in_(has_same))
    is_township = Unit.id == township_id
    offered = or_(concerned, is_township, Unit.id.in_(wrote))
    person: ColumnElement[bool] = Person.disabled_at.is_(None)
    if among_them:
        asked = select(Thread.author_id).where(Thread.id.in_(thread_ids))
        admitted = select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id.in_(thread_ids))
        organises = and_(is_township, Posting.role == Role.ORGANISER)
        person = and_(person, or_(Person.id.in_(asked), Person.id.in_(admitted), organises))
    else:
        offered = or_(offered, and_(Unit.township_id == township_id, Unit.kind == UnitKind.VILLAGE))
    first = case((concerned, 0), (is_township, 2), else_=1)
    doers: dict[str, Doer] = {}
    for row in db.session.execute(
        select(
            Unit.id,
            Unit.name,
            Unit.kind,
            first.label("place"),
            Person.id.label("person_id"),
            Person.name.label("person_name"),
        )
        .outerjoin(Posting, and_(Posting.unit_id == Unit.id, in_force()))
        .outerjoin(Person, and_(Person.id == Posting.person_id, person))
        .where(Unit.closed_at.is_(None), Unit.kind != UnitKind.DISTRICT, offered)
        .order_by(first, Unit.position, Unit.name, Unit.id, Person.id)
    ):
        village = {"is_village": row.kind is UnitKind.VILLAGE, "is_concerned": row.place == 0}
        if row.kind is not UnitKind.BUREAU:
            doers.setdefault(str(row.id), Doer(str(row.id), row.name, row.id, **village))
        if row.person_id is not None:
            value = f"p{row.person_id}"
            doers.setdefault(value, Doer(value, f"　{row.name} · {row.person_name}", row.id, row.person_id))
    return list(doers.values())


def replies_to_rest_on(
    actor: Actor, thread_ids: Iterable[int], *, kept: Collection[int] = (), most: int = MOST_REPLIES
) -> dict[int, list[Any]]:
    """The replies of these threads that an outcome may rest on: ``id``, ``unit_name``, ``author_name``, ``body`` (its beginning).

    By thread, the accepted answer first, then those called useful, so many at most, and all that were chosen (``kept``); hidden ones are
    left out. ``among`` says how many a thread has. One statement.
    """
    is_accepted = case((Thread.accepted_post_id == Post.id, 0), else_=1)
    order = (is_accepted, Post.useful_count.desc(), Post.created_at, Post.id)
    ranked = (
        select(
            Post.id,
            func.row_number().over(partition_by=Post.thread_id, order_by=order).label("place"),
            func.count().over(partition_by=Post.thread_id).label("among"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            readable_threads(actor),
            Post.thread_id.in_(list(thread_ids)),
            Post.is_opening.is_(False),
            Post.hidden_at.is_(None),
        )
        .subquery()
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(
        select(
            Post.id,
            Post.thread_id,
            func.substr(Post.body, 1, EXCERPTED).label("body"),
            Unit.name.label("unit_name"),
            Person.name.label("author_name"),
            ranked.c.among,
        )
        .join(ranked, ranked.c.id == Post.id)
        .join(Unit, Unit.id == Post.unit_id)
        .join(Person, Person.id == Post.author_id)
        .where(or_(ranked.c.place <= most, Post.id.in_(list(kept))))
        .order_by(Post.thread_id, ranked.c.place)
    ):
        found.setdefault(row.thread_id, []).append(row)
    return found
