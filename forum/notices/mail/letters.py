"""Which letter tells a notice. The caller commits."""

from datetime import datetime

from flask import current_app
from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError

from forum.clock import local, utcnow
from forum.extensions import db
from forum.notices.hours import is_night, next_morning
from forum.notices.leases import changes_one
from forum.notices.mail.models import Letter, LetterKind, LetterLine, MailAddress
from forum.notices.models import MailWhen, OutboxMessage


def plan_letter(message: OutboxMessage, when: MailWhen) -> None:
    """Put a notice into a letter of its own, or into the next morning's; at night everything waits for the morning.

    Nothing for whoever has no confirmed address, or where no mail is sent.
    """
    person_id = message.recipient_id
    if when is MailWhen.NEVER or not sends_mail() or not _has_address(person_id):
        return
    now = utcnow()
    if when is MailWhen.AT_ONCE and not is_night(now):
        letter = Letter(kind=LetterKind.NOTICE, person_id=person_id, due_at=now)
        db.session.add(letter)
        db.session.flush()
        ident = letter.id
    else:
        ident = _digest(person_id, next_morning(now))
    line = LetterLine(message_id=message.id, letter_id=ident, kind=message.kind, subject_id=message.subject_id)
    db.session.add(line)


def sends_mail() -> bool:
    """Whether there is a server to send mail by."""
    return current_app.extensions["settings"].mail is not None


def _has_address(person_id: int) -> bool:
    confirmed = exists().where(MailAddress.person_id == person_id, MailAddress.address.is_not(None))
    return bool(db.session.scalar(select(confirmed)))


def _digest(person_id: int, due_at: datetime) -> int:
    """The person's letter of a morning, held until the caller commits: nobody sends it between the look and the line."""
    while True:
        morning = local(due_at).date()
        mine = (Letter.person_id == person_id, Letter.morning == morning)
        held = changes_one(
            update(Letter)
            .where(*mine, Letter.attempts == 0)
            .values(due_at=due_at)
            .execution_options(synchronize_session=False)
        )
        ident = db.session.scalar(select(Letter.id).where(*mine))
        if held and ident is not None:
            return ident
        if ident is not None:  # it is on its way already: what comes now is for the morning after
            due_at = next_morning(due_at)
            continue
        try:
            with db.session.begin_nested():
                letter = Letter(kind=LetterKind.DIGEST, person_id=person_id, morning=morning, due_at=due_at)
                db.session.add(letter)
        except IntegrityError:  # another worker began it at the same moment
            continue
        return letter.id
