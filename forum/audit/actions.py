"""Writing the audit trail: in the deed's own transaction, so that neither stands without the other."""

from typing import Any

from forum.audit import chain  # noqa: F401 - seals what is recorded
from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.units.actors import Actor


def record(
    actor: Actor | None,
    action: str,
    subject_kind: str,
    subject_id: int | None = None,
    *,
    township_id: int | None = None,
    district_id: int | None = None,
    **detail: Any,
) -> AuditEntry:
    """Note a deed, e.g. ``record(actor, "post.hide", "post", post.id, township_id=…, reason=reason)``.

    ``actor`` is None for the command line. Without a given scope the deed lies in the actor's own. Never put a text's words,
    phone numbers or codes into ``detail``.
    """
    entry = AuditEntry(
        actor_id=actor.id if actor else None,
        posting_id=actor.posting.id if actor and actor.posting else None,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        township_id=township_id if township_id is not None else (actor.township_id if actor else None),
        district_id=district_id if district_id is not None else (actor.district_id if actor else None),
        detail=detail,
    )
    db.session.add(entry)
    return entry
