"""Carrying out the plan of a roster, in few statements. The caller commits."""

from collections.abc import Iterable

from sqlalchemy import insert, select, update

from forum.audit.actions import record
from forum.clock import utcnow
from forum.extensions import db
from forum.units.actions import make_unit
from forum.units.actors import Actor
from forum.units.models import Person, Posting, RosterUpload, Unit, UnitKind
from forum.units.places import Place
from forum.units.roster_plan import Plan, Planned, State

_Key = tuple[UnitKind, str, str]


def hold_district(district_id: int) -> None:
    """Let nobody else import a roster of the district before this transaction ends."""
    db.session.execute(select(Unit.id).where(Unit.id == district_id).with_for_update(key_share=True))


def import_plan(actor: Actor | None, plan: Plan, district_id: int) -> None:
    """Carry out a plan: the rows that are right; the others are left alone. ``actor`` is None for the command line.

    Raises IntegrityError when it contradicts what came about meanwhile.
    """
    rows = [row for row in plan.good if row.state is not State.SAME]
    units = _make_units(rows, db.session.get_one(Unit, district_id))
    people = _save_people(rows)
    # Whoever leaves a seat does so before his successor takes it: the database allows one at a time.
    _update(Posting, [{"id": office.id, "until": until} for row in rows for office, until in row.ends])
    _update(
        Posting,
        [{"id": row.held.id, "title": row.title, "since": row.since} for row in rows if row.held],
    )
    taken = [
        {"person_id": people[row.who], "unit_id": _unit_id(row.place, units)}
        | {"role": row.role, "title": row.title, "since": row.since}
        for row in rows
        if row.held is None and row.place
    ]
    if taken:
        db.session.execute(insert(Posting), taken)
    record(actor, "roster.import", "roster", district_id=district_id, **plan.counts)
    db.session.flush()


def spend_upload(upload: RosterUpload) -> None:
    """Note that a roster was applied; its rows are no longer needed."""
    upload.applied_at, upload.rows = utcnow(), ""


def _make_units(rows: Iterable[Planned], district: Unit) -> dict[_Key, Unit]:
    """Make the units that are missing, from the top, and put villages into their areas."""
    made: dict[_Key, Unit] = {}
    places = [(row.row.line, row.place) for row in rows if row.place]
    known = [place.township.id for _line, place in places if place.township]
    townships = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(set(known))))}

    def township_of(place: Place) -> Unit:
        if place.township:
            return townships[place.township.id]
        return made[UnitKind.TOWNSHIP, "", place.new_township]

    for line, place in places:
        key = (UnitKind.TOWNSHIP, "", place.new_township)
        if place.new_township and key not in made:
            made[key] = make_unit(*key[::2], district, line)
    db.session.flush()
    for township in made.values():
        township.township_id = township.id
    for line, place in places:
        area_key = (UnitKind.AREA, place.township_name, place.new_area)
        if place.new_area and area_key not in made:
            made[area_key] = make_unit(UnitKind.AREA, place.new_area, township_of(place), line)
    db.session.flush()
    for line, place in places:
        if place.unit is None and place.key not in made:
            parent = district if place.kind is UnitKind.BUREAU else township_of(place)
            made[place.key] = make_unit(place.kind, place.name, parent, line)
            if area_id := _area_id(place, made):
                made[place.key].parent_id = area_id
    db.session.flush()
    moved = {place.unit.id: _area_id(place, made) for _line, place in places if place.unit and place.moves}
    _update(Unit, [{"id": unit_id, "parent_id": area_id} for unit_id, area_id in moved.items()])
    return made


def _area_id(place: Place, made: dict[_Key, Unit]) -> int | None:
    if place.area:
        return place.area.id
    return made[UnitKind.AREA, place.township_name, place.new_area].id if place.new_area else None


def _unit_id(place: Place, made: dict[_Key, Unit]) -> int:
    return place.unit.id if place.unit else made[place.key].id


def _save_people(rows: list[Planned]) -> dict[tuple[object, ...], int]:
    """Make the people who are new and change the phone numbers of others; everybody's id."""
    new = {row.who: Person(name=row.row.name, phone=row.row.phone) for row in rows if row.person is None}
    db.session.add_all(new.values())
    db.session.flush()
    _update(Person, [{"id": row.person.id, "phone": row.new_phone} for row in rows if row.person and row.new_phone])
    return {who: person.id for who, person in new.items()} | {row.who: row.person.id for row in rows if row.person}


def _update(model: type[Unit] | type[Person] | type[Posting], values: list[dict[str, object]]) -> None:
    if values:
        db.session.execute(update(model), values)
