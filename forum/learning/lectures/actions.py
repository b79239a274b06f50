"""Keeping the directory of experts, and announcing lectures. What people said of a lecture is in ``voices``. The caller commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from forum.audit.actions import record
from forum.changes import note_change
from forum.extensions import db
from forum.learning.invited import invited_secretaries, tell_invited_groups
from forum.learning.lectures.models import Expert, ExpertTag, Lecture, LectureVoices, Manner, has_begun
from forum.learning.lectures.texts import opening_text
from forum.notices.outbox import enqueue
from forum.threads.actions import begin_thread, edit_post
from forum.threads.models import Post, ThreadKind, ThreadTag
from forum.units.actors import Actor


class ChangedMeanwhile(Exception):
    """Somebody else saved another version first: the writer is shown both."""


class InTheDirectory(ValueError):
    """The person has a page as an expert already."""


@dataclass(frozen=True)
class Profile:
    """What the directory says of an expert."""

    name: str
    workplace: str
    about: str = ""
    contact: str = ""
    person_id: int | None = None
    tag_ids: Sequence[int] = ()


@dataclass(frozen=True)
class Plan:
    """What is set of a lecture."""

    title: str
    expert: Expert
    manner: Manner
    starts_at: datetime
    place: str = ""
    link: str = ""
    brief: str = ""
    heads: int | None = None
    tag_ids: Sequence[int] = ()


def add_expert(actor: Actor, profile: Profile) -> Expert:
    """Put an expert into the district's directory. Raises InTheDirectory."""
    if actor.district_id is None:
        raise ValueError("only somebody in office in a district keeps its directory")
    _refuse_twice(profile.person_id, None)
    expert = Expert(district_id=actor.district_id, created_by_id=actor.id)
    _describe(expert, profile)
    record(actor, "expert.add", "expert", expert.id, district_id=expert.district_id)
    return expert


def revise_expert(actor: Actor, expert: Expert, profile: Profile, *, version: int) -> None:
    """Change what the directory says. Raises ChangedMeanwhile and InTheDirectory."""
    _hold(Expert, expert.id)
    if expert.version != version:
        raise ChangedMeanwhile
    _refuse_twice(profile.person_id, expert.id)
    _describe(expert, profile)
    expert.version += 1
    record(actor, "expert.revise", "expert", expert.id, district_id=expert.district_id)


def announce_lecture(actor: Actor, plan: Plan) -> Lecture:
    """Begin the thread of a lecture: there people ask before it and talk after it. The secretaries concerned are told of one to come."""
    if actor.district_id is None:
        raise ValueError("only somebody in office in a district announces a lecture")
    lecture = Lecture(township_id=actor.township_id, district_id=actor.district_id, created_by_id=actor.id)
    _apply(lecture, plan)
    opening = begin_thread(
        actor, ThreadKind.LECTURE, plan.title, opening_text(lecture, plan.expert), tag_ids=sorted(set(plan.tag_ids))
    )
    lecture.thread_id = opening.thread_id
    db.session.add(lecture)
    db.session.flush()
    db.session.add(LectureVoices(lecture_id=lecture.id))
    _tell(actor, lecture, "lecture.announced")
    _put_on_record(actor, lecture, "announce")
    return lecture


def revise_lecture(actor: Actor, lecture: Lecture, plan: Plan, *, version: int) -> None:
    """Change what is set, or say how many came; the opening says the same, and what it said before is kept.

    Of another hour or place the secretaries concerned are told. Raises ChangedMeanwhile.
    """
    _hold(Lecture, lecture.id)
    if lecture.version != version:
        raise ChangedMeanwhile
    before = (lecture.starts_at, lecture.place, lecture.link)
    _apply(lecture, plan)
    lecture.version += 1
    db.session.execute(delete(ThreadTag).where(ThreadTag.thread_id == lecture.thread_id))
    db.session.add_all(ThreadTag(thread_id=lecture.thread_id, tag_id=ident) for ident in sorted(set(plan.tag_ids)))
    opening = db.session.scalars(
        select(Post)
        .options(db.joinedload(Post.thread))
        .where(Post.thread_id == lecture.thread_id, Post.is_opening)
        .execution_options(populate_existing=True)
    ).one()
    edit_post(actor, opening, opening_text(lecture, plan.expert), version=opening.version, title=plan.title)
    note_change("thread", lecture.thread_id)
    if (lecture.starts_at, lecture.place, lecture.link) != before:
        _tell(actor, lecture, "lecture.changed")
    _put_on_record(actor, lecture, "revise")


def _tell(actor: Actor, lecture: Lecture, kind: str) -> None:
    """Tell the secretaries and groups of its township, of a district's lecture all; of what is over nobody need be told."""
    if has_begun(lecture):
        return
    townships = [lecture.township_id] if lecture.township_id is not None else []
    for person_id in invited_secretaries(lecture.district_id, townships):
        if person_id != actor.id:
            enqueue(person_id, kind, lecture.id)
    tell_invited_groups(lecture.district_id, townships, kind, lecture.id)


def _describe(expert: Expert, profile: Profile) -> None:
    expert.name, expert.workplace, expert.person_id = profile.name, profile.workplace, profile.person_id
    expert.about, expert.contact = profile.about, profile.contact
    db.session.add(expert)
    db.session.flush()
    db.session.execute(delete(ExpertTag).where(ExpertTag.expert_id == expert.id))
    db.session.add_all(ExpertTag(expert_id=expert.id, tag_id=tag_id) for tag_id in sorted(set(profile.tag_ids)))


def _refuse_twice(person_id: int | None, expert_id: int | None) -> None:
    if person_id is not None:
        found = db.session.scalar(select(Expert.id).where(Expert.person_id == person_id))
        if found not in (None, expert_id):
            raise InTheDirectory


def _apply(lecture: Lecture, plan: Plan) -> None:
    lecture.title, lecture.expert_id, lecture.manner = plan.title, plan.expert.id, plan.manner
    lecture.starts_at, lecture.place, lecture.link = plan.starts_at, plan.place, plan.link
    lecture.brief, lecture.heads = plan.brief, plan.heads


def _hold(model: Any, ident: int) -> None:
    """Have the row to oneself until the end of the transaction, as it is by now."""
    query = select(model).where(model.id == ident).with_for_update(key_share=True)
    db.session.scalars(query.execution_options(populate_existing=True)).one()


def _put_on_record(actor: Actor, lecture: Lecture, deed: str) -> None:
    record(
        actor,
        f"lecture.{deed}",
        "lecture",
        lecture.id,
        township_id=lecture.township_id,
        district_id=lecture.district_id,
    )
