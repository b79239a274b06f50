"""What the pages of experts and lectures load: rows, and the same number of statements for one and for thirty."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.learning.lectures.models import (
    FEWEST_SHOWN,
    Expert,
    ExpertTag,
    Lecture,
    LectureAnswered,
    LectureVoices,
)
from forum.learning.lectures.policies import readable_experts, readable_lectures
from forum.paging import Page, keyset_page
from forum.tags.queries import tag_lines
from forum.threads.models import Thread
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit

Rows = Select[*tuple[Any, ...]]
MOST_COMING = 50
MOST_EXPERTS = 300


def lecture_rows(actor: Actor) -> Rows:
    """Lectures the actor may open, with what a list shows of each."""
    township = aliased(Unit)
    return (
        select(
            Lecture.id,
            Lecture.thread_id,
            Lecture.expert_id,
            Lecture.title,
            Lecture.brief,
            Lecture.manner,
            Lecture.starts_at,
            Lecture.place,
            Lecture.link,
            Lecture.heads,
            Lecture.township_id,
            Lecture.district_id,
            Expert.name.label("expert"),
            Expert.workplace,
            township.name.label("township_name"),
            Thread.reply_count,
            Thread.hidden_at,
            Thread.hidden_reason,
        )
        .join(Thread, Thread.id == Lecture.thread_id)
        .join(Expert, Expert.id == Lecture.expert_id)
        .outerjoin(township, township.id == Lecture.township_id)
        .where(readable_lectures(actor))
    )


def coming_lectures(actor: Actor) -> Sequence[Any]:
    """What is to come, the next first."""
    coming = lecture_rows(actor).where(Lecture.starts_at > utcnow())
    return db.session.execute(coming.order_by(Lecture.starts_at, Lecture.id).limit(MOST_COMING)).all()


def past_lectures(actor: Actor, cursor: str | None) -> Page:
    """What was, the latest first."""
    past = lecture_rows(actor).where(Lecture.starts_at <= utcnow())
    return keyset_page(past, Lecture.starts_at, Lecture.id, cursor)


def lectures_by(actor: Actor, expert_id: int) -> Sequence[Any]:
    """An expert's, the latest first."""
    own = lecture_rows(actor).where(Lecture.expert_id == expert_id)
    return db.session.execute(own.order_by(Lecture.starts_at.desc(), Lecture.id).limit(MOST_COMING)).all()


def lecture_head(actor: Actor, lecture_id: int) -> Any | None:
    """The row of one lecture with whether the actor has answered; None when it is not his to see."""
    answered = exists().where(LectureAnswered.lecture_id == Lecture.id, LectureAnswered.person_id == actor.id)
    query = lecture_rows(actor).add_columns(answered.correlate(Lecture).label("has_answered"))
    return db.session.execute(query.where(Lecture.id == lecture_id)).one_or_none()


def voices_of(lecture_id: int) -> LectureVoices | None:
    """What people said of it, once enough have that nobody knows whose it is."""
    voices = db.session.get(LectureVoices, lecture_id)
    if voices is None or voices.understood_yes + voices.understood_partly + voices.understood_no < FEWEST_SHOWN:
        return None
    return voices


def expert_rows(actor: Actor, tag_id: int | None = None) -> Sequence[Any]:
    """The directory by name, of those who teach a subject if one is named. Without contacts."""
    query = (
        select(
            Expert.id,
            Expert.name,
            Expert.workplace,
            tag_lines(ExpertTag.tag_id, ExpertTag.expert_id == Expert.id, Expert),
        )
        .where(readable_experts(actor))
        .order_by(Expert.name, Expert.id)
        .limit(MOST_EXPERTS)
    )
    if tag_id is not None:
        query = query.where(exists().where(ExpertTag.expert_id == Expert.id, ExpertTag.tag_id == tag_id))
    return db.session.execute(query).all()


def subjects_of(expert_id: int) -> list[int]:
    """The ids of the subjects an expert teaches."""
    return list(db.session.scalars(select(ExpertTag.tag_id).where(ExpertTag.expert_id == expert_id)))


def expert_people(actor: Actor) -> Sequence[Any]:
    """People of the forum who are in office as experts: ``id``, ``name``, ``unit_name``; once each."""
    rows = db.session.execute(
        select(Person.id, Person.name, Unit.name.label("unit_name"))
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Posting.role == Role.EXPERT,
            in_force(),
            Unit.district_id == actor.district_id,
            Person.disabled_at.is_(None),
        )
        .order_by(Unit.name, Person.id, Posting.id)
    )
    found: dict[int, Any] = {}
    for row in rows:
        found.setdefault(row.id, row)
    return list(found.values())
