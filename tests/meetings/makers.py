"""Makers of meetings for tests. Each commits, so that requests see what the test made."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from forum.clock import from_local, local, utcnow
from forum.consultations.actions import Task, Written
from forum.extensions import db
from forum.meetings import actions, afterwards, agenda
from forum.meetings.closing.actions import Closing, Conclusion, close
from forum.meetings.minutes.actions import write_part
from forum.meetings.models import AgendaItem, AgendaKind, Attendance, Meeting, MeetingState, Sitting
from forum.meetings.sittings import Plan, SittingPlan, sitting_plans
from forum.threads.models import Thread
from tests.factories import World


def plan(starts_at: datetime | None = None, **values: Any) -> Plan:
    """A plan for tomorrow at nine, unless said."""
    if starts_at is None:
        tomorrow = local(utcnow()) + timedelta(days=1)
        starts_at = from_local(datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9))
    names = {field.name for field in fields(SittingPlan)}
    sitting = {name: values.pop(name) for name in names & values.keys()}
    given = {
        "month": local(starts_at).date().replace(day=1),
        "number": 56,
        "theme": "地没人种怎么办",
        "sittings": (place(starts_at, **sitting),),
    }
    return Plan(**given | values)


def place(starts_at: datetime, **values: Any) -> SittingPlan:
    """A sitting of ninety minutes in the greenhouse, unless said."""
    return SittingPlan(
        **{"place": "前柳村大棚", "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=90)} | values
    )


def plan_of(meeting: Meeting, **values: Any) -> Plan:
    """The plan that leaves a meeting as it is; with ``values`` for its first sitting or the meeting changed."""
    meeting = reloaded(meeting)
    if "starts_at" in values:
        values = {"ends_at": values["starts_at"] + timedelta(minutes=90)} | values
    of_first = {field.name for field in fields(SittingPlan)} & values.keys()
    sittings = sitting_plans(meeting)
    sittings[0] = replace(sittings[0], **{name: values.pop(name) for name in of_first})
    given = {"month": local(sittings[0].starts_at).date().replace(day=1), "number": meeting.number}
    given |= {"theme": meeting.theme, "brief": meeting.brief, "theme_tag_id": meeting.theme_tag_id}
    return Plan(**given | {"sittings": tuple(sittings)} | values)


def began(minutes_ago: int = 60) -> datetime:
    """A start that lies a little back, for meetings that are over."""
    return utcnow() - timedelta(minutes=minutes_ago)


def make_meeting(world: World, state: str = "announced", starts_at: datetime | None = None, **values: Any) -> Meeting:
    """A meeting of the first township, taken to a state as its organiser would take it."""
    if starts_at is None and state in ("held", "closed"):
        starts_at = began()
    meeting = actions.schedule(world.organiser, world.town, plan(starts_at, **values))
    if state not in ("draft",):
        actions.announce(world.organiser, meeting)
    if state in ("held", "closed"):
        actions.hold(world.organiser, meeting)
    if state == "closed":
        afterwards.take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
        write_part(world.organiser, meeting, "说了三件事。", version=0)
        close(world.organiser, meeting, Closing(left_out="只有总的记录"))
    if state in ("postponed", "cancelled"):
        {"postponed": actions.postpone, "cancelled": actions.cancel}[state](world.organiser, meeting, "防汛")
    db.session.commit()
    return meeting


def make_item(world: World, meeting: Meeting, title: str = "前柳村讲流转", **values: Any) -> AgendaItem:
    """A line of the agenda, published where the meeting is."""
    line = agenda.Line(values.pop("kind", AgendaKind.CASE), title, **values)
    meeting = reloaded(meeting)
    item = agenda.add_item(world.organiser, meeting, line)
    if meeting.state is MeetingState.ANNOUNCED:
        agenda.publish_agenda(world.organiser, meeting, version=meeting.version)
    db.session.commit()
    return item


def link(world: World, meeting: Meeting, thread: Thread) -> AgendaItem:
    """A line made of a thread."""
    return make_item(world, meeting, thread.title, kind=AgendaKind.QUESTION, thread_id=thread.id)


def close_with(world: World, thread: Thread, **values: Any) -> Meeting:
    """A closed meeting that found something of a thread, with minutes and one thing to do."""
    meeting = make_meeting(world, "held", **values)
    link(world, meeting, thread)
    meeting = reloaded(meeting)
    afterwards.take_attendance(world.organiser, meeting, [world.secretary.id], version=meeting.version)
    write_part(world.organiser, meeting, "# 讲了什么\n前柳村讲了**流转**。", version=0)
    task = Task("登记土地", world.village.id, None)
    written = Written(statement="成立合作社", tasks=[task])
    found = [Conclusion(db.session.get_one(Thread, thread.id), written)]
    close(world.organiser, reloaded(meeting), Closing(found))
    db.session.commit()
    return meeting


def reloaded(meeting: Meeting) -> Meeting:
    """The meeting as it stands in the database now, with its sittings."""
    query = db.select(Meeting).where(Meeting.id == meeting.id).execution_options(populate_existing=True)
    return db.session.scalars(query.options(db.joinedload(Meeting.sittings))).unique().one()


def state_of(meeting: Meeting) -> MeetingState:
    """The state the database holds."""
    db.session.rollback()
    return db.session.scalars(db.select(Meeting.state).where(Meeting.id == meeting.id)).one()


def attendance(meeting: Meeting) -> dict[int, Attendance]:
    """Attendance by person."""
    rows = db.session.scalars(
        db.select(Attendance)
        .join(Sitting, Sitting.id == Attendance.sitting_id)
        .where(Sitting.meeting_id == meeting.id)
        .execution_options(populate_existing=True)
    )
    return {row.person_id: row for row in rows}
