"""Things that went well, for tests of asking."""

from datetime import datetime
from typing import Any

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import CardState, Experience, ExperienceTag
from forum.tags.models import Tag
from forum.threads.models import Post, Thread, ThreadTag
from forum.units.actors import Actor
from tests.factories import make_post, make_thread, save


def answered(
    asker: Actor,
    answerer: Actor,
    tag: Tag,
    title: str = "路灯坏了找谁修",
    body: str = "路灯一到晚上就不亮。",
    *,
    at: datetime | None = None,
    **values: Any,
) -> tuple[Thread, Post]:
    """A question with an answer that helped."""
    thread = make_thread(asker, title, body, **values)
    post = make_post(thread, answerer, "找镇上的电工。")
    thread.accepted_post_id, thread.accepted_at = post.id, at or utcnow()
    save(ThreadTag(thread_id=thread.id, tag_id=tag.id))
    return thread, post


def carded(author: Actor, tag: Tag, title: str = "太阳能路灯", **values: Any) -> Experience:
    """A card in the library, of its author's village."""
    assert author.posting is not None
    facts = {
        "state": CardState.PUBLISHED,
        "confirmed_at": utcnow(),
        "published_at": utcnow(),
        "problem": "路灯坏了没人修，电费也付不起。",
        "practice": "换成太阳能路灯。",
    }
    card = save(
        Experience(
            title=title,
            unit_id=author.posting.unit_id,
            township_id=author.posting.township_id,
            district_id=author.posting.district_id,
            author_id=author.id,
            posting_id=author.posting.id,
            **(facts | values),
        )
    )
    save(ExperienceTag(experience_id=card.id, tag_id=tag.id))
    return card


def adopted(card: Experience, by: Actor, result: AdoptionResult | None = AdoptionResult.WORKED) -> Adoption:
    """A village that tried a card, and how it went."""
    assert by.posting is not None
    adoption = Adoption(
        experience_id=card.id,
        unit_id=by.posting.unit_id,
        person_id=by.id,
        posting_id=by.posting.id,
        change="少装几盏",
        due=today(),
    )
    if result is not None:
        adoption.result, adoption.result_at, adoption.result_by_id = result, utcnow(), by.id
    db.session.add(adoption)
    db.session.commit()
    return adoption
