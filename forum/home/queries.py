"""What home shows, a few rows of each."""

from typing import Any

from sqlalchemy import exists, select

from forum.extensions import db
from forum.library.models import Experience
from forum.library.queries import DATED, published_cards
from forum.meetings.models import Meeting
from forum.meetings.queries import home_meeting
from forum.notices.queries import unread_by_thread
from forum.threads.lists import shown, tags_of
from forum.threads.models import Thread, ThreadKind
from forum.threads.queries import ANSWERED, UNANSWERED, thread_rows
from forum.units.actors import Actor
from forum.units.models import Unit, UnitKind

EACH = 5


def home_page(actor: Actor) -> dict[str, Any]:
    """Everything home shows: this month's meeting, my threads, what waits in my township, what is new in the library."""
    latest = (Thread.last_post_at.desc(), Thread.id.desc())
    unread = unread_by_thread(actor).subquery()
    mine = thread_rows(actor).where(Thread.author_id == actor.id, Thread.reply_count > 0)
    new_replies = mine.join(unread, unread.c.thread_id == Thread.id)
    undecided = mine.where(Thread.kind == ThreadKind.QUESTION, ~ANSWERED)
    near = Thread.township_id == actor.township_id if actor.township_id else Thread.district_id == actor.district_id
    unanswered = thread_rows(actor).where(UNANSWERED, near, Thread.author_id != actor.id)

    opened = _threads(new_replies.order_by(*latest))
    seen = {thread.url for thread in opened}
    page: dict[str, Any] = {
        "meeting": home_meeting(actor),
        "new_replies": opened,
        "undecided": [t for t in _threads(undecided.order_by(*latest)) if t.url not in seen],
        "unanswered": _threads(unanswered.order_by(Thread.created_at.desc(), Thread.id.desc())),
        "cards": db.session.execute(
            published_cards(actor).order_by(DATED.desc(), Experience.id.desc()).limit(EACH)
        ).all(),
        "tags_of": tags_of,
    }
    if (actor.is_organiser or actor.is_district) and not any((page["meeting"], page["unanswered"], page["cards"])):
        page["has_villages"], page["has_meetings"] = _has_begun(actor)
        page["is_beginning"] = not (page["has_villages"] and page["has_meetings"])
    return page


def _threads(query: Any) -> list[Any]:
    return [shown(row) for row in db.session.execute(query.limit(EACH))]


def _has_begun(actor: Actor) -> tuple[bool, bool]:
    """Whether the organiser's township (the district's whole) has villages, and has had a meeting."""
    village = exists().where(Unit.kind == UnitKind.VILLAGE, Unit.district_id == actor.district_id)
    meeting = exists().where(Meeting.district_id == actor.district_id)
    if actor.township_id:
        village = village.where(Unit.township_id == actor.township_id)
        meeting = meeting.where(Meeting.township_id == actor.township_id)
    row = db.session.execute(select(village.label("villages"), meeting.label("meetings"))).one()
    return bool(row.villages), bool(row.meetings)
