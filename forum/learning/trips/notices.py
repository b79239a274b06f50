"""How notices about trips read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from forum.clock import day
from forum.extensions import db
from forum.learning.trips.labels import days
from forum.learning.trips.models import StudyTrip, TripMember, TripNote, TripTownship, TripUse
from forum.learning.trips.policies import readable_trips
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.robots.announcements import register_announcement
from forum.threads.models import Post, Thread
from forum.threads.policies import readable_in_township, readable_posts
from forum.units.actors import Actor

_TOLD = (
    StudyTrip.id,
    StudyTrip.thread_id,
    StudyTrip.title,
    StudyTrip.destination,
    StudyTrip.starts_on,
    StudyTrip.ends_on,
    StudyTrip.join_by,
    StudyTrip.reason,
)


def _trips(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    """Also whether the reader has a seat: of two changes one after the other, the last counts."""
    mine = select(TripMember.seated_at.is_not(None)).where(
        TripMember.trip_id == StudyTrip.id, TripMember.person_id == actor.id
    )
    rows = db.session.execute(
        select(*_TOLD, mine.scalar_subquery().label("has_seat"))
        .outerjoin(Thread, Thread.id == StudyTrip.thread_id)
        .where(StudyTrip.id.in_(ids), readable_trips(actor))
    )
    return {row.id: row for row in rows}


def _trips_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    """What a group reads: trips to which its township is invited, and that everybody there may read of."""
    invited = select(TripTownship.trip_id).where(TripTownship.trip_id == StudyTrip.id)
    rows = db.session.execute(
        select(*_TOLD)
        .join(Thread, Thread.id == StudyTrip.thread_id)
        .where(StudyTrip.id.in_(ids), readable_in_township(township_id))
        .where(or_(~invited.exists(), invited.where(TripTownship.township_id == township_id).exists()))
    )
    return {row.id: row for row in rows}


def _uses(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(TripUse.id, TripUse.what, StudyTrip.destination, StudyTrip.thread_id)
        .join(TripNote, TripNote.post_id == TripUse.note_id)
        .join(StudyTrip, StudyTrip.id == TripNote.trip_id)
        .join(Post, Post.id == TripNote.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(TripUse.id.in_(ids), readable_posts(actor))
    )
    return {row.id: row for row in rows}


def _opened(row: Any) -> Shown:
    text = _(
        "%(when)s去%(place)s学习：%(title)s。想去的，%(day)s前点一下报名。",
        when=days(row.starts_on, row.ends_on),
        place=row.destination,
        title=row.title,
        day=day(row.join_by),
    )
    return _at(row, text)


def _moved_up(row: Any) -> Shown:
    if not row.has_seat:
        return _changed(row)
    return _at(row, _("有人去不了，%(when)s去%(place)s，您排上了。", when=_when(row), place=row.destination))


def _added(row: Any) -> Shown:
    if row.has_seat:
        text = _("组织员给您报了名：%(when)s去%(place)s学习。", when=_when(row), place=row.destination)
    else:
        text = _("组织员给您报了名，等空位：%(when)s去%(place)s学习。", when=_when(row), place=row.destination)
    return _at(row, text)


def _taken_off(row: Any) -> Shown:
    return _at(row, _("组织员把您从“%(title)s”的名单里去掉了。", title=row.title))


def _changed(row: Any) -> Shown:
    return _at(
        row, _("“%(title)s”改了：%(when)s，去%(place)s。", title=row.title, when=_when(row), place=row.destination)
    )


def _cancelled(row: Any) -> Shown:
    return _at(row, _("“%(title)s”不去了：%(reason)s", title=row.title, reason=row.reason))


def _write(row: Any) -> Shown:
    text = _("从%(place)s回来了，说三句：看到什么，哪条我们村用得上，打算怎么用。", place=row.destination)
    return Shown(text, url_for("trips.note", trip_id=row.id), row.thread_id)


def _use_due(row: Any) -> Shown:
    text = _("从%(place)s学来的“%(what)s”，用上了吗？", place=row.destination, what=row.what)
    return Shown(text, url_for("trips.answer", use_id=row.id), row.thread_id)


def _when(row: Any) -> str:
    return days(row.starts_on, row.ends_on)


def _at(row: Any, text: str) -> Shown:
    return Shown(text, url_for("trips.show", trip_id=row.id), row.thread_id)


for _kind, _show in (
    ("trip.opened", _opened),
    ("trip.moved_up", _moved_up),
    ("trip.added", _added),
    ("trip.taken_off", _taken_off),
    ("trip.changed", _changed),
    ("trip.cancelled", _cancelled),
):
    register_notice(_kind, _trips, _show, topic=Topic.LEARNING)
for _kind, _show in (("trip.opened", _opened), ("trip.changed", _changed), ("trip.cancelled", _cancelled)):
    register_announcement(_kind, _trips_of, _show)
register_notice("trip.write", _trips, _write, topic=Topic.DUE)
register_notice("tripuse.due", _uses, _use_due, topic=Topic.DUE)
