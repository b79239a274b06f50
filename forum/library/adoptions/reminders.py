"""Asking a village once how it went, on the day it named."""

from typing import Any, cast

from sqlalchemy import CursorResult, exists, select, update

from forum.clock import today, utcnow
from forum.consultations.whom import leaders_of
from forum.extensions import db
from forum.library.adoptions.actions import LEADERS
from forum.library.adoptions.models import Adoption
from forum.notices.outbox import enqueue
from forum.notices.worker import register_job
from forum.units.actors import in_force
from forum.units.models import Posting

EVERY_SECONDS = 600


def ask_next() -> bool:
    """Ask the leaders of one village whose day has come; whether there was one. Who takes the row asks, so nobody is asked twice.

    A village without a leader waits: whoever takes office is asked.
    """
    is_led = exists().where(Posting.unit_id == Adoption.unit_id, Posting.role.in_(LEADERS), in_force())
    waiting = (Adoption.result.is_(None), Adoption.withdrawn_at.is_(None), Adoption.reminded_at.is_(None))
    due = db.session.execute(
        select(Adoption.id, Adoption.unit_id)
        .where(*waiting, Adoption.due <= today(), is_led)
        .order_by(Adoption.due, Adoption.id)
        .limit(1)
    ).one_or_none()
    if due is None:
        return False
    took = update(Adoption).where(Adoption.id == due.id, *waiting).values(reminded_at=utcnow())
    if cast("CursorResult[Any]", db.session.execute(took)).rowcount:
        for person_id in leaders_of(due.unit_id):
            enqueue(person_id, "adoption.due", due.id)
    return True


register_job("adoptions come due", EVERY_SECONDS, ask_next)
