"""The demo's villages: what they are like, which cards they tried, and what stands on the shelves to read first."""

from typing import Any

from sqlalchemy import select

from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import Experience
from forum.library.shelves.models import ShelfCard
from forum.units.models import VillageFacts


def load_facts(entries: list[dict[str, Any]], cast: Cast) -> None:
    """Note what the villages are like."""
    for entry in entries:
        facts = {name: value for name, value in entry.items() if name != "village"}
        db.session.add(VillageFacts(unit_id=cast.unit(entry["village"]).id, **facts))


def load_adoptions(entries: list[dict[str, Any]], cards: dict[str, Experience], cast: Cast, days: Days) -> None:
    """Write who tried which card and how it went; the villages whose day has passed have been asked."""
    for entry in entries:
        posting = cast.posting(entry["by"], days.on(entry["days_ago"]), entry["village"])
        told = entry.get("result")
        result = {}
        if told:
            said = cast.posting(told.get("by", entry["by"]), days.on(told["days_ago"]), entry["village"])
            result = {
                "result": AdoptionResult(told["result"]),
                "result_at": days.at(told),
                "result_by_id": said.person_id,
                "result_posting_id": said.id,
                "why": told["why"],
                "caution": told["caution"],
            }
        db.session.add(
            Adoption(
                experience_id=cards[entry["card"]].id,
                unit_id=posting.unit_id,
                person_id=posting.person_id,
                posting_id=posting.id,
                entered_by_id=cast.person(entry["entered_by"]).id if "entered_by" in entry else None,
                change=entry["change"],
                due=days.on(entry["due_days_ago"]),
                created_at=days.at(entry),
                **result,
            )
        )


def load_shelves(entries: list[dict[str, Any]], cards: dict[str, Experience], cast: Cast, days: Days) -> None:
    """Fill the shelves in the order of the file."""
    district_id = db.session.scalars(select(Experience.district_id)).first()
    for position, entry in enumerate(entries, 1):
        township = None if entry["shelf"] == "district" else cast.unit(entry["shelf"]).id
        db.session.add(
            ShelfCard(
                experience_id=cards[entry["card"]].id,
                township_id=township,
                district_id=district_id,
                note=entry["note"],
                position=position,
                added_by_id=cast.person(entry["by"]).id,
                added_at=days.at(entry),
            )
        )
