"""How notices about lectures read, to secretaries and to the groups of townships."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.clock import moment
from forum.extensions import db
from forum.learning.lectures.models import Expert, Lecture
from forum.learning.lectures.policies import readable_lectures
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.robots.announcements import register_announcement
from forum.threads.models import Thread
from forum.threads.policies import readable_in_township
from forum.units.actors import Actor


def _rows(ids: Collection[int], condition: Any) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(
            Lecture.id,
            Lecture.thread_id,
            Lecture.title,
            Lecture.starts_at,
            Lecture.place,
            Expert.name.label("expert"),
            Expert.workplace,
        )
        .join(Thread, Thread.id == Lecture.thread_id)
        .join(Expert, Expert.id == Lecture.expert_id)
        .where(Lecture.id.in_(ids), condition)
    )
    return {row.id: row for row in rows}


def _lectures(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    return _rows(ids, readable_lectures(actor))


def _lectures_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    """What a group reads: lectures that everybody in the township may read of."""
    return _rows(ids, readable_in_township(township_id))


def _announced(row: Any) -> Shown:
    text = _(
        "%(who)s来讲《%(title)s》：%(when)s，%(place)s。想问什么先写上。",
        who=_("%(name)s（%(workplace)s）", name=row.expert, workplace=row.workplace),
        title=row.title,
        when=moment(row.starts_at),
        place=row.place or _("线上"),
    )
    return _at(row, text)


def _changed(row: Any) -> Shown:
    text = _(
        "《%(title)s》这堂课改了：%(when)s，%(place)s。",
        title=row.title,
        when=moment(row.starts_at),
        place=row.place or _("线上"),
    )
    return _at(row, text)


def _at(row: Any, text: str) -> Shown:
    return Shown(text, url_for("lectures.show", lecture_id=row.id), row.thread_id)


for _kind, _show in (("lecture.announced", _announced), ("lecture.changed", _changed)):
    register_notice(_kind, _lectures, _show, topic=Topic.LEARNING)
    register_announcement(_kind, _lectures_of, _show)
