"""What is done with people, their offices and the units. The caller commits."""

from datetime import date
from typing import Any

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actors import Actor
from forum.units.models import Posting, Unit, UnitKind, VillageFacts


def end_posting(actor: Actor, posting: Posting, unit: Unit, last_day: date) -> None:
    """Let an office end with this day, on which it is still in force.

    Raises IntegrityError, at the next flush, for a day before it began.
    """
    posting.until = last_day
    record(
        actor,
        "posting.end",
        "person",
        posting.person_id,
        township_id=unit.township_id,
        district_id=unit.district_id,
        unit_id=unit.id,
        role=posting.role.value,
        until=last_day.isoformat(),
    )


def add_unit(actor: Actor, kind: UnitKind, name: str, parent: Unit) -> Unit:
    """Add a unit below another. Raises IntegrityError when the parent has one of that name."""
    unit = make_unit(kind, name, parent)
    db.session.flush()
    if kind is UnitKind.TOWNSHIP:
        unit.township_id = unit.id
    _record(actor, "unit.add", unit, name=name)
    return unit


def note_facts(actor: Actor, village: Unit, facts: dict[str, Any]) -> None:
    """Note what a village is like; None says that it is not known."""
    known = db.session.get(VillageFacts, village.id)
    if known is None:
        known = VillageFacts(unit_id=village.id)
        db.session.add(known)
    for name, value in facts.items():
        setattr(known, name, value)
    db.session.flush()
    _record(actor, "village.facts", village)


def make_unit(kind: UnitKind, name: str, parent: Unit, position: int = 0) -> Unit:
    """A unit in the scope of its parent, in the session; a township's own scope is set once it has an id."""
    unit = Unit(
        kind=kind,
        name=name,
        parent_id=parent.id,
        township_id=parent.township_id,
        district_id=parent.district_id,
        position=position,
    )
    db.session.add(unit)
    return unit


def change_unit(actor: Actor, unit: Unit, name: str, parent_id: int) -> None:
    """Rename a unit, or put a village into another area of its township. Raises IntegrityError for a name that is taken there."""
    before = (unit.name, unit.parent_id)
    unit.name, unit.parent_id = name, parent_id
    db.session.flush()
    if before != (name, parent_id):
        _record(actor, "unit.change", unit, before=before[0], name=name)


def close_unit(actor: Actor, unit: Unit) -> None:
    """Take a unit that was dissolved out of every choice; what was written in it stays."""
    unit.closed_at = utcnow()
    _record(actor, "unit.close", unit)


def reopen_unit(actor: Actor, unit: Unit) -> None:
    """Undo the closing of a unit."""
    unit.closed_at = None
    _record(actor, "unit.reopen", unit)


def _record(actor: Actor, action: str, unit: Unit, **detail: str | None) -> None:
    record(actor, action, "unit", unit.id, township_id=unit.township_id, district_id=unit.district_id, **detail)
