"""What the pages about people and units load."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import ActivationSlip, Person, Posting, Role, Unit, UnitKind
from forum.units.policies import in_hand, not_ended, readable_offices
from forum.units.registry import Office, PersonFact, Registry, UnitFact

Rows = Select[*tuple[Any, ...]]
PEOPLE_PAGE = 100
# The order of the roles within a unit.
_RANK = {role: number for number, role in enumerate(Role)}


def load_registry(district_id: int, phones: Collection[str] = ()) -> Registry:
    """A district's units, people and offices, and whoever else has one of these phone numbers, in three statements."""
    units = [
        UnitFact._make(row)
        for row in db.session.execute(
            select(Unit.id, Unit.kind, Unit.name, Unit.parent_id, Unit.township_id, Unit.closed_at.is_not(None)).where(
                Unit.district_id == district_id
            )
        )
    ]
    of_district = (
        select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(Unit.district_id == district_id)
    )
    concerned = or_(Person.id.in_(of_district), Person.phone.in_(sorted(phones)))
    people = [
        PersonFact._make(row)
        for row in db.session.execute(
            select(Person.id, Person.name, Person.phone, Person.disabled_at.is_not(None)).where(concerned)
        )
    ]
    offices = [
        Office._make(row)
        for row in db.session.execute(
            select(
                Posting.id,
                Posting.person_id,
                Posting.unit_id,
                Unit.name,
                Unit.township_id,
                Unit.district_id,
                Posting.role,
                Posting.title,
                Posting.since,
                Posting.until,
            )
            .join(Unit, Unit.id == Posting.unit_id)
            .join(Person, Person.id == Posting.person_id)
            .where(concerned)
            .order_by(Posting.id)
        )
    ]
    district = next(unit for unit in units if unit.id == district_id)
    return Registry(district, units, people, offices)


def people_rows(actor: Actor) -> Rows:
    """The offices in force or to come of the people whom the actor looks after, with what a list shows of each."""
    township = aliased(Unit)
    slip_until = (
        select(func.max(ActivationSlip.expires_at))
        .where(
            ActivationSlip.person_id == Person.id,
            ActivationSlip.used_at.is_(None),
            ActivationSlip.expires_at > utcnow(),
        )
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(
            Posting.id,
            Posting.person_id,
            Posting.role,
            Posting.title,
            Posting.since,
            Posting.until,
            Person.name,
            Person.phone,
            Person.password_hash.is_not(None).label("is_activated"),
            in_hand(actor).label("in_hand"),
            slip_until.label("slip_until"),
            Unit.name.label("unit_name"),
            Unit.kind.label("unit_kind"),
            Unit.township_id,
            Unit.district_id,
            township.name.label("township_name"),
        )
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(township, township.id == Unit.township_id)
        .where(readable_offices(actor), not_ended())
        .order_by(
            township.position,
            township.name,
            Unit.position,
            Unit.name,
            case(_RANK, value=Posting.role),
            Person.name,
            Posting.id,
        )
    )


def named(words: str) -> ColumnElement[bool]:
    """The condition for people whose name, village or phone number holds these characters; the query joins Unit."""
    return or_(*(column.contains(words, autoescape=True) for column in (Person.name, Unit.name, Person.phone)))


def waiting_people(actor: Actor, township_id: int | None = None) -> Select[Person]:
    """The people in the actor's hands who hold an office, have a phone number, and have not set a password yet."""
    office = (
        select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(readable_offices(actor), not_ended())
    )
    if township_id:
        office = office.where(Unit.township_id == township_id)
    return select(Person).where(
        in_hand(actor), Person.phone.is_not(None), Person.password_hash.is_(None), Person.id.in_(office)
    )


def count_of(query: Select[Any]) -> int:
    """How many rows a query has."""
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def slip_rows(person_ids: Collection[int]) -> Sequence[Any]:
    """Who stands on printed slips: people with their village or other unit, in the order of the tree."""
    township = aliased(Unit)
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Unit.name.label("unit_name"),
            Unit.kind.label("unit_kind"),
            township.name.label("township_name"),
        )
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(township, township.id == Unit.township_id)
        .where(Person.id.in_(person_ids), not_ended())
        .order_by(township.position, township.name, Unit.position, Unit.name, Person.name, Posting.since)
    ).all()
    return list({row.id: row for row in reversed(rows)}.values())[::-1]


def townships_of(actor: Actor) -> Sequence[Any]:
    """The townships of the actor's district that are open."""
    return db.session.execute(
        select(Unit.id, Unit.name)
        .where(Unit.district_id == actor.district_id, Unit.kind == UnitKind.TOWNSHIP, Unit.closed_at.is_(None))
        .order_by(Unit.position, Unit.name)
    ).all()


def unit_rows(district_id: int, under: int) -> Sequence[Any]:
    """The units right below the district (``under`` is its id) or everything in a township, with how many people hold office there."""
    area = aliased(Unit)
    holders = (
        select(func.count(Posting.id)).where(Posting.unit_id == Unit.id, not_ended()).correlate(Unit).scalar_subquery()
    )
    below = Unit.parent_id == under if under == district_id else (Unit.township_id == under) & (Unit.id != under)
    return db.session.execute(
        select(
            Unit.id,
            Unit.name,
            Unit.kind,
            Unit.closed_at,
            holders.label("holders"),
            case((area.kind == UnitKind.AREA, area.name)).label("area_name"),
        )
        .outerjoin(area, area.id == Unit.parent_id)
        .where(Unit.district_id == district_id, below)
        .order_by(Unit.closed_at.is_not(None), Unit.kind.desc(), Unit.position, Unit.name)
    ).all()


def places_for(actor: Actor, kinds: Collection[UnitKind]) -> Sequence[Any]:
    """The open units in which the actor may give an office, with their townships' names."""
    township = aliased(Unit)
    query = (
        select(Unit.id, Unit.name, Unit.kind, township.name.label("township_name"))
        .outerjoin(township, township.id == Unit.township_id)
        .where(Unit.district_id == actor.district_id, Unit.kind.in_(kinds), Unit.closed_at.is_(None))
        .order_by(township.position, township.name, Unit.kind.desc(), Unit.position, Unit.name)
    )
    if actor.is_organiser:
        query = query.where(Unit.township_id == actor.township_id)
    return db.session.execute(query).all()
