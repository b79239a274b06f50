"""Who calls a panel and who sees what of it; who may conclude, say that an action is done, or what became of it all."""

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import contains_eager

from forum.consultations.models import ActionItem, Consultation, FollowUp, Invitation, Outcome
from forum.threads.models import Thread
from forum.threads.policies import ThreadFacts, can_accept, can_moderate, can_reply, is_asked, readable_threads
from forum.units.actors import Actor
from forum.units.models import Unit


def visible_actions(actor: Actor) -> Select[ActionItem]:
    """The actions the actor may see, each with its unit at hand as ``action.unit``."""
    return (
        select(ActionItem)
        .join(ActionItem.unit)
        .outerjoin(Outcome, Outcome.id == ActionItem.outcome_id)
        .outerjoin(Thread, Thread.id == Outcome.thread_id)
        .options(contains_eager(ActionItem.unit))
        .where(seen_actions(actor))
    )


def seen_actions(actor: Actor) -> ColumnElement[bool]:
    """The condition, in a query that joins unit, outcome and thread: of threads the actor may open, and what a meeting in his
    district decided without one."""
    if not actor.is_member:
        return false()
    of_meeting = and_(ActionItem.outcome_id.is_(None), Unit.district_id == actor.district_id)
    return or_(of_meeting, and_(ActionItem.outcome_id.is_not(None), readable_threads(actor)))


def can_finish(
    actor: Actor, unit_id: int, township_id: int | None, district_id: int | None, person_id: int | None = None
) -> bool:
    """Whoever leads the village in charge, the person named, or the organiser."""
    named = actor.is_member and actor.id == person_id
    return named or (actor.leads_village and actor.unit_id == unit_id) or actor.organises(township_id, district_id)


def can_undo(actor: Actor, done_by_id: int | None, township_id: int | None, district_id: int | None) -> bool:
    """Take back that an action is done: whoever said so, or the organiser."""
    return actor.is_member and (actor.id == done_by_id or actor.organises(township_id, district_id))


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


def can_conclude(actor: Actor, thread: ThreadFacts) -> bool:
    """Whoever asked, or who looks after the thread: as with accepting an answer."""
    return can_accept(actor, thread) and thread.hidden_at is None


def can_report(actor: Actor, thread: ThreadFacts, asker_left: bool) -> bool:
    """Say what became of a conclusion: whoever asked, who leads his village once he left it, or who looks after the thread."""
    succeeds = asker_left and actor.leads_village and actor.unit_id == thread.unit_id
    speaks = succeeds or thread.author_id == actor.id or can_moderate(actor, thread)
    return actor.is_member and is_asked(thread) and thread.hidden_at is None and speaks


def can_urge(actor: Actor) -> bool:
    """See what is overdue, and point it out: organisers for their township, the district for all."""
    return actor.is_organiser or actor.is_district


def in_care(actor: Actor) -> ColumnElement[bool]:
    """The threads whose overdue ends somebody sees, in a query that joins them; he must be able to read them as well."""
    if actor.is_organiser:
        return and_(readable_threads(actor), Thread.township_id == actor.township_id)
    return readable_threads(actor) if actor.is_district else false()


def visible_late_actions(actor: Actor) -> Select[ActionItem]:
    """The actions that the actor may urge, whichever village is in charge of them: his threads decided them, or his meetings."""
    return visible_actions(actor).where(or_(in_care(actor), in_care_without_thread(actor)))


def in_care_without_thread(actor: Actor) -> ColumnElement[bool]:
    """What meetings decided without a thread, by the unit in charge, which a query joins."""
    if actor.is_organiser:
        return and_(ActionItem.outcome_id.is_(None), Unit.township_id == actor.township_id)
    return (
        and_(ActionItem.outcome_id.is_(None), Unit.district_id == actor.district_id) if actor.is_district else false()
    )


def visible_follow_ups(actor: Actor) -> Select[FollowUp]:
    """The follow-ups that the actor may urge."""
    return select(FollowUp).join(Thread, Thread.id == FollowUp.thread_id).where(in_care(actor))
