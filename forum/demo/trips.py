"""The demo's study trips: who went, what they wrote, and what became of it at home."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from forum.changes import note_change
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.learning.trips.models import (
    StudyTrip,
    TripAnswer,
    TripMember,
    TripNote,
    TripStop,
    TripTownship,
    TripUse,
    UseResult,
)
from forum.learning.trips.texts import note_text, opening_text
from forum.markup import below_title, render
from forum.threads.models import Post, Thread, ThreadFollow, ThreadKind
from forum.units.models import Posting


def load_trips(entries: list[dict[str, Any]], cast: Cast, days: Days) -> None:
    """Write the trips with all that hangs on them."""
    for entry in entries:
        planner = cast.posting(entry["by"], days.on(entry["days_ago"]))
        trip = _trip(entry, planner, cast, days)
        for place, name in enumerate(entry["members"]):
            _join(name, place, trip, entry, cast, days)
        trip.taken = len(entry["members"])
        for note in entry["notes"]:
            _note(note, trip, cast, days)
        db.session.flush()


def _trip(entry: dict[str, Any], planner: Posting, cast: Cast, days: Days) -> StudyTrip:
    unit, at = cast.unit_of(planner), days.at(entry)
    trip = StudyTrip(
        title=entry["title"],
        destination=entry["destination"],
        brief=entry["brief"],
        township_id=unit.township_id,
        district_id=unit.district_id,
        starts_on=days.on(entry["starts_days_ago"]),
        ends_on=days.on(entry["ends_days_ago"]),
        join_by=days.on(entry["join_by_days_ago"]),
        seats=entry["seats"],
        created_by_id=planner.person_id,
        created_at=at,
    )
    stops = [TripStop(position=number, **stop) for number, stop in enumerate(entry["stops"])]
    thread = Thread(
        kind=ThreadKind.TRIP,
        title=trip.title,
        author_id=planner.person_id,
        posting_id=planner.id,
        unit_id=unit.id,
        township_id=unit.township_id,
        district_id=unit.district_id,
        created_at=at,
        last_post_at=at,
    )
    db.session.add_all((trip, thread))
    db.session.flush()
    trip.thread_id = thread.id
    for stop in stops:
        stop.trip_id = trip.id
    db.session.add_all(stops)
    if unit.township_id is not None:
        db.session.add(TripTownship(trip_id=trip.id, township_id=unit.township_id))
    _post(thread, planner, opening_text(trip, stops), at, is_opening=True)
    db.session.add(ThreadFollow(thread_id=thread.id, person_id=planner.person_id, created_at=at))
    note_change("thread", thread.id)
    return trip


def _post(thread: Thread, writer: Posting, body: str, at: Any, *, is_opening: bool = False) -> Post:
    post = Post(
        thread_id=thread.id,
        is_opening=is_opening,
        author_id=writer.person_id,
        posting_id=writer.id,
        unit_id=writer.unit_id,
        body=body,
        body_html=render(below_title(body, thread.title) if is_opening else body),
        created_at=at,
    )
    db.session.add(post)
    db.session.flush()
    return post


def _join(name: str, place: int, trip: StudyTrip, entry: dict[str, Any], cast: Cast, days: Days) -> None:
    posting = cast.posting(name, days.on(entry["days_ago"] - 1))
    at = days.moment(days.on(entry["days_ago"] - 1), f"{8 + place // 4:02d}:{place % 4 * 14 + 3:02d}")
    asked = days.moment(days.on(entry["ends_days_ago"] - 1), "08:00") if trip.ends_on < days.today else None
    db.session.add(
        TripMember(
            trip_id=trip.id,
            person_id=posting.person_id,
            posting_id=posting.id,
            unit_id=posting.unit_id,
            joined_at=at,
            seated_at=at,
            asked_at=asked,
        )
    )


def _note(entry: dict[str, Any], trip: StudyTrip, cast: Cast, days: Days) -> None:
    writer, at = cast.posting(entry["by"], days.on(entry["days_ago"]), entry.get("unit")), days.at(entry)
    first_days = [days.on(use["due_days_ago"]) for use in entry["uses"]]
    said = [SimpleNamespace(**use, due=due) for use, due in zip(entry["uses"], first_days, strict=True)]
    thread = db.session.get_one(Thread, trip.thread_id)
    post = _post(thread, writer, note_text(entry["saw"], said), at)
    thread.reply_count += 1
    thread.last_post_at = max(thread.last_post_at, at)
    db.session.add(ThreadFollow(thread_id=thread.id, person_id=writer.person_id, created_at=at))
    db.session.add(TripNote(post_id=post.id, trip_id=trip.id, person_id=writer.person_id, saw=entry["saw"]))
    db.session.flush()
    for position, (use, due) in enumerate(zip(entry["uses"], first_days, strict=True)):
        _use(use, position, due, post, writer, days)


def _use(entry: dict[str, Any], position: int, due: date, post: Post, writer: Posting, days: Days) -> None:
    use = TripUse(
        note_id=post.id,
        position=position,
        what=entry["what"],
        plan=entry["plan"],
        who=entry["who"],
        due=due,
        asked_at=days.moment(due, "08:00") if due < days.today else None,
    )
    db.session.add(use)
    db.session.flush()
    for answer in entry["answers"]:
        again = days.on(answer["again_days_ago"]) if "again_days_ago" in answer else None
        at, result = days.at(answer), UseResult(answer["result"])
        db.session.add(
            TripAnswer(
                use_id=use.id,
                result=result,
                words=answer["words"],
                again=again,
                answered_at=at,
                person_id=writer.person_id,
                posting_id=writer.id,
            )
        )
        use.result, use.answered_at, use.version = result, at, use.version + 1
        if again is not None:
            use.due, use.asked_at = again, days.moment(again, "08:00") if again < days.today else None
