"""What people do with their accounts."""

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import UserSession
from forum.accounts.privacy import PRIVACY_VERSION
from forum.accounts.sessions import begin_session, end_all_sessions
from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import ActivationSlip, Person
from forum.units.slips import use_slip


def sign_in(actor: Actor, *, shared_computer: bool = False, new_hash: str | None = None) -> tuple[str, int]:
    """Begin a session for somebody whose password was right; returns the token for the cookie and the session's id.

    ``new_hash`` replaces a password hash made with outdated parameters.
    """
    if new_hash:
        _change(actor, password_hash=new_hash)
    token, row = begin_session(actor.id, shared_computer=shared_computer)
    db.session.flush()
    record(actor, "session.begin", "person", actor.id)
    return token, row.id


def activate(actor: Actor, slip: ActivationSlip, password_hash: str) -> bool:
    """Set a password by an activation slip, with consent to the privacy notice; every session of the person ends.

    Returns False, and changes nothing, when the slip was spent in the meantime.
    """
    if not use_slip(slip):
        return False
    _change(actor, password_hash=password_hash, password_changed_at=utcnow())
    end_all_sessions(actor.id)
    record(actor, "password.set_by_slip", "person", actor.id)
    accept_privacy(actor)
    return True


def accept_privacy(actor: Actor) -> None:
    """Keep that the actor agreed to the privacy notice as it stands, and when first."""
    if db.session.get_one(Person, actor.id).privacy_version == PRIVACY_VERSION:
        return
    _change(actor, privacy_version=PRIVACY_VERSION, privacy_accepted_at=utcnow())
    record(actor, "privacy.accept", "person", actor.id, version=PRIVACY_VERSION)


def change_password(actor: Actor, password_hash: str) -> None:
    """Set a new password; all sessions but the one that asks end."""
    _change(actor, password_hash=password_hash, password_changed_at=utcnow())
    end_all_sessions(actor.id, but=actor.session_id)
    record(actor, "password.change", "person", actor.id)


def change_phone(actor: Actor, phone: str) -> bool:
    """Set the phone number one signs in with; False when it belongs to somebody else. The same number again is no change."""
    if db.session.get_one(Person, actor.id).phone == phone:
        return True
    try:
        with db.session.begin_nested():
            _change(actor, phone=phone)
    except IntegrityError:
        return False
    record(actor, "phone.change", "person", actor.id)
    return True


def choose_posting(actor: Actor, posting_id: int) -> None:
    """Speak for this posting in this session from now on; the posting must be one of the actor's."""
    db.session.execute(update(UserSession).where(UserSession.id == actor.session_id).values(posting_id=posting_id))


def prefer_language(actor: Actor, language: str) -> None:
    """Keep the language with the person, for his next device."""
    _change(actor, language=language)


def prefer_type_size(actor: Actor, *, large: bool) -> None:
    """Keep the size of type with the person, for his next device."""
    _change(actor, large_type=large)


def prefer_suggestion(actor: Actor, *, on: bool) -> None:
    """Be named to whoever looks for help with what one did well, or rather not."""
    _change(actor, may_be_suggested=on)


def _change(actor: Actor, **values: object) -> None:
    db.session.execute(update(Person).where(Person.id == actor.id).values(**values))
