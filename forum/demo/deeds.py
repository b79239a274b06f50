"""The trail of the invented district: what its offices did, at the moments at which the data says that they did it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.consultations.models import Outcome
from forum.extensions import db
from forum.learning.lectures.models import Lecture
from forum.library.models import Experience
from forum.meetings.models import Meeting
from forum.threads.models import Thread
from forum.units.models import Posting


def load_deeds() -> None:
    """Write down who concluded, published, announced and closed, in the order of time."""
    postings = {posting.person_id: posting.id for posting in db.session.scalars(select(Posting))}
    for at, person, action, kind, ident, township, district in sorted(_deeds(), key=lambda deed: deed[0]):
        db.session.add(
            AuditEntry(
                at=at,
                actor_id=person,
                posting_id=postings[person],
                action=action,
                subject_kind=kind,
                subject_id=ident,
                township_id=township,
                district_id=district,
                detail={},
            )
        )
        db.session.flush()


def _deeds() -> Iterable[tuple[datetime, int, str, str, int, int | None, int]]:
    rows: list[tuple[str, str, Any]] = [
        (
            "thread.conclude",
            "thread",
            select(
                Outcome.concluded_at, Outcome.concluded_by_id, Thread.id, Thread.township_id, Thread.district_id
            ).join(Thread, Thread.id == Outcome.thread_id),
        ),
        ("card.publish", "card", _of(Experience, Experience.published_at, Experience.published_by_id)),
        ("meeting.announce", "meeting", _of(Meeting, Meeting.announced_at, Meeting.created_by_id)),
        ("meeting.close", "meeting", _of(Meeting, Meeting.closed_at, Meeting.created_by_id)),
        ("lecture.announce", "lecture", _of(Lecture, Thread.created_at, Lecture.created_by_id).join(Thread)),
    ]
    for action, kind, query in rows:
        for at, person, ident, township, district in db.session.execute(query):
            if at is not None and person is not None:
                yield at, person, action, kind, ident, township, district


def _of(model: Any, moment: Any, person: Any) -> Any:
    return select(moment, person, model.id, model.township_id, model.district_id)
