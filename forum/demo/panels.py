"""The demo's panels: who was called to which thread, and who declined."""

from typing import Any

from forum.consultations.models import Consultation, Invitation
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.threads import Threads
from forum.extensions import db
from forum.notices.models import InboxItem, OutboxMessage
from forum.threads.models import Reach, Thread, ThreadAdmission


def load_panels(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> None:
    """Write the panels; a thread that has its conclusion has ended its panel."""
    for entry in entries:
        thread = threads.threads[entry["thread"]]
        caller = cast.posting(entry["by"], days.on(entry["days_ago"]))
        panel = Consultation(
            thread_id=thread.id,
            called_by_id=caller.person_id,
            posting_id=caller.id,
            due=days.on(entry["due_days_ago"]),
            note=entry["note"],
            called_at=days.at(entry),
            closed_at=thread.concluded_at,
        )
        thread.panel_due = panel.due
        db.session.add(panel)
        db.session.flush()
        for called in entry["called"]:
            _invite(called, entry, panel, thread, cast, days)


def _invite(
    called: dict[str, Any], entry: dict[str, Any], panel: Consultation, thread: Thread, cast: Cast, days: Days
) -> None:
    posting, at = cast.posting(called["name"], days.on(entry["days_ago"])), days.at(entry)
    declined = called.get("declined")
    db.session.add(
        Invitation(
            consultation_id=panel.id,
            person_id=posting.person_id,
            posting_id=posting.id,
            unit_id=posting.unit_id,
            invited_at=at,
            declined_at=days.at(declined) if declined else None,
            decline_note=declined["note"] if declined else "",
        )
    )
    if thread.reach is Reach.PANEL:
        db.session.add(ThreadAdmission(thread_id=thread.id, person_id=posting.person_id, since=at))
    if not called.get("waited_for"):
        return
    told = {"kind": "panel.called", "subject_id": thread.id, "created_at": at}
    message = OutboxMessage(recipient_id=posting.person_id, due_at=at, sent_at=at, attempts=1, **told)
    db.session.add(message)
    db.session.flush()
    db.session.add(InboxItem(message_id=message.id, person_id=posting.person_id, thread_id=thread.id, **told))
