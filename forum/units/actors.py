"""Who acts: a person together with the posting he speaks for. What policies look at and actions are given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from forum.clock import today
from forum.extensions import db
from forum.units.models import Person, Posting, Role, Unit, UnitKind

NEWCOMER_DAYS = 365


@dataclass(frozen=True)
class CurrentPosting:
    """One posting in force today, with what rights and pages need of its unit."""

    id: int
    role: Role
    title: str
    unit_id: int
    unit_name: str
    unit_kind: UnitKind
    township_id: int | None
    district_id: int | None
    district_name: str
    is_demo: bool

    @property
    def label(self) -> str:
        """The unit and the office held there, as the chooser in the header shows it."""
        return f"{self.unit_name} · {self.title}" if self.title else self.unit_name


@dataclass(frozen=True)
class Actor:
    """A signed-in person speaking for one of his current postings, or for none once the last has ended."""

    id: int
    name: str
    postings: tuple[CurrentPosting, ...] = ()
    posting: CurrentPosting | None = None
    first_secretary_since: date | None = None
    language: str | None = None
    large_type: bool = False
    session_id: int | None = None

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """The person's id, as the sign-in extension wants it."""
        return str(self.id)

    @property
    def role(self) -> Role | None:
        return self.posting.role if self.posting else None

    @property
    def unit_id(self) -> int | None:
        return self.posting.unit_id if self.posting else None

    @property
    def township_id(self) -> int | None:
        return self.posting.township_id if self.posting else None

    @property
    def district_id(self) -> int | None:
        return self.posting.district_id if self.posting else None

    @property
    def is_former(self) -> bool:
        """His last posting has ended: he reads, exports and corrects his own writing, nothing more."""
        return self.posting is None

    @property
    def is_member(self) -> bool:
        """Takes part in the forum: everybody in office but the system administrator."""
        return self.role is not None and self.role is not Role.ADMIN

    @property
    def is_organiser(self) -> bool:
        return self.role is Role.ORGANISER

    @property
    def is_district(self) -> bool:
        return self.role is Role.DISTRICT

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @property
    def leads_village(self) -> bool:
        """Secretary or deputy of a village: may say for it that it adopts a card or has the same problem."""
        return self.role in (Role.SECRETARY, Role.DEPUTY)

    @property
    def is_newcomer(self) -> bool:
        """His first posting as a secretary began less than twelve months ago."""
        first = self.first_secretary_since
        return first is not None and first > today() - timedelta(days=NEWCOMER_DAYS)

    def as_parameters(self) -> dict[str, int | None]:
        """The values for a statement that was built for ``anyone`` of the actor's role."""
        return {
            "my_id": self.id,
            "my_unit": self.unit_id,
            "my_township": self.township_id,
            "my_district": self.district_id,
        }

    def organises(self, township_id: int | None, district_id: int | None) -> bool:
        """Whether something of this township and district lies in his care: his own township's, or any of his district's."""
        if self.is_organiser:
            return township_id is not None and township_id == self.township_id
        return self.is_district and district_id is not None and district_id == self.district_id


@cache
def anyone(role: Role | None) -> Actor:
    """Stands for every actor of a role in a statement that is built once and run with ``actor.as_parameters()``.

    Building a statement costs more than running it; the policies that go into it are the same for everybody of a role but for ids,
    and here the ids are parameters. Only for building conditions: it has no name, and comparing its ids in Python means nothing.
    """
    my = {name: bindparam(f"my_{name}", type_=Integer()) for name in ("id", "unit", "township", "district")}
    posting = None
    if role is not None:
        posting = CurrentPosting(
            id=0,
            role=role,
            title="",
            unit_id=cast(int, my["unit"]),
            unit_name="",
            unit_kind=UnitKind.VILLAGE,
            township_id=cast(int, my["township"]),
            district_id=cast(int, my["district"]),
            district_name="",
            is_demo=False,
        )
    return Actor(id=cast(int, my["id"]), name="", posting=posting)


def in_force(on: date | ColumnElement[date] | None = None) -> ColumnElement[bool]:
    """The condition under which a posting is in force on a day (today, unless said)."""
    day = today() if on is None else on
    return and_(Posting.since <= day, or_(Posting.until.is_(None), Posting.until >= day))


def actor_rows(*extra: Any, on: date | ColumnElement[date] | None = None) -> Select[*tuple[Any, ...]]:
    """Select one row for each posting of a person in force on a day (one row without posting when there is none)."""
    first = aliased(Posting)
    district = aliased(Unit)
    first_secretary = (
        select(func.min(first.since))
        .where(first.person_id == Person.id, first.role == Role.SECRETARY)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.name,
            Person.language,
            Person.large_type,
            first_secretary.label("first_secretary_since"),
            Posting.id.label("posting_id"),
            Posting.role,
            Posting.title,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.kind.label("unit_kind"),
            Unit.township_id,
            Unit.district_id,
            district.name.label("district_name"),
            district.is_demo,
            *extra,
        )
        .select_from(Person)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(on)))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(district, district.id == Unit.district_id)
        .where(Person.disabled_at.is_(None))
        .order_by(Posting.since.desc(), Posting.id)
    )


def actor_from(rows: Iterable[Any], speaks_for: int | None = None, session_id: int | None = None) -> Actor | None:
    """Build the actor from ``actor_rows``; he speaks for the posting named, or for his latest."""
    rows = list(rows)
    if not rows:
        return None
    postings = tuple(
        CurrentPosting(
            r.posting_id,
            r.role,
            r.title,
            r.unit_id,
            r.unit_name,
            r.unit_kind,
            r.township_id,
            r.district_id,
            r.district_name or "",
            bool(r.is_demo),
        )
        for r in rows
        if r.posting_id is not None
    )
    chosen = next((p for p in postings if p.id == speaks_for), postings[0] if postings else None)
    person = rows[0]
    return Actor(
        id=person.id,
        name=person.name,
        postings=postings,
        posting=chosen,
        first_secretary_since=person.first_secretary_since,
        language=person.language,
        large_type=person.large_type,
        session_id=session_id,
    )


def load_actor(person_id: int, speaks_for: int | None = None) -> Actor | None:
    """The actor for a person, as the worker, the command line and the tests need him; None when disabled or unknown."""
    return actor_from(db.session.execute(actor_rows().where(Person.id == person_id)), speaks_for)
