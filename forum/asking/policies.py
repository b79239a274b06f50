"""Who may say 就是这个, and for what."""

from typing import Any

from forum.library.models import CardState
from forum.threads.models import ThreadKind
from forum.threads.policies import can_have_same, can_moderate
from forum.units.actors import Actor


def can_find(actor: Actor, found: Any) -> bool:
    """Whoever takes part may end his asking at a thread or card that he may open."""
    return actor.is_member and getattr(found, "hidden_at", None) is None


def shares_thread(actor: Actor, thread: Any) -> bool:
    """Whether his village is noted as having the same problem: who leads one, about another village's problem."""
    return can_have_same(actor, thread)


def shares_card(actor: Actor, card: Any) -> bool:
    """The same of a card in the library."""
    return actor.leads_village and card.state is CardState.PUBLISHED and card.unit_id != actor.unit_id


def can_look_for_helpers(actor: Actor, thread: Any) -> bool:
    """Of a question that nobody has answered: whoever asked it, and the organisers."""
    is_waiting = thread.kind is ThreadKind.QUESTION and not thread.reply_count and thread.hidden_at is None
    return is_waiting and (thread.author_id == actor.id or can_moderate(actor, thread))
