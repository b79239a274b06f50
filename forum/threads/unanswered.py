"""Telling a township's groups, once, of a question that nobody has answered for three days."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.exc import IntegrityError

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.hours import by_day
from forum.notices.kinds import Shown
from forum.notices.robots.announcements import register_announcement
from forum.notices.robots.models import Robot, RobotMessage
from forum.notices.worker import register_job
from forum.threads.models import Reach, Thread, ThreadKind
from forum.units.models import Unit

KIND = "thread.unanswered"
PATIENCE = timedelta(days=3)
STILL_NEWS = timedelta(
    days=7
)  # after the three days; a robot that comes back after a long pause does not tell old ones
QUARTER_OF_AN_HOUR = 900


def tell_of_next() -> bool:
    """Queue one question for one group; whether there was one. What was asked before a robot came is not told to it."""
    now = utcnow()
    told = exists().where(
        RobotMessage.robot_id == Robot.id, RobotMessage.kind == KIND, RobotMessage.subject_id == Thread.id
    )
    found = db.session.execute(
        select(Thread.id, Robot.id.label("robot_id"))
        .join(Robot, Robot.township_id == Thread.township_id)
        .where(
            _waits_for_an_answer(),
            Thread.created_at <= now - PATIENCE,
            Thread.created_at > now - PATIENCE - STILL_NEWS,
            Thread.created_at > Robot.created_at,
            Robot.hears_unanswered,
            Robot.paused_at.is_(None),
            ~told,
        )
        .order_by(Thread.id)
        .limit(1)
    ).first()
    if found is None:
        return False
    try:
        with db.session.begin_nested():
            message = RobotMessage(robot_id=found.robot_id, kind=KIND, subject_id=found.id, once=True)
            message.due_at = by_day(now)
            db.session.add(message)
    except IntegrityError:  # another worker queued it at this moment
        pass
    return True


def _waits_for_an_answer() -> ColumnElement[bool]:
    """A question that the whole district may read, and nobody has replied to."""
    return and_(
        Thread.kind == ThreadKind.QUESTION,
        Thread.reach == Reach.DISTRICT,
        Thread.reply_count == 0,
        Thread.hidden_at.is_(None),
        Thread.locked_at.is_(None),
    )


def _threads_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Thread.id, Thread.title, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Thread.unit_id)
        .where(Thread.id.in_(ids), Thread.township_id == township_id, _waits_for_an_answer())
    )
    return {row.id: row for row in rows}


def _unanswered(row: Any) -> Shown:
    text = _("%(unit)s问了好几天，还没人答：“%(title)s”。办过的来说两句。", unit=row.unit_name, title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor="reply"))


register_announcement(KIND, _threads_of, _unanswered)
register_job("questions nobody answers", QUARTER_OF_AN_HOUR, tell_of_next)
