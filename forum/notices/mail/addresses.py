"""A person's mail address: wanted, confirmed by a link that was sent to it, given up. The caller commits."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.notices.leases import changes_one
from forum.notices.mail.models import Letter, LetterKind, LetterLine, MailAddress
from forum.units.actors import Actor

LINK_LASTS = timedelta(hours=72)
BETWEEN_LINKS = timedelta(minutes=2)


class AskedJustNow(Exception):
    """A link was sent a moment ago: nobody's mailbox is filled by somebody else's impatience."""


@dataclass(frozen=True)
class Asked:
    """What a link asks: that an address of a person be confirmed, or get no more letters."""

    person_id: int
    address: str


def want_address(actor: Actor, address: str) -> None:
    """Send a link to an address; once it was used, the actor's letters go there. Raises AskedJustNow."""
    row = db.session.get(MailAddress, actor.id, with_for_update=True)
    if row is None:
        row = MailAddress(person_id=actor.id)
        db.session.add(row)
    elif row.pending and utcnow() - row.asked_at < BETWEEN_LINKS:
        raise AskedJustNow
    row.pending, row.nonce, row.asked_at = address, secrets.token_urlsafe(16), utcnow()
    row.failure = ""
    db.session.add(Letter(kind=LetterKind.CONFIRM, person_id=actor.id))
    record(actor, "mail.want", "person", actor.id)
    db.session.flush()


def give_up_address(actor: Actor) -> None:
    """Send nothing more to the actor's address, nor to one that is not confirmed yet. Without an address nothing happens."""
    if db.session.get(MailAddress, actor.id) is None:
        return
    _forget(actor.id)
    record(actor, "mail.remove", "person", actor.id)


def confirming(token: str) -> Asked | None:
    """What a link would confirm; None when it is wrong, too old or used. Looking at it uses nothing."""
    found = _read("confirm", token, 2)
    row = db.session.get(MailAddress, found[0]) if found else None
    is_good = (
        row is not None and found is not None and bool(row.nonce) and secrets.compare_digest(row.nonce, str(found[1]))
    )
    if row is None or not is_good or not row.pending or utcnow() - row.asked_at > LINK_LASTS:
        return None
    return Asked(row.person_id, row.pending)


def confirm(token: str) -> Asked | None:
    """Use a link; None when it is wrong, too old or used."""
    asked = confirming(token)
    if asked is None:
        return None
    pending = update(MailAddress).where(MailAddress.person_id == asked.person_id, MailAddress.pending == asked.address)
    pending = pending.values(address=asked.address, pending=None, nonce="", failure="")
    if not changes_one(pending.execution_options(synchronize_session=False)):
        return None
    record(None, "mail.confirm", "person", asked.person_id)
    return asked


def stopping(token: str) -> Asked | None:
    """Which address a letter's last link speaks of, whether it is still in use or not; None when the link is wrong."""
    found = _read("stop", token, 2)
    return Asked(int(found[0]), str(found[1])) if found else None


def stop(asked: Asked) -> None:
    """Send nothing more to an address. Idempotent; another address of the person stays."""
    row = db.session.get(MailAddress, asked.person_id)
    if row is not None and row.address == asked.address:
        _forget(asked.person_id)
        record(None, "mail.stop", "person", asked.person_id)


def confirm_token(row: MailAddress) -> str:
    """The end of the link that confirms the pending address."""
    return _signer("confirm").dumps([row.person_id, row.nonce])


def stop_token(person_id: int, address: str) -> str:
    """The end of the link by which whoever gets a letter gets no more."""
    return _signer("stop").dumps([person_id, address])


def _forget(person_id: int) -> None:
    unsent = select(Letter.id).where(Letter.person_id == person_id, Letter.sent_at.is_(None))
    db.session.execute(delete(LetterLine).where(LetterLine.letter_id.in_(unsent)))
    db.session.execute(delete(Letter).where(Letter.person_id == person_id, Letter.sent_at.is_(None)))
    db.session.execute(delete(MailAddress).where(MailAddress.person_id == person_id))


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"forum.mail.{purpose}")


def _read(purpose: str, token: str, parts: int) -> list[int | str] | None:
    try:
        found = _signer(purpose).loads(token)
    except BadSignature:
        return None
    return found if isinstance(found, list) and len(found) == parts else None
