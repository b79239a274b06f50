"""Reminding those who were called, once, the day before their answer is due."""

from datetime import datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, exists, select, update

from forum.clock import from_local, today, utcnow
from forum.consultations.members import answering
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.models import Thread


def remind_next() -> bool:
    """Remind one of those still to answer; whether there was one.

    The mark on the invitation and the notice are one transaction: a worker killed between them has done neither. Who was called
    today needs no reminder yet.
    """
    on = today()
    waiting = (
        select(Invitation.id, Invitation.person_id, Consultation.thread_id)
        .join(Consultation, Consultation.id == Invitation.consultation_id)
        .join(Thread, Thread.id == Consultation.thread_id)
        .where(
            Consultation.closed_at.is_(None),
            Consultation.due.between(on, on + timedelta(days=1)),
            Thread.hidden_at.is_(None),
            Thread.locked_at.is_(None),
            Invitation.invited_at < from_local(datetime.combine(on, time())),
            Invitation.reminded_at.is_(None),
            Invitation.declined_at.is_(None),
            ~exists().where(*answering(Consultation.thread_id, Invitation.person_id, Invitation.invited_at)),
        )
        .order_by(Invitation.id)
        .limit(1)
    )
    found = db.session.execute(waiting).first()
    if found is None:
        return False
    took = (
        update(Invitation)
        .where(Invitation.id == found.id, Invitation.reminded_at.is_(None))
        .values(reminded_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[Any]", db.session.execute(took)).rowcount:
        enqueue(found.person_id, "panel.reminded", found.thread_id)
    return True
