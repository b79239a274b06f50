"""Whose actions one sees, and who may say that one is done."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from forum.consultations.models import ActionItem, Outcome
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor


def visible_actions(actor: Actor) -> Select[ActionItem]:
    """The actions of outcomes whose threads the actor may open, each with its unit at hand as ``action.unit``."""
    return (
        select(ActionItem)
        .join(ActionItem.unit)
        .join(Outcome, Outcome.id == ActionItem.outcome_id)
        .join(Thread, Thread.id == Outcome.thread_id)
        .options(contains_eager(ActionItem.unit))
        .where(readable_threads(actor))
    )


def can_finish(actor: Actor, unit_id: int, township_id: int | None, district_id: int | None) -> bool:
    """Whoever leads the village in charge, or the organiser."""
    return (actor.leads_village and actor.unit_id == unit_id) or actor.organises(township_id, district_id)
