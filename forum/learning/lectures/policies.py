"""Who sees experts and lectures, looks after them, and says what came of a lecture."""

from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from forum.learning.lectures.models import Expert, Lecture, has_begun
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor


def visible_experts(actor: Actor) -> Select[Expert]:
    """The experts of the actor's district."""
    return select(Expert).where(readable_experts(actor))


def readable_experts(actor: Actor) -> ColumnElement[bool]:
    return Expert.district_id == actor.district_id if actor.is_member else false()


def visible_lectures(actor: Actor) -> Select[Lecture]:
    """The lectures whose threads the actor may open."""
    return select(Lecture).join(Thread, Thread.id == Lecture.thread_id).where(readable_lectures(actor))


def readable_lectures(actor: Actor) -> ColumnElement[bool]:
    """For a query that joins their threads."""
    return readable_threads(actor) if actor.is_member else false()


def can_organise(actor: Actor) -> bool:
    """Keep the directory of experts, see how to reach them, and announce lectures."""
    return actor.is_organiser or actor.is_district


def can_manage(actor: Actor, lecture: Lecture | Any) -> bool:
    """Change it and say how many came; hear what people still want to hear."""
    return actor.organises(lecture.township_id, lecture.district_id)


def can_answer(actor: Actor, lecture: Lecture | Any, *, was_there: bool, has_answered: bool) -> bool:
    """Answer the three questions: once, after it, and only who was there."""
    return actor.is_member and has_begun(lecture) and was_there and not has_answered
