"""The demo's year of monthly meetings."""

from datetime import datetime, timedelta
from typing import Any

from forum.clock import local
from forum.consultations.models import ActionItem
from forum.demo.agendas import write_agenda
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.threads import Threads
from forum.extensions import db
from forum.markup import render
from forum.meetings.minutes.models import Minutes, MinutesPart, MinutesVersion
from forum.meetings.models import (
    Answer,
    Attendance,
    Meeting,
    MeetingState,
    Sitting,
)

ANNOUNCED_DAYS = 9  # before the day
HELD_STATES = (MeetingState.HELD, MeetingState.CLOSED)


def load_meetings(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> None:
    """Write the meetings with agenda, attendance and minutes, the oldest first."""
    for entry in sorted(entries, key=lambda e: (e["month"], e["number"])):
        _load(entry, threads, cast, days)


def _load(entry: dict[str, Any], threads: Threads, cast: Cast, days: Days) -> None:
    month = days.month(entry["month"])
    day = min(days.on(-entry["in_days"]), days.month_end()) if "in_days" in entry else month.replace(day=entry["day"])
    starts_at = days.moment(day, entry["start"])
    state = MeetingState(entry["state"])
    town = cast.unit(entry["township"])
    organiser = cast.organiser(town)
    is_past = state in HELD_STATES
    closed_at = starts_at + timedelta(days=entry["minutes"]["closed_after_days"]) if "minutes" in entry else None
    meeting = Meeting(
        township_id=town.id,
        district_id=town.district_id,
        month=month,
        number=entry["number"],
        theme=entry["theme"],
        brief=entry["brief"],
        state=state,
        reason=entry.get("reason", ""),
        created_by_id=organiser.person_id,
        created_at=starts_at - timedelta(days=ANNOUNCED_DAYS + 3),
        announced_at=None if state is MeetingState.DRAFT else starts_at - timedelta(days=ANNOUNCED_DAYS),
        held_at=starts_at if is_past else None,
        closed_at=closed_at if state is MeetingState.CLOSED else None,
    )
    db.session.add(meeting)
    db.session.flush()
    ends_at = days.moment(day, entry["end"])
    sitting = Sitting(meeting_id=meeting.id, place=entry["place"], starts_at=starts_at, ends_at=ends_at)
    db.session.add(sitting)
    db.session.flush()
    write_agenda(entry, meeting, sitting, threads, cast)
    for item in entry["agenda"]:
        thread = threads.threads[item["thread"]] if "thread" in item else None
        outcome = threads.outcomes.get(thread.id) if thread else None
        if outcome and state is MeetingState.CLOSED and outcome.concluded_at >= starts_at:
            outcome.meeting_id = meeting.id
            for action in db.session.scalars(db.select(ActionItem).where(ActionItem.outcome_id == outcome.id)):
                action.meeting_id = meeting.id
    if state is not MeetingState.DRAFT:
        _attend(entry, meeting, sitting, cast, is_past=is_past)
    if state is MeetingState.CLOSED and closed_at is not None:
        _publish(meeting.id, entry["minutes"]["text"], cast.person(entry["minutes"]["by"]).id, closed_at)
    db.session.flush()


def _publish(meeting_id: int, text: str, writer_id: int, at: datetime) -> None:
    written = {"meeting_id": meeting_id, "written_by_id": writer_id, "written_at": at}
    part = {"item": None, "thread": None, "kind": "", "title": "", "body": text}
    db.session.add(MinutesPart(body=text, body_html=render(text), **written))
    db.session.add(Minutes(meeting_id=meeting_id))
    db.session.add(MinutesVersion(number=1, revision=1, parts=[part], **written))


def _attend(entry: dict[str, Any], meeting: Meeting, sitting: Sitting, cast: Cast, *, is_past: bool) -> None:
    told = entry.get("attendance", {})
    leave, coming, absent = told.get("leave", {}), set(told.get("coming", ())), set(told.get("absent", ()))
    seated = set()
    for person, posting in cast.secretaries(entry["township"], local(sitting.starts_at).date()):
        if person.id in seated:  # he leads two villages and sits on one chair
            continue
        seated.add(person.id)
        answer = Answer.LEAVE if person.name in leave else None
        if answer is None and (person.name in coming or (is_past and person.name not in absent)):
            answer = Answer.COMING
        db.session.add(
            Attendance(
                sitting_id=sitting.id,
                meeting_id=meeting.id,
                person_id=person.id,
                posting_id=posting.id,
                unit_id=posting.unit_id,
                answer=answer,
                reason=leave.get(person.name, ""),
                answered_at=meeting.announced_at if answer else None,
                came=(person.name not in leave and person.name not in absent) if is_past else None,
            )
        )
