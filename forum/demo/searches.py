"""The demo's searches: which ones people keep, and what several of them looked for in vain."""

from typing import Any

from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.search.missed.models import MissedWord
from forum.search.saved.models import SavedSearch


def load_searches(entries: dict[str, Any], cast: Cast, days: Days) -> None:
    """Write both lists. The words come from everybody's village: they say how many looked, never who."""
    for entry in entries["saved"]:
        at = days.at(entry)
        db.session.add(
            SavedSearch(
                person_id=cast.person(entry["by"]).id,
                text=entry["text"],
                arguments=entry.get("arguments", ""),
                tells=entry.get("tells", False),
                created_at=at,
                looked_at=at,
            )
        )
    district_id = cast.unit_of(cast.latest_posting(entries["saved"][0]["by"])).district_id
    for entry in entries["missed"]:
        day = days.on(entry["days_ago"])
        db.session.add_all(
            MissedWord(district_id=district_id, word=entry["word"], mark=mark, day=day)
            for mark in range(entry["searchers"])
        )
