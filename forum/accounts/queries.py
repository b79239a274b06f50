"""What the account pages must load: columns, so that slow work can follow without a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from forum.accounts.models import UserSession
from forum.accounts.policies import visible_sessions
from forum.extensions import db, reading
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Unit


def credentials(*, phone: str | None = None, person_id: int | None = None) -> Row[*tuple[Any, ...]] | None:
    """What the account pages need of whoever may sign in with this phone number, or of a person; leaves no transaction open."""
    who = Person.phone == phone if phone is not None else Person.id == person_id
    with reading():
        row = db.session.execute(
            select(Person.id, Person.phone, Person.name, Person.password_hash, Person.may_be_suggested).where(
                who, Person.disabled_at.is_(None)
            )
        ).one_or_none()
        db.session.rollback()
    return row


def offices_of(person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """A person's postings in force, the latest first, with the names of unit, township and district; leaves no transaction open."""
    township, district = aliased(Unit), aliased(Unit)
    with reading():
        rows = db.session.execute(
            select(
                Posting.title,
                Unit.name.label("unit_name"),
                township.name.label("township_name"),
                district.name.label("district_name"),
            )
            .join(Unit, Unit.id == Posting.unit_id)
            .outerjoin(township, township.id == Unit.township_id)
            .outerjoin(district, district.id == Unit.district_id)
            .where(Posting.person_id == person_id, in_force())
            .order_by(Posting.since.desc(), Posting.id)
        ).all()
        db.session.rollback()
    return rows


def own_names(name: str, offices: Sequence[Row[*tuple[Any, ...]]]) -> list[str]:
    """The names that do not belong into a person's password: his own and those of the units he speaks for."""
    return [name, *(n for o in offices for n in (o.unit_name, o.township_name, o.district_name) if n)]


def postings_of(person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All postings that a person holds or held, those without an end first, then the latest."""
    return db.session.execute(
        select(Posting.title, Posting.role, Posting.since, Posting.until, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id == person_id)
        .order_by(Posting.until.is_not(None), Posting.since.desc(), Posting.id.desc())
    ).all()


def sessions_of(actor: Actor) -> list[UserSession]:
    """The actor's sessions in force, the latest used first."""
    return list(db.session.scalars(visible_sessions(actor).order_by(UserSession.last_seen_at.desc(), UserSession.id)))
