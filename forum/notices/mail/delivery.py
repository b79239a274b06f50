"""Sending letters. A letter is written and let go of the database before the mail server is spoken to.

A mail cannot be taken back, and a server that has it may fall silent before it says so: such a letter is sent again under the same
Message-ID, rather than lost.
"""

from datetime import datetime

from flask import current_app
from sqlalchemy import update

from forum.clock import utcnow
from forum.extensions import db
from forum.logs import log
from forum.notices.hours import by_day
from forum.notices.leases import claim, update_owned
from forum.notices.mail.models import Letter, LetterKind, MailAddress
from forum.notices.mail.smtp import Refused, Unreachable, send
from forum.notices.mail.writing import write

# The first lease outlasts a server that lets us wait at every step.
LEASES = (5, 10, 30, 120, 360, 720, 1440, 5)


def send_next_letter() -> bool:
    """Take and send one letter; whether there was one. Commits by itself, and holds no transaction while it sends."""
    server = current_app.extensions["settings"].mail
    letter = claim_letter(utcnow()) if server else None
    db.session.commit()
    if letter is None or server is None:
        return False
    ident, attempts = letter.id, letter.attempts
    try:
        if waits := _until_morning(letter):
            update_owned(Letter, ident, attempts, attempts=attempts - 1, due_at=waits, failure="")
        elif (written := write(letter, server)) is None:
            update_owned(Letter, ident, attempts, sent_at=utcnow(), failure="")
        else:
            db.session.commit()
            send(server, *written)
            update_owned(Letter, ident, attempts, sent_at=utcnow(), failure="")
    except Refused as refusal:
        _come_back(letter, str(refusal))
    except Unreachable as error:
        log.warning("letter not sent", letter=ident, attempts=attempts, reason=str(error))
        update_owned(Letter, ident, attempts, failure=str(error)[:200])
    except Exception as error:
        db.session.rollback()
        log.exception("letter not written", letter=ident, attempts=attempts)
        update_owned(Letter, ident, attempts, failure=type(error).__name__)
    db.session.commit()
    return True


def claim_letter(now: datetime) -> Letter | None:
    """Lease the letter that is due longest, or None; the caller commits."""
    return claim(Letter, "letter", now, leases=LEASES)


def _until_morning(letter: Letter) -> datetime | None:
    """When a letter that comes due at night may go; what a person has just asked for himself comes at any hour."""
    now = utcnow()
    later = by_day(now)
    return later if letter.kind != LetterKind.CONFIRM and later > now else None


def _come_back(letter: Letter, code: str) -> None:
    """Give up a letter whose address takes none; its owner reads so on his page."""
    log.warning("letter refused", letter=letter.id, code=code)
    update_owned(Letter, letter.id, letter.attempts, attempts=len(LEASES) + 1, failure=f"refused: {code}")
    db.session.execute(update(MailAddress).where(MailAddress.person_id == letter.person_id).values(failure=code))
