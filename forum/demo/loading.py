"""Loading the invented district: its units, its people, and then what they wrote."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Delete, delete, select, update

from forum.accounts.passwords import hash_password
from forum.accounts.privacy import PRIVACY_VERSION
from forum.clock import today, utcnow
from forum.demo.accounts import PASSWORD
from forum.demo.borrowing import load_adoptions, load_facts, load_shelves
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.deeds import load_deeds
from forum.demo.documents import load_documents
from forum.demo.follow_ups import load_follow_ups
from forum.demo.lectures import load_lectures
from forum.demo.meetings import load_meetings
from forum.demo.panels import load_panels
from forum.demo.searches import load_searches
from forum.demo.themes import load_letterheads, load_themes
from forum.demo.threads import load_threads
from forum.demo.trips import load_trips
from forum.demo.writings import load_cards, load_reports, load_suggestions, load_words
from forum.extensions import db, without_triggers
from forum.tags.actions import load_taxonomy
from forum.units.models import Person, Posting, Role, Unit, UnitKind

DATA = Path(__file__).with_name("data")


class DistrictThere(Exception):
    """The database already holds a district: the demo is only loaded into an empty one."""


def load_demo() -> None:
    """Load everything. The caller commits. Raises DistrictThere when there is a district already."""
    if db.session.scalar(select(Unit.id).limit(1)):
        raise DistrictThere
    days = Days(today())
    load_taxonomy()
    cast = Cast()
    _plant(read("units"), None, cast)
    for entry in read("people"):
        _introduce(entry, cast, days)
    threads = load_threads([t for path in sorted(DATA.glob("threads-*.json")) for t in _json(path)], cast, days)
    load_documents(read("documents"), threads)
    load_meetings([m for path in sorted(DATA.glob("meetings-*.json")) for m in _json(path)], threads, cast, days)
    load_letterheads(read("letterheads"), cast)
    load_themes(read("themes"), cast, days)
    load_panels(read("panels"), threads, cast, days)
    load_follow_ups(read("follow-ups"), threads, cast, days)
    load_trips(read("trips"), cast, days)
    load_lectures(read("lectures"), cast, days)
    load_facts(read("village-facts"), cast)
    cards = load_cards(read("cards"), threads, cast, days)
    load_adoptions(read("adoptions"), cards, cast, days)
    load_shelves(read("shelves"), cards, cast, days)
    load_suggestions(read("suggestions"), cast, days)
    load_reports(read("reports"), threads, cast, days)
    load_words(read("words"), cast)
    load_searches(read("searches"), cast, days)
    load_deeds()


def clear_demo() -> int:
    """Remove every row of every table; returns how many there were. The caller commits.

    Raises LookupError when the database holds a district that is not a demo: what people wrote is never cleared away.
    """
    if db.session.scalar(select(Unit.id).where(Unit.kind == UnitKind.DISTRICT, Unit.is_demo.is_(False)).limit(1)):
        raise LookupError("there is a district that is not a demo")
    with without_triggers("audit_entry", "audit_seal"):
        return _clear()


def _clear() -> int:
    tables = db.metadata.tables
    # Rows that point at rows of their own table, and threads at their accepted posts, are untied first.
    db.session.execute(update(tables["thread"]).values(accepted_post_id=None, merged_post_id=None))
    db.session.execute(update(tables["post"]).values(parent_id=None, root_id=None, stance=None))
    db.session.execute(update(tables["tag"]).values(parent_id=None, merged_into_id=None))
    db.session.execute(update(tables["unit"]).values(township_id=None, district_id=None))
    removed = 0
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "unit":
            removed += _delete(delete(table))
    has_children = select(Unit.parent_id).where(Unit.parent_id.is_not(None))
    while gone := _delete(delete(tables["unit"]).where(tables["unit"].c.id.not_in(has_children))):
        removed += gone
    return removed


def _delete(statement: Delete) -> int:
    result = db.session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined]


def read(name: str) -> Any:
    """One file of the demo's data."""
    return _json(DATA / f"{name}.json")


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _plant(entry: dict[str, Any], parent: Unit | None, cast: Cast, position: int = 0) -> None:
    kind = UnitKind(entry["kind"])
    unit = Unit(kind=kind, name=entry["name"], parent_id=parent.id if parent else None, position=position)
    unit.is_demo = kind is UnitKind.DISTRICT
    db.session.add(unit)
    db.session.flush()
    unit.district_id = unit.id if kind is UnitKind.DISTRICT else parent.district_id if parent else None
    unit.township_id = unit.id if kind is UnitKind.TOWNSHIP else parent.township_id if parent else None
    cast.add_unit(unit)
    for place, child in enumerate(entry.get("children", ())):
        _plant(child, unit, cast, place)


def _introduce(entry: dict[str, Any], cast: Cast, days: Days) -> None:
    person = Person(
        name=entry["name"],
        phone=entry["phone"],
        password_hash=cast.password_hash or hash_password(PASSWORD),
        privacy_version=PRIVACY_VERSION,
        privacy_accepted_at=utcnow(),
    )
    cast.password_hash = person.password_hash or ""
    db.session.add(person)
    db.session.flush()
    postings = [
        Posting(
            person_id=person.id,
            unit_id=cast.unit(p["unit"]).id,
            role=Role(p["role"]),
            title=p["title"],
            since=days.on(p["since_days_ago"]),
            until=days.on(p["until_days_ago"]) if "until_days_ago" in p else None,
        )
        for p in entry["postings"]
    ]
    db.session.add_all(postings)
    db.session.flush()
    cast.add_person(person, postings)
