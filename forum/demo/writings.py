"""The demo's cards, suggestions and reports."""

from datetime import date
from typing import Any

from sqlalchemy import select

from forum.changes import note_change
from forum.clock import local
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.threads import Threads
from forum.extensions import db
from forum.library.models import CardDeed, CardState, CardStep, Experience, ExperienceSource, ExperienceTag
from forum.moderation.models import Report, Suggestion, Verdict
from forum.screening.actions import list_words
from forum.screening.models import Degree
from forum.tags.models import Tag
from forum.units.actors import in_force, load_actor
from forum.units.models import Posting, Role, Unit

PARTS = ("problem", "practice", "result", "suitable", "caution", "cost")


def load_cards(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> dict[str, Experience]:
    """Write the experience cards; a card is as narrow as its thread. Returns them by key."""
    cards = {}
    tags = dict(db.session.execute(select(Tag.code, Tag.id)).tuples().all())
    for entry in entries:
        thread, village = threads.threads[entry["source"]], cast.unit(entry["village"])
        posting = cast.posting(entry["author"], days.on(entry["days_ago"]))
        nominated, published = entry.get("nominated"), entry.get("published")
        confirmed = nominated if published else None
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
            confirmed_at=days.at(confirmed) if confirmed else None,
            confirmed_by_id=_leader(village, days.on(confirmed["days_ago"])) if confirmed else None,
            promoted_at=days.at(entry["promoted"]) if "promoted" in entry else None,
            promoted_by_id=cast.person(entry["promoted"]["by"]).id if "promoted" in entry else None,
            **{part: entry[part] for part in PARTS},
        )
        db.session.add(card)
        db.session.flush()
        db.session.add(ExperienceSource(experience_id=card.id, thread_id=thread.id))
        db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tags[code]) for code in entry["tags"])
        _write_steps(card, cast.person(nominated["by"]).id if nominated else None)
        note_change("card", card.id)
        cards[entry["key"]] = card
    return cards


def _leader(village: Unit, on: date) -> int:
    """Who led a village on a day."""
    return db.session.scalars(
        select(Posting.person_id)
        .where(in_force(on), Posting.unit_id == village.id, Posting.role.in_((Role.SECRETARY, Role.DEPUTY)))
        .order_by(Posting.role.desc())
        .limit(1)
    ).one()


def _write_steps(card: Experience, nominated_by_id: int | None) -> None:
    """A card's history, as the steps would have written it."""
    for deed, at, person_id in (
        (CardDeed.NOMINATED, card.nominated_at, nominated_by_id),
        (CardDeed.CONFIRMED, card.confirmed_at, card.confirmed_by_id),
        (CardDeed.PUBLISHED, card.published_at, card.published_by_id),
        (CardDeed.PROMOTED, card.promoted_at, card.promoted_by_id),
    ):
        if at is None:
            continue
        held = select(Posting.id).where(in_force(local(at).date()), Posting.person_id == person_id).limit(1)
        posting_id = db.session.scalars(held).first()
        db.session.add(CardStep(experience_id=card.id, deed=deed, at=at, person_id=person_id, posting_id=posting_id))


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
                verdict=Verdict(handled["verdict"]) if handled else None,
                answer=handled["answer"] if handled else "",
            )
        )


def load_words(entries: list[dict[str, str]], cast: Cast) -> None:
    """Write the district's list of words."""
    for entry in entries:
        keeper = load_actor(cast.person(entry["by"]).id)
        if keeper is not None:
            list_words(keeper, [entry["word"]], Degree(entry["degree"]), entry.get("reason", ""))
