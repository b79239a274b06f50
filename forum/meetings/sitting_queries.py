"""Meetings with their sittings as rows, for lists and pages alike."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.meetings.models import Answer, Attendance, Meeting, Sitting
from forum.meetings.policies import seen_meetings
from forum.units.actors import Actor
from forum.units.models import Person, Unit

Rows = Select[*tuple[Any, ...]]


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of those listed at all sittings of a meeting."""
    return (
        select(func.count())
        .select_from(Attendance)
        .where(Attendance.meeting_id == Meeting.id, *conditions)
        .correlate(Meeting)
        .scalar_subquery()
    )


def meeting_rows(actor: Actor) -> Rows:
    """Meetings the actor may open, each with the sitting that concerns him, its township, who was asked and what the actor answered.

    What concerns him is the sitting at which he is expected or stands in for somebody, else the one he chairs, else that at which
    he takes notes, else the first.
    """
    return _rows(actor, Sitting.id == nearest_sitting(actor))


def nearest_sitting(actor: Actor) -> ColumnElement[int]:
    """The id of the sitting of a meeting that concerns the actor, as a part of a statement about meetings."""
    sitting, mine = aliased(Sitting), aliased(Attendance)
    is_on_list = and_(mine.sitting_id == sitting.id, or_(mine.person_id == actor.id, mine.substitute_id == actor.id))
    concern = case(
        (mine.person_id == actor.id, 0),
        (mine.person_id.is_not(None), 1),
        (sitting.chair_id == actor.id, 2),
        (sitting.note_taker_id == actor.id, 3),
        else_=4,
    )
    return (
        select(sitting.id)
        .outerjoin(mine, is_on_list)
        .where(sitting.meeting_id == Meeting.id)
        .order_by(concern, sitting.position, sitting.id)
        .limit(1)
        .correlate(Meeting)
        .scalar_subquery()
    )


def sitting_rows(actor: Actor) -> Rows:
    """Like ``meeting_rows``, with a row for each sitting."""
    return _rows(actor, Sitting.meeting_id == Meeting.id)


def _rows(actor: Actor, at: ColumnElement[bool]) -> Rows:
    is_expected = Attendance.is_walk_in.is_(False)
    mine, others, principal, village = aliased(Attendance), aliased(Sitting), aliased(Attendance), aliased(Unit)
    its = others.meeting_id == Meeting.id
    not_chaired = exists().where(its, others.chair_id.is_distinct_from(actor.id)).correlate(Meeting)
    named = exists().where(its, or_(others.chair_id == actor.id, others.note_taker_id == actor.id)).correlate(Meeting)
    stands_in_for = (
        select(func.min(village.name))
        .join(principal, principal.unit_id == village.id)
        .where(principal.meeting_id == Meeting.id, principal.substitute_id == actor.id)
        .correlate(Meeting)
        .scalar_subquery()
    )
    return (
        select(
            Meeting.id,
            Meeting.township_id,
            Meeting.district_id,
            Meeting.month,
            Meeting.number,
            Meeting.theme,
            Meeting.theme_tag_id,
            Meeting.state,
            Meeting.reason,
            Meeting.announced_at,
            Meeting.version,
            Unit.name.label("township_name"),
            Sitting.id.label("sitting_id"),
            Sitting.name.label("sitting_name"),
            Sitting.kind.label("sitting_kind"),
            Sitting.place,
            Sitting.link,
            Sitting.starts_at,
            Sitting.ends_at,
            Sitting.chair_id,
            Sitting.note_taker_id,
            select(func.count()).where(its).correlate(Meeting).scalar_subquery().label("sitting_count"),
            select(func.max(others.starts_at)).where(its).correlate(Meeting).scalar_subquery().label("last_starts_at"),
            (~not_chaired).label("chairs_all"),
            named.label("is_named"),
            _count(is_expected).label("expected"),
            _count(is_expected, Attendance.answer.in_((Answer.COMING, Answer.SUBSTITUTE))).label("coming"),
            _count(is_expected, Attendance.answer == Answer.LEAVE).label("leave"),
            _count(Attendance.came.is_(True)).label("came"),
            _count(Attendance.came.is_not(None)).label("taken"),
            mine.answer.label("my_answer"),
            mine.reason.label("my_reason"),
            mine.signed_at.label("my_signed_at"),
            func.coalesce(mine.is_walk_in.is_(False), literal(False)).label("is_expected"),
            stands_in_for.label("stands_in_for"),
        )
        .select_from(Meeting)
        .join(Sitting, at)
        .join(Unit, Unit.id == Meeting.township_id)
        .outerjoin(mine, and_(mine.meeting_id == Meeting.id, mine.person_id == actor.id))
        .where(seen_meetings(actor))
    )


def sittings_of(meeting_id: int) -> Sequence[Any]:
    """The sittings of a meeting in their order, each with who leads it and the counts of its own list; one statement."""
    chair, note_taker = aliased(Person), aliased(Person)

    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        listed = select(func.count()).where(Attendance.sitting_id == Sitting.id, *conditions)
        return listed.correlate(Sitting).scalar_subquery()

    is_expected = Attendance.is_walk_in.is_(False)
    return db.session.execute(
        select(
            Sitting.id,
            Sitting.name,
            Sitting.kind,
            Sitting.place,
            Sitting.link,
            Sitting.starts_at,
            Sitting.ends_at,
            Sitting.chair_id,
            Sitting.note_taker_id,
            chair.name.label("chair_name"),
            note_taker.name.label("note_taker_name"),
            count(is_expected).label("expected"),
            count(is_expected, Attendance.answer.in_((Answer.COMING, Answer.SUBSTITUTE))).label("coming"),
            count(is_expected, Attendance.answer == Answer.LEAVE).label("leave"),
            count(Attendance.came.is_(True)).label("came"),
            count(Attendance.came.is_not(None)).label("taken"),
        )
        .select_from(Sitting)
        .outerjoin(chair, chair.id == Sitting.chair_id)
        .outerjoin(note_taker, note_taker.id == Sitting.note_taker_id)
        .where(Sitting.meeting_id == meeting_id)
        .order_by(Sitting.position, Sitting.id)
    ).all()
