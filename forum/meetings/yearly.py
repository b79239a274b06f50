"""When a township usually meets: its rule, the dates of a year, drafts for them, and a month like the one before. The caller commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from forum.audit.actions import record
from forum.clock import from_local, local, today
from forum.extensions import db
from forum.meetings.actions import next_number, schedule
from forum.meetings.models import Meeting, MeetingRule, MeetingState, Sitting
from forum.meetings.sittings import USUAL_LENGTH, Plan, SittingPlan, sitting_plans
from forum.units.actors import Actor
from forum.units.models import Unit

MONTHS_AHEAD = 12
LAST_WEEK = 5


@dataclass(frozen=True)
class Rule:
    """Every month's ``week``-th ``weekday`` (0 is Monday; week 5 is the last), at an hour, for so many minutes, at a place."""

    week: int
    weekday: int
    starts: time
    minutes: int
    place: str

    def day_in(self, month: date) -> date:
        """The day that the rule means in a month."""
        return nth_weekday(month, self.week, self.weekday)

    def sitting_on(self, day: date) -> SittingPlan:
        """The sitting that the rule means, held on a day."""
        starts_at = from_local(datetime.combine(day, self.starts))
        return SittingPlan(place=self.place, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=self.minutes))


def nth_weekday(month: date, week: int, weekday: int) -> date:
    """A month's first, …, fourth or (5) last of a weekday."""
    first = month.replace(day=1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))
    return day if day.month == month.month else day - timedelta(days=7)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def months_ahead() -> list[date]:
    """This month and the eleven after it, each by its first day."""
    months = [today().replace(day=1)]
    while len(months) < MONTHS_AHEAD:
        months.append(next_month(months[-1]))
    return months


def rule_of(township_id: int) -> Rule | None:
    """A township's rule; None before anybody has set one."""
    kept = db.session.get(MeetingRule, township_id)
    return Rule(kept.week, kept.weekday, kept.starts, kept.minutes, kept.place) if kept else None


def set_rule(actor: Actor, township: Unit, rule: Rule) -> None:
    """Say when the township usually meets; meetings that are planned already stay where they are."""
    kept = db.session.get(MeetingRule, township.id)
    if kept is None:
        kept = MeetingRule(township_id=township.id)
        db.session.add(kept)
    kept.week, kept.weekday, kept.starts = rule.week, rule.weekday, rule.starts
    kept.minutes, kept.place, kept.changed_by_id = rule.minutes, rule.place, actor.id
    db.session.flush()
    record(actor, "meeting.rule", "unit", township.id, township_id=township.id, district_id=township.district_id)


def meetings_ahead(township_id: int) -> dict[date, Any]:
    """The meetings planned or held in the next twelve months, by month; of two in one the earlier. One statement."""
    rows = db.session.execute(
        select(
            Meeting.id,
            Meeting.month,
            Meeting.number,
            Meeting.theme,
            Meeting.state,
            func.min(Sitting.starts_at).label("at"),
        )
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .where(
            Meeting.township_id == township_id,
            Meeting.month.between(months_ahead()[0], months_ahead()[-1]),
            Meeting.state != MeetingState.CANCELLED,
        )
        .group_by(Meeting.id, Meeting.month, Meeting.number, Meeting.theme, Meeting.state)
        .order_by(Meeting.month, func.min(Sitting.starts_at).desc(), Meeting.id.desc())
    )
    return {row.month: row for row in rows}


def draft_year(actor: Actor, township: Unit, rule: Rule, days: Mapping[date, date]) -> list[Meeting]:
    """Make a draft on each of these days, by month, with the theme still open; months that have a meeting by now are left out."""
    taken = meetings_ahead(township.id)
    missing = sorted(month for month in days if month not in taken)
    first = next_number(township.id)
    return [
        schedule(actor, township, Plan(month, first + n, "", (rule.sitting_on(days[month]),)))
        for n, month in enumerate(missing)
    ]


def last_meeting(township_id: int) -> Meeting | None:
    """The township's latest meeting that was not cancelled, with its sittings."""
    its = (Meeting.township_id == township_id, Meeting.state != MeetingState.CANCELLED)
    latest = select(Meeting.id).where(*its).order_by(Meeting.month.desc(), Meeting.id.desc()).limit(1).scalar_subquery()
    query = select(Meeting).join(Meeting.sittings).options(contains_eager(Meeting.sittings)).where(Meeting.id == latest)
    return db.session.scalars(query.order_by(Sitting.position, Sitting.id)).unique().one_or_none()


def sittings_like(meeting: Meeting, month: date, rule: Rule | None) -> list[SittingPlan]:
    """The sittings of a meeting moved to another month: to the day of the rule, else to the same weekday of the same week."""
    plans = sitting_plans(meeting, anew=True)
    old = local(plans[0].starts_at).date()
    new = rule.day_in(month) if rule else nth_weekday(month, (old.day - 1) // 7 + 1, old.weekday())
    return [_on(plan, new, old, month) for plan in plans]


def _on(plan: SittingPlan, new: date, old: date, month: date) -> SittingPlan:
    begins = local(plan.starts_at)
    day = new + (begins.date() - old)
    day = day if day.replace(day=1) == month else new  # one that would leave the month is held with the first
    starts_at = from_local(datetime.combine(day, begins.time()))
    return replace(plan, starts_at=starts_at, ends_at=starts_at + (plan.ends_at - plan.starts_at))


def usual_sittings(township: Unit, month: date) -> Sequence[SittingPlan]:
    """Where and when the township would meet in a month: by its rule, else as last time, else on the last Friday at its seat."""
    rule = rule_of(township.id)
    if rule is not None:
        return [rule.sitting_on(rule.day_in(month))]
    last = last_meeting(township.id)
    if last is not None:
        return sittings_like(last, month, None)
    minutes = int(USUAL_LENGTH.total_seconds() // 60)
    fallback = Rule(LAST_WEEK, 4, time(9), minutes, township.name)
    return [fallback.sitting_on(fallback.day_in(month))]
