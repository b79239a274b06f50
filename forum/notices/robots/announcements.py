"""What groups are told: the rooms that own the kinds register here, and queue what happened. The caller commits.

A group's chat is read by whoever is in it. So a kind's ``load(township_id, ids)`` gives only what everybody in the township may
read; it is asked again when the message is sent.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.hours import by_day
from forum.notices.kinds import Shown
from forum.notices.robots.models import Hears, Robot, RobotMessage

Load = Callable[[int, Collection[int]], Mapping[int, Any]]


class _Kind(NamedTuple):
    load: Load
    show: Callable[[Any], Shown]


ANNOUNCEMENTS: dict[str, _Kind] = {}


def register_announcement(kind: str, load: Load, show: Callable[[Any], Shown]) -> None:
    """Say how a kind is worded for groups."""
    ANNOUNCEMENTS[kind] = _Kind(load, show)


def tell_groups(township_id: int | None, hears: Hears, kind: str, subject_id: int) -> None:
    """Tell the groups of a township that want to hear of such things; at night, in the morning."""
    listening = select(Robot.id).where(
        Robot.township_id == township_id, Robot.paused_at.is_(None), getattr(Robot, f"hears_{hears}")
    )
    due_at = by_day(utcnow())
    for robot_id in db.session.scalars(listening):
        db.session.add(RobotMessage(robot_id=robot_id, kind=kind, subject_id=subject_id, due_at=due_at))


def announced(township_id: int, kind: str, subject_id: int) -> Shown | None:
    """What a group reads of it now; None when not everybody in it may. Inside ``written_for(None)``."""
    known = ANNOUNCEMENTS[kind]
    found = known.load(township_id, [subject_id]).get(subject_id)
    return known.show(found) if found is not None else None
