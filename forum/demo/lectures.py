"""The demo's experts, what they taught, and what those who were there said, in numbers."""

from typing import Any

from sqlalchemy import select

from forum.changes import note_change
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.learning.lectures.models import Expert, ExpertTag, Lecture, LectureVoices, Manner
from forum.learning.lectures.texts import opening_text
from forum.markup import below_title, render
from forum.tags.models import Tag
from forum.threads.models import Post, Thread, ThreadFollow, ThreadKind, ThreadTag


def load_lectures(entries: dict[str, Any], cast: Cast, days: Days) -> None:
    """Write the directory and the lectures."""
    tags = dict(db.session.execute(select(Tag.code, Tag.id)).tuples().all())
    experts = {entry["key"]: _expert(entry, tags, cast, days) for entry in entries["experts"]}
    for entry in entries["lectures"]:
        _lecture(entry, experts[entry["expert"]], tags, cast, days)


def _expert(entry: dict[str, Any], tags: dict[str, int], cast: Cast, days: Days) -> Expert:
    writer = cast.posting(entry["by"], days.on(entry["days_ago"]))
    expert = Expert(
        district_id=cast.unit_of(writer).district_id,
        person_id=cast.person(entry["person"]).id if "person" in entry else None,
        name=entry["name"],
        workplace=entry["workplace"],
        about=entry["about"],
        contact=entry["contact"],
        created_by_id=writer.person_id,
        created_at=days.at(entry),
    )
    db.session.add(expert)
    db.session.flush()
    db.session.add_all(ExpertTag(expert_id=expert.id, tag_id=tags[code]) for code in entry["tags"])
    return expert


def _lecture(entry: dict[str, Any], expert: Expert, tags: dict[str, int], cast: Cast, days: Days) -> None:
    writer, at = cast.posting(entry["by"], days.on(entry["days_ago"])), days.at(entry)
    unit = cast.unit_of(writer)
    thread = Thread(
        kind=ThreadKind.LECTURE,
        title=entry["title"],
        author_id=writer.person_id,
        posting_id=writer.id,
        unit_id=unit.id,
        township_id=unit.township_id,
        district_id=unit.district_id,
        created_at=at,
        last_post_at=at,
    )
    db.session.add(thread)
    db.session.flush()
    lecture = Lecture(
        thread_id=thread.id,
        expert_id=expert.id,
        title=entry["title"],
        brief=entry["brief"],
        manner=Manner(entry["manner"]),
        starts_at=days.moment(days.on(entry["starts_days_ago"]), entry["starts"]),
        place=entry["place"],
        link=entry.get("link", ""),
        heads=entry.get("heads"),
        township_id=unit.township_id,
        district_id=unit.district_id,
        created_by_id=writer.person_id,
    )
    body = opening_text(lecture, expert)
    opening = Post(
        thread_id=thread.id,
        is_opening=True,
        author_id=writer.person_id,
        posting_id=writer.id,
        unit_id=unit.id,
        body=body,
        body_html=render(below_title(body, thread.title)),
        created_at=at,
    )
    db.session.add_all((lecture, opening))
    db.session.flush()
    counts = {
        f"{question}_{degree}": number
        for question in ("understood", "useful")
        for degree, number in zip(("yes", "partly", "no"), entry.get(question, (0, 0, 0)), strict=True)
    }
    wishes = "\n".join(sorted(entry.get("wishes", ())))
    db.session.add(LectureVoices(lecture_id=lecture.id, wishes=wishes, **counts))
    db.session.add_all(ThreadTag(thread_id=thread.id, tag_id=tags[code]) for code in entry["tags"])
    db.session.add(ThreadFollow(thread_id=thread.id, person_id=writer.person_id, created_at=at))
    note_change("thread", thread.id)
