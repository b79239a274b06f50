"""What home shows, a few rows of each."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sqlalchemy import exists, literal, select, union_all

from forum.consultations.members import called_to
from forum.consultations.overdue import counts, to_look_back
from forum.consultations.policies import can_urge
from forum.extensions import db
from forum.library.models import Experience
from forum.library.queries import published_cards
from forum.meetings.models import Meeting
from forum.meetings.queries import home_meeting
from forum.notices.queries import unread_by_thread
from forum.threads.lists import shown, tags_of
from forum.threads.models import Thread, ThreadKind
from forum.threads.queries import ANSWERED, UNANSWERED, Rows, thread_rows
from forum.units.actors import Actor
from forum.units.models import Unit, UnitKind

EACH = 5

# The rows of a union have no order of their own: each list is sorted again as it was cut.
_ORDERS: dict[str, Callable[[Any], Any]] = {
    "called": lambda row: (-row.panel_due.toordinal(), -row.id),
    "look_back": attrgetter("followup_due", "id"),
    "new_replies": attrgetter("last_post_at", "id"),
    "undecided": attrgetter("last_post_at", "id"),
    "unanswered": attrgetter("created_at", "id"),
}


def home_page(actor: Actor) -> dict[str, Any]:
    """Everything home shows: this month's meeting, my threads, what waits in my township, what is new in the library."""
    latest = (Thread.last_post_at.desc(), Thread.id.desc())
    unread = unread_by_thread(actor).subquery()
    mine = thread_rows(actor).where(Thread.author_id == actor.id, Thread.reply_count > 0)
    new_replies = mine.join(unread, unread.c.thread_id == Thread.id)
    undecided = mine.where(Thread.kind == ThreadKind.QUESTION, ~ANSWERED)
    near = Thread.township_id == actor.township_id if actor.township_id else Thread.district_id == actor.district_id
    unanswered = thread_rows(actor).where(UNANSWERED, near, Thread.author_id != actor.id)
    lists = _threads(
        called=called_to(actor).order_by(Thread.panel_due, Thread.id),
        look_back=to_look_back(actor).order_by(Thread.followup_due.desc(), Thread.id.desc()),
        new_replies=new_replies.order_by(*latest),
        undecided=undecided.order_by(*latest),
        unanswered=unanswered.order_by(Thread.created_at.desc(), Thread.id.desc()),
    )
    seen = {thread.url for thread in (*lists["called"], *lists["look_back"], *lists["new_replies"])}
    page: dict[str, Any] = {
        **lists,
        "meeting": home_meeting(actor),
        **{name: [t for t in lists[name] if t.url not in seen] for name in ("undecided", "unanswered")},
        "overdue": counts(actor) if can_urge(actor) else None,
        "cards": db.session.execute(
            published_cards(actor)
            .where(Experience.retired_at.is_(None))
            .order_by(Experience.published_at.desc(), Experience.id.desc())
            .limit(EACH)
        ).all(),
        "tags_of": tags_of,
    }
    if (actor.is_organiser or actor.is_district) and not any((page["meeting"], page["unanswered"], page["cards"])):
        page["has_villages"], page["has_meetings"] = _has_begun(actor)
        page["is_beginning"] = not (page["has_villages"] and page["has_meetings"])
    return page


def _threads(**lists: Rows) -> dict[str, list[Any]]:
    """The first rows of several lists of threads, by the names of the lists; one statement for them all."""
    firsts = [select(literal(name).label("list"), query.limit(EACH).subquery()) for name, query in lists.items()]
    found: dict[str, list[Any]] = {name: [] for name in lists}
    for row in db.session.execute(union_all(*firsts)):
        found[row.list].append(row)
    return {name: [shown(row) for row in sorted(found[name], key=_ORDERS[name], reverse=True)] for name in lists}


def _has_begun(actor: Actor) -> tuple[bool, bool]:
    """Whether the organiser's township (the district's whole) has villages, and has had a meeting."""
    village = exists().where(Unit.kind == UnitKind.VILLAGE, Unit.district_id == actor.district_id)
    meeting = exists().where(Meeting.district_id == actor.district_id)
    if actor.township_id:
        village = village.where(Unit.township_id == actor.township_id)
        meeting = meeting.where(Meeting.township_id == actor.township_id)
    row = db.session.execute(select(village.label("villages"), meeting.label("meetings"))).one()
    return bool(row.villages), bool(row.meetings)
