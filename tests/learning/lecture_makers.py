"""Makers of experts and lectures for tests. Each commits."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from forum.clock import utcnow
from forum.extensions import db
from forum.learning.lectures.actions import Plan, Profile, add_expert, announce_lecture
from forum.learning.lectures.models import Expert, Lecture, Manner
from forum.units.actors import Actor


def make_expert(actor: Actor, name: str = "孟教授", **values: Any) -> Expert:
    usual = {"workplace": "省农业大学", "about": "讲果树。", "contact": "办公室 0632-1234567"}
    expert = add_expert(actor, Profile(name=name, **{**usual, **values}))
    db.session.commit()
    return expert


def lecture_plan(expert: Expert, **values: Any) -> Plan:
    """In a week, in the field."""
    usual = {
        "title": "石榴冬季怎么剪",
        "manner": Manner.FIELD,
        "starts_at": utcnow() + timedelta(days=7),
        "place": "前柳村石榴园",
        "brief": "带上剪子。",
    }
    return Plan(expert=expert, **{**usual, **values})


def make_lecture(actor: Actor, expert: Expert, *, is_over: bool = False, **values: Any) -> Lecture:
    lecture = announce_lecture(actor, lecture_plan(expert, **values))
    db.session.commit()
    if is_over:
        begun = {"starts_at": utcnow() - timedelta(days=1)}
        db.session.execute(update(Lecture).where(Lecture.id == lecture.id).values(begun))
        db.session.commit()
    db.session.refresh(lecture)
    return lecture
