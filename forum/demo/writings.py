"""The demo's cards, suggestions and reports."""

from typing import Any

from sqlalchemy import select

from forum.changes import note_change
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.threads import Threads
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceSource, ExperienceTag
from forum.moderation.models import Report, Suggestion
from forum.tags.models import Tag

PARTS = ("problem", "practice", "result", "suitable", "caution", "cost")


def load_cards(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> dict[str, Experience]:
    """Write the experience cards; a card is as narrow as its thread. Returns them by key."""
    cards = {}
    tags = dict(db.session.execute(select(Tag.code, Tag.id)).tuples().all())
    for entry in entries:
        thread, village = threads.threads[entry["source"]], cast.unit(entry["village"])
        posting = cast.posting(entry["author"], days.on(entry["days_ago"]))
        nominated, published = entry.get("nominated"), entry.get("published")
        card = Experience(
            title=entry["title"],
            unit_id=village.id,
            township_id=village.township_id,
            district_id=village.district_id,
            reach=thread.reach,
            state=CardState(entry["state"]),
            author_id=posting.person_id,
            posting_id=posting.id,
            created_at=days.at(entry),
            nominated_at=days.at(nominated) if nominated else None,
            published_at=days.at(published) if published else None,
            published_by_id=cast.person(published["by"]).id if published else None,
            **{part: entry[part] for part in PARTS},
        )
        db.session.add(card)
        db.session.flush()
        db.session.add(ExperienceSource(experience_id=card.id, thread_id=thread.id))
        db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tags[code]) for code in entry["tags"])
        note_change("card", card.id)
        cards[entry["key"]] = card
    return cards


def load_suggestions(entries: list[dict[str, Any]], cast: Cast, days: Days) -> None:
    """Fill the suggestion box."""
    for entry in entries:
        posting = cast.posting(entry["author"], days.on(entry["days_ago"]))
        unit = cast.unit_of(posting)
        db.session.add(
            Suggestion(
                person_id=posting.person_id,
                posting_id=posting.id,
                township_id=unit.township_id,
                district_id=unit.district_id,
                page=entry["page"],
                body=entry["body"],
                created_at=days.at(entry),
                handled_at=days.at(entry["handled"]) if "handled" in entry else None,
            )
        )


def load_reports(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> None:
    """Write what readers pointed out."""
    for entry in entries:
        handled = entry.get("handled")
        db.session.add(
            Report(
                post_id=threads.posts[entry["post"]].id,
                reporter_id=cast.person(entry["by"]).id,
                reason=entry["reason"],
                created_at=days.at(entry),
                handled_at=days.at(handled) if handled else None,
                handled_by_id=cast.person(handled["by"]).id if handled else None,
            )
        )
