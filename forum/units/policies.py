"""Who may give and end offices, print slips and change the tree of units.

An office is given by the level above: secretaries and deputies by the township's organiser, organisers and experts by the
district, district staff by the system administrator. Nobody gives himself anything.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from forum.clock import today, utcnow
from forum.units.actors import Actor
from forum.units.models import Person, Posting, Role, RosterUpload, Unit, UnitKind

UPLOAD_HOURS = 24
VILLAGE_ROLES = frozenset({Role.SECRETARY, Role.DEPUTY})
_GIVES = {
    Role.ORGANISER: VILLAGE_ROLES,
    Role.DISTRICT: VILLAGE_ROLES | {Role.EXPERT, Role.ORGANISER},
    Role.ADMIN: frozenset({Role.DISTRICT}),
}
EDITABLE_KINDS = (UnitKind.TOWNSHIP, UnitKind.AREA, UnitKind.VILLAGE, UnitKind.BUREAU)


@dataclass(frozen=True)
class Grant:
    """The offices that somebody may give and end, and where: in one township, or in the whole district."""

    roles: frozenset[Role]
    district_id: int
    township_id: int | None = None
    person_id: int | None = None

    def covers(self, role: Role, township_id: int | None, district_id: int | None) -> bool:
        """Whether an office of this role in a unit of this township and district is in his hands."""
        if role not in self.roles or district_id != self.district_id:
            return False
        return self.township_id is None or township_id == self.township_id


def grant_of(actor: Actor) -> Grant | None:
    """What the actor may give; None for everybody who may give nothing."""
    if actor.role not in _GIVES or actor.district_id is None:
        return None
    township_id = actor.township_id if actor.is_organiser else None
    return Grant(_GIVES[actor.role], actor.district_id, township_id, actor.id)


def grant_of_commands(district_id: int) -> Grant:
    """What the command line may give: everything in a district but system administration."""
    return Grant(frozenset(Role) - {Role.ADMIN}, district_id)


def can_manage_people(actor: Actor) -> bool:
    """Import rosters, give and end offices, print slips."""
    return grant_of(actor) is not None


def can_manage_units(actor: Actor) -> bool:
    return actor.is_district


def can_change_office(actor: Actor, office: Any) -> bool:
    """Whether the actor may end this office: it must be in his hands, and another's. ``office`` has the columns of ``people_rows``."""
    grant = grant_of(actor)
    own = office.person_id == actor.id
    return grant is not None and not own and grant.covers(office.role, office.township_id, office.district_id)


def not_ended(posting: Any = Posting) -> ColumnElement[bool]:
    """The condition for offices in force or yet to begin."""
    return or_(posting.until.is_(None), posting.until >= today())


def readable_offices(actor: Actor) -> ColumnElement[bool]:
    """Offices that the actor sees with their holders' phone numbers; the query must join Unit."""
    if actor.is_organiser:
        return Unit.township_id == actor.township_id
    if actor.is_district:
        return and_(Unit.district_id == actor.district_id, Posting.role != Role.ADMIN)
    if actor.is_admin:
        return and_(Unit.district_id == actor.district_id, Posting.role == Role.DISTRICT)
    return false()


def visible_postings(actor: Actor) -> Select[Posting]:
    """The offices, not yet ended, of the people whom the actor looks after."""
    return select(Posting).join(Unit, Unit.id == Posting.unit_id).where(readable_offices(actor), not_ended())


def in_hand(actor: Actor) -> ColumnElement[bool]:
    """People all of whose offices the actor may give. A slip opens the whole account, so one foreign office puts it out of his reach."""
    grant = grant_of(actor)
    if grant is None:
        return false()
    office, unit = aliased(Posting), aliased(Unit)
    covered = and_(office.role.in_(grant.roles), unit.district_id == grant.district_id)
    if grant.township_id is not None:
        covered = and_(covered, unit.township_id == grant.township_id)
    held = exists().where(office.person_id == Person.id, office.unit_id == unit.id, not_ended(office)).correlate(Person)
    return and_(
        Person.id != actor.id, Person.disabled_at.is_(None), held.where(covered), ~held.where(covered.is_not(True))
    )


def visible_people_for_slips(actor: Actor) -> Select[Person]:
    """The people for whom the actor may print activation slips: those in his hands with a phone number to sign in with."""
    return select(Person).where(in_hand(actor), Person.phone.is_not(None))


def visible_uploads(actor: Actor) -> Select[RosterUpload]:
    """The rosters that the actor uploaded within the last day."""
    recent = RosterUpload.created_at > utcnow() - timedelta(hours=UPLOAD_HOURS)
    return select(RosterUpload).where(RosterUpload.person_id == actor.id, recent)


def visible_units(actor: Actor) -> Select[Unit]:
    """The units that the actor may change: those below his district."""
    if not can_manage_units(actor):
        return select(Unit).where(false())
    return select(Unit).where(Unit.district_id == actor.district_id, Unit.kind.in_(EDITABLE_KINDS))


def visible_villages(actor: Actor) -> Select[Unit]:
    """The open villages of which the actor notes what they are like: his township's, or his district's."""
    village = and_(Unit.kind == UnitKind.VILLAGE, Unit.closed_at.is_(None))
    if actor.is_organiser:
        return select(Unit).where(village, Unit.township_id == actor.township_id)
    if actor.is_district:
        return select(Unit).where(village, Unit.district_id == actor.district_id)
    return select(Unit).where(false())


def can_note_facts(actor: Actor) -> bool:
    """Whoever looks after villages, not who lives in one: villages are not to be asked once more for what the township knows."""
    return actor.is_organiser or actor.is_district
