"""How an experience card comes about. The caller commits."""

from collections.abc import Iterable

from sqlalchemy import delete, exists, select

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceSource, ExperienceTag
from forum.notices.outbox import enqueue
from forum.threads.models import Reach, Thread
from forum.threads.narrowing import FOLLOWERS
from forum.units.actors import Actor
from forum.units.models import Unit

PARTS = ("problem", "practice", "result", "suitable", "caution", "cost")


class NotThatStep(Exception):
    """The card is not in the state from which this step leads: somebody else took it first."""


def make_card(
    actor: Actor, thread: Thread | None, unit: Unit, title: str, parts: dict[str, str], tag_ids: Iterable[int] = ()
) -> Experience:
    """Write a card for a village, from a thread or from nothing.

    A card from a narrowed thread is as narrow as the thread, and lies in its township.
    Raises ValueError when the unit lies in another district than the actor, or the actor holds no office.
    """
    if actor.posting is None or unit.district_id is None or unit.district_id != actor.district_id:
        raise ValueError("a card is written for a village of one's own district")
    reach = thread.reach if thread is not None else Reach.DISTRICT
    card = Experience(
        title=title,
        unit_id=unit.id,
        township_id=thread.township_id if thread is not None and reach.is_narrow else unit.township_id,
        district_id=unit.district_id,
        reach=reach,
        author_id=actor.id,
        posting_id=actor.posting.id,
        state=CardState.DRAFT,
        **parts,
    )
    db.session.add(card)
    db.session.flush()
    if thread is not None:
        db.session.add(ExperienceSource(experience_id=card.id, thread_id=thread.id))
    db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tag_id) for tag_id in set(tag_ids))
    note_change("card", card.id)
    return card


def edit_card(actor: Actor, card: Experience, title: str, parts: dict[str, str], tag_ids: Iterable[int]) -> None:
    """Rewrite a card; an organiser's change of another's card is on record."""
    card.title = title
    for name, text in parts.items():
        setattr(card, name, text)
    db.session.execute(delete(ExperienceTag).where(ExperienceTag.experience_id == card.id))
    db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tag_id) for tag_id in set(tag_ids))
    if card.author_id != actor.id:
        _record(actor, "card.edit", card)
    note_change("card", card.id)


def nominate_card(actor: Actor, card: Experience) -> None:
    """Hand a draft to the township. Raises NotThatStep when it is no draft."""
    _step(card, CardState.DRAFT, CardState.NOMINATED)
    card.nominated_at, card.returned_reason = utcnow(), ""


def publish_card(actor: Actor, card: Experience) -> None:
    """Put a nominated card into the library; its author is told. Raises NotThatStep when it is not nominated."""
    _step(card, CardState.NOMINATED, CardState.PUBLISHED)
    card.published_at, card.published_by_id = utcnow(), actor.id
    _tell_author(actor, card, "card.published")
    _record(actor, "card.publish", card)
    note_change("card", card.id)


def return_card(actor: Actor, card: Experience, reason: str) -> None:
    """Give a nominated card back to its author with the reason. Raises NotThatStep when it is not nominated."""
    _step(card, CardState.NOMINATED, CardState.DRAFT)
    card.returned_reason = reason
    _tell_author(actor, card, "card.returned")
    _record(actor, "card.return", card, reason=reason)


def agree_to_open(actor: Actor, card: Experience) -> None:
    """Whoever asked in the narrowed thread agrees that the whole district reads the card; the consent is kept."""
    if card.reach is Reach.DISTRICT:
        return
    card.reach, card.consent_by_id, card.consent_at = Reach.DISTRICT, actor.id, utcnow()
    _record(actor, "card.consent", card)
    note_change("card", card.id)


def narrow_with(thread: Thread) -> None:
    """A thread became for the panel only: so do its cards, but those which whoever asked has opened to all."""
    cards = (
        select(Experience)
        .join(ExperienceSource, ExperienceSource.experience_id == Experience.id)
        .where(ExperienceSource.thread_id == thread.id, Experience.consent_at.is_(None))
    )
    for card in db.session.scalars(cards):
        card.reach, card.township_id = thread.reach, thread.township_id
        note_change("card", card.id)


FOLLOWERS.append(narrow_with)


def asked_for(actor: Actor, card_id: int) -> bool:
    """Whether the card came from a narrowed thread of the actor's: his consent opens it."""
    asked = (
        exists()
        .where(ExperienceSource.experience_id == card_id, ExperienceSource.thread_id == Thread.id)
        .where(Thread.author_id == actor.id, Thread.reach != Reach.DISTRICT)
    )
    return bool(db.session.scalar(select(asked)))


def _step(card: Experience, before: CardState, after: CardState) -> None:
    if card.state is not before:
        raise NotThatStep
    card.state = after


def _tell_author(actor: Actor, card: Experience, kind: str) -> None:
    if card.author_id != actor.id:
        enqueue(card.author_id, kind, card.id)


def _record(actor: Actor, action: str, card: Experience, **detail: str) -> None:
    record(actor, action, "card", card.id, township_id=card.township_id, district_id=card.district_id, **detail)
