"""Who calls a panel and who sees what of it; whose actions one sees, and who may say that one is done."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from forum.consultations.models import ActionItem, Consultation, Invitation, Outcome
from forum.threads.models import Thread
from forum.threads.policies import ThreadFacts, can_moderate, can_reply, is_asked, readable_threads
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


def can_call(actor: Actor, thread: ThreadFacts) -> bool:
    """Whoever asked, or the organiser, as long as the thread takes replies and has no conclusion yet."""
    is_open = thread.locked_at is None and thread.hidden_at is None and thread.concluded_at is None
    return is_open and is_asked(thread) and leads_panel(actor, thread)


def leads_panel(actor: Actor, thread: ThreadFacts) -> bool:
    """Whoever asked, or the organiser: they see who is still to answer, and who declined with which word."""
    return actor.is_member and (thread.author_id == actor.id or can_moderate(actor, thread))


def visible_panels(actor: Actor) -> Select[Consultation]:
    """The panels of threads that the actor may open, each with its thread at hand."""
    return (
        select(Consultation)
        .join(Consultation.thread)
        .options(contains_eager(Consultation.thread))
        .where(readable_threads(actor))
    )


def visible_invitations(actor: Actor) -> Select[Invitation]:
    """The invitations to such panels, each with its panel and the panel's thread at hand."""
    return (
        select(Invitation)
        .join(Invitation.consultation)
        .join(Consultation.thread)
        .options(contains_eager(Invitation.consultation).contains_eager(Consultation.thread))
        .where(readable_threads(actor))
    )


def can_decline(actor: Actor, invitation: Invitation) -> bool:
    """Only whoever was called says that he cannot, while the panel is open."""
    panel = invitation.consultation
    return invitation.person_id == actor.id and panel.closed_at is None and can_reply(actor, panel.thread)
