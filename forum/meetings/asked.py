"""What the villages of a township asked lately, by what it is about: plain counts, and the threads behind each. Only what the actor may open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.consultations.models import FollowUp, FollowUpResult
from forum.extensions import db
from forum.meetings.agenda import LONGEST_AGENDA
from forum.meetings.models import Meeting, MeetingState
from forum.tags.models import Tag
from forum.tags.queries import shown_name
from forum.threads.models import Post, Reaction, ReactionKind, Thread, ThreadKind, ThreadTag
from forum.threads.policies import readable_threads
from forum.threads.queries import thread_rows
from forum.units.actors import Actor

LATELY = timedelta(days=90)


class Only(StrEnum):
    """Which of the questions about something."""

    ALL = "all"
    SAME = "same"  # those that other villages have too
    UNANSWERED = "unanswered"
    UNSOLVED = "unsolved"  # looked back on, and it did not help


UNSOLVED = exists().where(FollowUp.thread_id == Thread.id, FollowUp.result == FollowUpResult.UNSOLVED)
NARROWED: dict[Only, ColumnElement[bool]] = {
    Only.SAME: Thread.same_count > 0,
    Only.UNANSWERED: Thread.reply_count == 0,
    Only.UNSOLVED: and_(UNSOLVED, Thread.solved_at.is_(None)),
}


@dataclass(frozen=True)
class About:
    """What is asked under one tag."""

    tag_id: int
    name: str
    questions: int
    villages: int  # that asked
    same: int  # villages that said 我们村也有
    unanswered: int
    unsolved: int
    last_theme: date | None  # the month in which it was last the theme


@dataclass
class Group:
    """A tag of the first level, with what is asked under those below it."""

    name: str
    abouts: list[About] = field(default_factory=list)


def _asked(actor: Actor, township_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Thread.district_id == actor.district_id,
        Thread.township_id == township_id,
        Thread.created_at >= utcnow() - LATELY,
        Thread.kind == ThreadKind.QUESTION,
        Thread.hidden_at.is_(None),
        readable_threads(actor),
    )


def asked_lately(actor: Actor, township_id: int) -> list[Group]:
    """The groups in which was asked, and in each the tags, those that concern the most villages first; two statements."""
    asked = select(Thread.id, Thread.unit_id, Thread.same_count, Thread.reply_count).add_columns(
        NARROWED[Only.UNSOLVED].label("is_unsolved")
    )
    asked_ = asked.where(*_asked(actor, township_id)).cte("asked")
    carried, leaf, parent = aliased(Tag), aliased(Tag), aliased(Tag)
    last_theme = _last_theme(township_id)
    questions = func.count(distinct(asked_.c.id))
    rows = db.session.execute(
        select(
            leaf.id,
            leaf.name,
            leaf.name_en,
            func.coalesce(parent.id, leaf.id).label("group_id"),
            func.coalesce(parent.name, leaf.name).label("group_name"),
            func.coalesce(parent.name_en, leaf.name_en).label("group_name_en"),
            questions.label("questions"),
            func.count(distinct(asked_.c.unit_id)).label("villages"),
            func.count(distinct(asked_.c.id)).filter(asked_.c.reply_count == 0).label("unanswered"),
            func.count(distinct(asked_.c.id)).filter(asked_.c.is_unsolved).label("unsolved"),
            last_theme.c.month.label("last_theme"),
        )
        .select_from(asked_)
        .join(ThreadTag, ThreadTag.thread_id == asked_.c.id)
        .join(carried, carried.id == ThreadTag.tag_id)
        .join(leaf, leaf.id == func.coalesce(carried.merged_into_id, carried.id))
        .outerjoin(parent, parent.id == leaf.parent_id)
        .outerjoin(last_theme, last_theme.c.tag_id == leaf.id)
        .group_by(leaf.id, leaf.name, leaf.name_en, parent.id, parent.name, parent.name_en, last_theme.c.month)
    ).all()
    same = {
        row.tag_id: row.villages
        for row in db.session.execute(
            select(
                func.coalesce(carried.merged_into_id, carried.id).label("tag_id"),
                func.count(distinct(Reaction.unit_id)).label("villages"),
            )
            .select_from(asked_)
            .join(Post, and_(Post.thread_id == asked_.c.id, Post.is_opening))
            .join(Reaction, and_(Reaction.post_id == Post.id, Reaction.kind == ReactionKind.SAME))
            .join(ThreadTag, ThreadTag.thread_id == asked_.c.id)
            .join(carried, carried.id == ThreadTag.tag_id)
            .where(asked_.c.same_count > 0)
            .group_by(func.coalesce(carried.merged_into_id, carried.id))
        )
    }
    return _grouped(rows, same)


def _last_theme(township_id: int) -> Any:
    """By tag, the last month in which the township talked about it, or is going to."""
    theme_tag = aliased(Tag)
    tag_id = func.coalesce(theme_tag.merged_into_id, theme_tag.id)
    return (
        select(tag_id.label("tag_id"), func.max(Meeting.month).label("month"))
        .join(theme_tag, theme_tag.id == Meeting.theme_tag_id)
        .where(Meeting.township_id == township_id, Meeting.state != MeetingState.CANCELLED)
        .group_by(tag_id)
        .subquery()
    )


def _grouped(rows: Sequence[Any], same: dict[int, int]) -> list[Group]:
    groups: dict[int, Group] = {}
    weight: dict[int, int] = {}
    for row in sorted(rows, key=lambda r: (-(r.villages + same.get(r.id, 0)), -r.questions, r.id)):
        shown = shown_name(_Names(row.group_name, row.group_name_en))
        group = groups.setdefault(row.group_id, Group(shown))
        about = About(
            row.id,
            shown_name(row),
            row.questions,
            row.villages,
            same.get(row.id, 0),
            row.unanswered,
            row.unsolved,
            row.last_theme,
        )
        group.abouts.append(about)
        weight[row.group_id] = max(weight.get(row.group_id, 0), about.villages + about.same)
    return [groups[group_id] for group_id in sorted(groups, key=lambda g: (-weight[g], g))]


@dataclass(frozen=True)
class _Names:
    name: str
    name_en: str


def threads_about(
    actor: Actor, township_id: int, tag_id: int, only: Only = Only.ALL, among: Iterable[int] | None = None
) -> Sequence[Any]:
    """The questions behind a number, as many as fit onto an agenda: those of most villages first; one statement."""
    carried = aliased(Tag)
    is_about = (
        exists()
        .where(ThreadTag.thread_id == Thread.id, carried.id == ThreadTag.tag_id)
        .where(or_(carried.id == tag_id, carried.merged_into_id == tag_id))
    )
    query: Select[Any] = thread_rows(actor).where(*_asked(actor, township_id), is_about)
    if only is not Only.ALL:
        query = query.where(NARROWED[only])
    if among is not None:
        query = query.where(Thread.id.in_(list(among)))
    order = (Thread.same_count.desc(), Thread.reply_count, Thread.created_at.desc(), Thread.id)
    return db.session.execute(query.order_by(*order).limit(LONGEST_AGENDA)).all()
