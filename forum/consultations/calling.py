"""Calling people to help with a question, and what becomes of the call. The caller commits."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import CursorResult, Exists, delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.clock import utcnow
from forum.consultations.members import answering
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Reach, Thread, ThreadAdmission
from forum.threads.narrowing import FOLLOWERS, admit
from forum.units.actors import Actor

MOST_CALLED = 20  # people on one panel: more are a meeting


class CalledAlready(Exception):
    """Somebody else has called the panel of this round first."""


class TooMany(Exception):
    """A panel holds no more people."""


class AnsweredAlready(Exception):
    """Whoever was called has answered: his call can be neither declined nor taken back."""


def call_panel(actor: Actor, thread: Thread, people: Sequence[Any], due: date, note: str = "") -> Consultation:
    """Ask named people to answer by a day; each is told, and may read the thread if it is for the panel only.

    ``people`` are rows of ``people_to_call``. Raises CalledAlready when there is a panel in this round of the thread, TooMany.
    """
    panel = Consultation(
        thread_id=thread.id,
        round=thread.round,
        called_by_id=actor.id,
        posting_id=actor.posting.id if actor.posting else None,
        due=due,
        note=note,
        called_at=utcnow(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(panel)
    except IntegrityError as error:
        raise CalledAlready from error
    thread.panel_due = due
    _invite(thread, panel, people)
    if thread.author_id != actor.id:
        enqueue(thread.author_id, "panel.begun", thread.id)
    _record(actor, "panel.call", thread, people=len(people), due=due.isoformat())
    return panel


def call_more(actor: Actor, panel: Consultation, people: Sequence[Any], due: date, note: str = "") -> None:
    """Add people to an open panel, or put off its day; whoever is on it already is not asked twice. Raises TooMany."""
    thread = panel.thread
    panel.due = thread.panel_due = due
    panel.note = note
    _invite(thread, panel, people)
    _record(actor, "panel.change", thread, people=len(people), due=due.isoformat())


def take_off(actor: Actor, invitation: Invitation) -> None:
    """Take back a call that was not answered; what is for the panel only is closed to him again unless he wrote in it.

    Raises AnsweredAlready.
    """
    panel, thread = invitation.consultation, invitation.consultation.thread
    if db.session.scalar(select(_answer_to(invitation))):
        raise AnsweredAlready
    db.session.delete(invitation)
    wrote = exists().where(Post.thread_id == thread.id, Post.author_id == invitation.person_id)
    called_before = exists().where(
        Invitation.person_id == invitation.person_id,
        Invitation.id != invitation.id,
        Invitation.consultation_id == Consultation.id,
        Consultation.thread_id == thread.id,
    )
    db.session.execute(
        delete(ThreadAdmission)
        .where(ThreadAdmission.thread_id == thread.id, ThreadAdmission.person_id == invitation.person_id)
        .where(~wrote, ~called_before)
        .execution_options(synchronize_session=False)
    )
    _record(actor, "panel.take_off", thread, person=invitation.person_id, panel=panel.id)


def decline(actor: Actor, invitation: Invitation, note: str) -> None:
    """Say with a word that one cannot answer; whoever called is told. Saying it again changes the word. Raises AnsweredAlready."""
    said = (
        update(Invitation)
        .where(Invitation.id == invitation.id, ~_answer_to(invitation))
        .values(declined_at=utcnow(), decline_note=note)
        .execution_options(synchronize_session=False)
    )
    first = invitation.declined_at is None
    if not cast("CursorResult[Any]", db.session.execute(said)).rowcount:
        raise AnsweredAlready
    caller = invitation.consultation.called_by_id
    if first and caller != actor.id:
        enqueue(caller, "panel.declined", invitation.consultation.thread_id)


def close_panel(thread_id: int) -> None:
    """End the open panel of a thread, if there is one: its question has a conclusion."""
    db.session.execute(
        update(Consultation)
        .where(Consultation.thread_id == thread_id, Consultation.closed_at.is_(None))
        .values(closed_at=utcnow())
    )


def _invite(thread: Thread, panel: Consultation, people: Sequence[Any]) -> None:
    # Two who add people at once go one after the other: each would else ask the same ones.
    db.session.execute(select(Consultation.id).where(Consultation.id == panel.id).with_for_update())
    there = set(db.session.scalars(select(Invitation.person_id).where(Invitation.consultation_id == panel.id)))
    new = [person for person in people if person.id not in there]
    if len(there) + len(new) > MOST_CALLED:
        raise TooMany
    for person in new:
        invitation = Invitation(
            consultation_id=panel.id,
            person_id=person.id,
            posting_id=person.posting_id,
            unit_id=person.unit_id,
            invited_at=utcnow(),
        )
        db.session.add(invitation)
        enqueue(person.id, "panel.called", thread.id)
    if thread.reach is Reach.PANEL:
        admit(thread, [person.id for person in new])


def _answer_to(invitation: Invitation) -> Exists:
    """Whether somebody called has replied since."""
    return exists().where(*answering(invitation.consultation.thread_id, invitation.person_id, invitation.invited_at))


def _record(actor: Actor, action: str, thread: Thread, **detail: Any) -> None:
    record(
        actor,
        action,
        "thread",
        thread.id,
        township_id=thread.township_id,
        district_id=thread.district_id,
        **detail,
    )


def _admit_those_called(thread: Thread) -> None:
    """Who was called to a thread while it was open stays called when it is narrowed."""
    called = select(Invitation.person_id).join(Consultation).where(Consultation.thread_id == thread.id)
    admit(thread, db.session.scalars(called))


FOLLOWERS.append(_admit_those_called)
