"""Who may see and do what with accounts: everybody with his own, nobody with another's."""

from sqlalchemy import Select, select

from forum.accounts.models import UserSession
from forum.clock import utcnow
from forum.units.actors import Actor


def visible_sessions(actor: Actor) -> Select[UserSession]:
    """The actor's own sessions in force."""
    return select(UserSession).where(UserSession.person_id == actor.id, UserSession.expires_at > utcnow())


def can_speak_for(actor: Actor, posting_id: int) -> bool:
    """Whether the posting is one of the actor's current ones."""
    return any(posting.id == posting_id for posting in actor.postings)
