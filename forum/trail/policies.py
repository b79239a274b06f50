"""Who reads the trail: an organiser his township's, the district all of its own; the system administrator never."""

from sqlalchemy import ColumnElement, and_, false, or_

from forum.audit.models import AuditEntry
from forum.units.actors import Actor
from forum.units.models import Posting, Role

PRIVATE = ("session.begin", "writing.export")
_IN_OFFICE_OVER_OTHERS = (Role.ORGANISER, Role.DISTRICT, Role.ADMIN)


def can_read_trail(actor: Actor) -> bool:
    """Nobody who administers the system: he could remove his own traces, and is to be seen by others."""
    return actor.is_organiser or actor.is_district


def seen_deeds(actor: Actor) -> ColumnElement[bool]:
    """The deeds that the actor reads, for a query that joins the posting for which each was done.

    When somebody signs in or takes his own writing along is nobody's business, but for those who look after others: the forum is not to
    count who is there how often.
    """
    if actor.is_organiser:
        scope = AuditEntry.township_id == actor.township_id
    elif actor.is_district:
        scope = AuditEntry.district_id == actor.district_id
    else:
        return false()
    return and_(scope, or_(AuditEntry.action.not_in(PRIVATE), Posting.role.in_(_IN_OFFICE_OVER_OTHERS)))
