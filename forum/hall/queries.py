"""What wall and phones show, in one statement: where the hall is, and what is asked."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.hall.models import HallEcho, HallQuestion, HallState
from forum.library.models import Experience
from forum.library.policies import readable_cards
from forum.meetings.models import AgendaItem, Attendance, Meeting, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.published import presenter_of
from forum.meetings.sitting_queries import nearest_sitting
from forum.threads.models import Post, Reach, Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor, anyone
from forum.units.models import Person, Role, Unit

MOST_SHOWN = 40
BODY_SHOWN = 600  # characters of a question's text on the wall


def hall_of(actor: Actor, meeting_id: int, sitting_id: int | None = None) -> tuple[Any, Sequence[Any]] | None:
    """A sitting (or of the meeting's that which concerns the actor) with the item it is at, and what is asked from its benches.

    The place has title and text only where the actor may open its thread; ``before_id`` and ``after_id`` are the items beside it
    (``after_id`` the first one as long as the hall has not begun). The questions come in the chair's order, with how many would ask the
    same and whether the actor is one. One statement, so that a phone which finds something new stays within three. None for a meeting
    not his to see.
    """
    values = {**actor.as_parameters(), "meeting_id": meeting_id, "sitting_id": sitting_id}
    rows = db.session.execute(_hall_statement(actor.role), values).all()
    return (rows[0], [row for row in rows if row.question_id is not None]) if rows else None


@cache
def _hall_statement(role: Role | None) -> Select[*tuple[Any, ...]]:
    # Built once: a hall of two hundred phones asks this forty times a second.
    actor, asker, village = anyone(role), aliased(Person), aliased(Unit)
    mine = exists().where(HallEcho.question_id == HallQuestion.id, HallEcho.person_id == actor.id)
    echoes = select(func.count()).where(HallEcho.question_id == HallQuestion.id)
    return (
        _place_statement(role)
        .add_columns(
            HallQuestion.id.label("question_id"),
            HallQuestion.body,
            HallQuestion.person_id,
            asker.name,
            village.name.label("unit_name"),
            echoes.correlate(HallQuestion).scalar_subquery().label("echoes"),
            mine.correlate(HallQuestion).label("is_echoed"),
        )
        .outerjoin(HallQuestion, and_(HallQuestion.sitting_id == Sitting.id, HallQuestion.taken_off_at.is_(None)))
        .outerjoin(asker, asker.id == HallQuestion.person_id)
        .outerjoin(village, village.id == HallQuestion.unit_id)
        .order_by(HallQuestion.position, HallQuestion.id)
        .limit(MOST_SHOWN)
    )


def _place_statement(role: Role | None) -> Select[*tuple[Any, ...]]:
    actor = anyone(role)
    item, before, after, linked = AgendaItem, aliased(AgendaItem), aliased(AgendaItem), aliased(Thread)
    beside = [
        select(other.id)
        .where(other.meeting_id == Meeting.id, condition)
        .order_by(*order)
        .limit(1)
        .correlate(Meeting, item)
        .scalar_subquery()
        for other, condition, order in (
            (before, before.position < item.position, (before.position.desc(), before.id.desc())),
            (after, or_(item.id.is_(None), after.position > item.position), (after.position, after.id)),
        )
    ]
    is_listed = exists().where(
        Attendance.sitting_id == Sitting.id,
        or_(Attendance.person_id == actor.id, Attendance.substitute_id == actor.id),
    )
    asked_for, other = bindparam("sitting_id", type_=Integer()), aliased(Sitting)
    named = select(other.id).where(other.meeting_id == Meeting.id, other.id == asked_for)
    others = exists().where(other.meeting_id == Meeting.id, other.id != Sitting.id)
    return (
        select(
            Meeting.id.label("meeting_id"),
            Meeting.township_id,
            Meeting.district_id,
            Meeting.theme,
            Meeting.number,
            Meeting.state,
            Meeting.version.label("meeting_version"),
            Sitting.id.label("sitting_id"),
            Sitting.place,
            Sitting.starts_at,
            Sitting.ends_at,
            Sitting.chair_id,
            Sitting.note_taker_id,
            Sitting.name.label("sitting_name"),
            is_listed.label("is_listed"),
            others.correlate(Meeting, Sitting).label("is_one_of_several"),
            func.coalesce(HallState.version, 0).label("version"),
            HallState.item_began_at,
            item.id.label("item_id"),
            item.kind,
            item.title,
            presenter_of(item).label("presenter"),
            item.material,
            item.minutes_planned,
            linked.hidden_at.label("linked_hidden_at"),
            linked.reach.label("linked_reach"),
            Thread.id.label("thread_id"),
            Experience.id.label("card_id"),
            or_(
                and_(item.thread_id.is_not(None), Thread.id.is_(None)),
                and_(item.experience_id.is_not(None), Experience.id.is_(None)),
            ).label("is_closed_to_him"),
            func.substr(Post.body, 1, BODY_SHOWN).label("thread_body"),
            *(query.label(name) for query, name in zip(beside, ("before_id", "after_id"), strict=True)),
        )
        .select_from(Meeting)
        .join(Sitting, Sitting.id == func.coalesce(named.correlate(Meeting).scalar_subquery(), nearest_sitting(actor)))
        .outerjoin(HallState, HallState.sitting_id == Sitting.id)
        .outerjoin(item, item.id == HallState.item_id)
        .outerjoin(linked, linked.id == item.thread_id)
        # A wall is read by whoever sits there: what is for a panel does not stand on it, whoever leads.
        .outerjoin(Thread, and_(Thread.id == item.thread_id, Thread.reach != Reach.PANEL, readable_threads(actor)))
        .outerjoin(
            Experience,
            and_(Experience.id == item.experience_id, Experience.reach != Reach.PANEL, readable_cards(actor)),
        )
        .outerjoin(Post, and_(Post.thread_id == Thread.id, Post.is_opening))
        .where(Meeting.id == bindparam("meeting_id"), seen_meetings(actor))
    )
