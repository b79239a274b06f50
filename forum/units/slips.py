"""Activation slips: a printed one-time code takes the place of an e-mail, for the first password and for a lost one."""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import ActivationSlip, Person, Posting, Unit

SLIP_HOURS = 72
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: read from paper, typed by hand
GROUPS, GROUP_LENGTH = 3, 4  # 32 ** 12: 60 bits


def make_slip(actor: Actor | None, person: Person) -> tuple[str, ActivationSlip]:
    """Make a new slip for a person; his older unused ones are void from now on. The caller commits.

    Returns the code, which is shown this once and kept nowhere, and the row. ``actor`` is None for the command line.
    """
    return make_slips(actor, [person])[0]


def make_slips(actor: Actor | None, people: Sequence[Person]) -> list[tuple[str, ActivationSlip]]:
    """Make a new slip for each of these people, as ``make_slip`` does, in as many statements as for one."""
    now = utcnow()
    db.session.execute(
        update(ActivationSlip)
        .where(
            ActivationSlip.person_id.in_([person.id for person in people]),
            ActivationSlip.used_at.is_(None),
            ActivationSlip.expires_at > now,
        )
        .values(expires_at=now)
    )
    made = []
    for person in people:
        code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
        slip = ActivationSlip(
            person_id=person.id,
            code_hash=_digest(code),
            made_by_id=actor.id if actor else None,
            created_at=now,
            expires_at=now + timedelta(hours=SLIP_HOURS),
        )
        made.append((code, slip))
        record(actor, "slip.make", "person", person.id, **({} if actor else _scope_of(person.id)))
    db.session.add_all(slip for _code, slip in made)
    return made


def find_slip(code: str) -> ActivationSlip | None:
    """The slip with this code, typed in any case and with or without dashes; None when unknown, used, expired or void.

    The look-up is by a keyed digest, so its time tells nothing about a code.
    """
    return db.session.scalars(
        select(ActivationSlip)
        .join(Person, Person.id == ActivationSlip.person_id)
        .where(
            ActivationSlip.code_hash == _digest(code),
            ActivationSlip.used_at.is_(None),
            ActivationSlip.expires_at > utcnow(),
            Person.disabled_at.is_(None),
        )
    ).one_or_none()


def use_slip(slip: ActivationSlip) -> bool:
    """Spend a slip; False when it was spent or replaced in the meantime. The caller commits."""
    now = utcnow()
    spent = db.session.execute(
        update(ActivationSlip)
        .where(ActivationSlip.id == slip.id, ActivationSlip.used_at.is_(None), ActivationSlip.expires_at > now)
        .values(used_at=now)
    )
    return bool(spent.rowcount)  # type: ignore[attr-defined]


def slip_url(code: str) -> str:
    """The address that the slip's QR code carries."""
    return f"{current_app.extensions['settings'].public_url}/activate/{code}"


def tidy_code(typed: str) -> str:
    """A code as it was typed, in capitals, without dashes and blanks: at most 40 characters of it."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed[:40]).upper() if c.isalnum())


def _digest(code: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"slip:{tidy_code(code)}".encode(), hashlib.sha256).hexdigest()


def _scope_of(person_id: int) -> dict[str, int | None]:
    row = db.session.execute(
        select(Unit.township_id, Unit.district_id)
        .join(Posting, Posting.unit_id == Unit.id)
        .where(Posting.person_id == person_id)
        .order_by(Posting.since.desc())
        .limit(1)
    ).one_or_none()
    return {"township_id": row.township_id, "district_id": row.district_id} if row else {}
