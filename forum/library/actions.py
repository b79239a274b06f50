"""Writing an experience card, its sources, and who may read it. What becomes of it then is in ``life``. The caller commits."""

from collections.abc import Iterable

from sqlalchemy import delete, exists, func, select, update

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import (
    CardDeed,
    CardRevision,
    CardState,
    CardStep,
    Experience,
    ExperienceSource,
    ExperienceTag,
)
from forum.library.policies import speaks_for_source
from forum.notices.outbox import enqueue
from forum.threads.models import Reach, Thread
from forum.threads.narrowing import FOLLOWERS
from forum.units.actors import Actor
from forum.units.models import Person, Unit

PARTS = ("problem", "practice", "result", "suitable", "caution", "cost")


def make_card(
    actor: Actor, thread: Thread | None, unit: Unit, title: str, parts: dict[str, str], tag_ids: Iterable[int] = ()
) -> Experience:
    """Write a card for a village, from a thread or from nothing.

    A card from a narrowed thread is as narrow as the thread, and lies in its township.
    Raises ValueError when the unit lies in another district than the actor, or the actor holds no office.
    """
    if actor.posting is None or unit.district_id is None or unit.district_id != actor.district_id:
        raise ValueError("a card is written for a village of one's own district")
    card = Experience(
        title=title,
        unit_id=unit.id,
        township_id=unit.township_id,
        district_id=unit.district_id,
        author_id=actor.id,
        posting_id=actor.posting.id,
        state=CardState.DRAFT,
        **parts,
    )
    db.session.add(card)
    db.session.flush()
    if thread is not None:
        add_source(card, thread)
    db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tag_id) for tag_id in set(tag_ids))
    note_change("card", card.id)
    return card


def edit_card(actor: Actor, card: Experience, title: str, parts: dict[str, str], tag_ids: Iterable[int]) -> None:
    """Rewrite a card. What was read by others before is kept as a revision; another's card changed by an organiser is on record.

    Other words need to be confirmed anew before they are published, and a consent to show them to all was given to the old ones:
    unless whoever gave it wrote the new ones himself, it is asked for again.
    """
    before = {"title": card.title, **{name: getattr(card, name) for name in PARTS}}
    now = {"title": title, **parts}
    db.session.execute(delete(ExperienceTag).where(ExperienceTag.experience_id == card.id))
    db.session.add_all(ExperienceTag(experience_id=card.id, tag_id=tag_id) for tag_id in set(tag_ids))
    if now != before:
        _rewrite(actor, card, before, now)
    if card.author_id != actor.id:
        record_deed(actor, "card.edit", card)
    note_change("card", card.id)


def _rewrite(actor: Actor, card: Experience, before: dict[str, str], now: dict[str, str]) -> None:
    for name, text in now.items():
        setattr(card, name, text)
    if card.state is not CardState.DRAFT:
        db.session.add(CardRevision(experience_id=card.id, replaced_at=utcnow(), replaced_by_id=actor.id, **before))
    if card.state is CardState.PUBLISHED:
        add_step(actor, card, CardDeed.CORRECTED)
    elif card.confirmed_at is not None and not speaks_for_source(actor, card):
        card.confirmed_at = card.confirmed_by_id = None
        card.confirmed_note = ""
    given_by_others = (
        ExperienceSource.experience_id == card.id,
        ExperienceSource.consent_by_id.is_distinct_from(actor.id),
    )
    db.session.execute(update(ExperienceSource).where(*given_by_others).values(consent_by_id=None, consent_at=None))
    settle_reach(card)


def add_source(card: Experience, thread: Thread) -> None:
    """Let a card rest on one more thread; it becomes as narrow as the narrowest. Naming a source twice changes nothing."""
    if db.session.get(ExperienceSource, (card.id, thread.id)) is None:
        db.session.add(ExperienceSource(experience_id=card.id, thread_id=thread.id))
        settle_reach(card)
        note_change("card", card.id)


def ask_to_complete(actor: Actor, card: Experience, person: Person) -> None:
    """Ask somebody who knows more to complete a draft; he is told. Asking another takes the place of the first."""
    if card.completer_id != person.id:
        card.completer_id = person.id
        if person.id != actor.id:
            enqueue(person.id, "card.complete", card.id)


def agree_to_open(actor: Actor, card: Experience) -> None:
    """Whoever asked in a narrowed thread agrees that the whole district reads the card; the consent is kept.

    The card opens when nobody else who asked must still agree.
    """
    his = select(Thread.id).where(Thread.author_id == actor.id)
    agreed = (
        update(ExperienceSource)
        .where(
            ExperienceSource.experience_id == card.id,
            ExperienceSource.consent_at.is_(None),
            ExperienceSource.thread_id.in_(his),
        )
        .values(consent_by_id=actor.id, consent_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    if not db.session.execute(agreed).rowcount:  # type: ignore[attr-defined]
        return
    settle_reach(card)
    add_step(actor, card, CardDeed.CONSENTED)
    record_deed(actor, "card.consent", card)
    note_change("card", card.id)


def settle_reach(card: Experience) -> None:
    """Make a card as narrow as the narrowest of its sources that nobody has opened.

    Threads narrowed to different townships leave no township that may read both: then it is for whoever reads all of them.
    """
    db.session.flush()
    narrow = db.session.execute(
        select(Thread.reach, Thread.township_id)
        .join(ExperienceSource, ExperienceSource.thread_id == Thread.id)
        .where(
            ExperienceSource.experience_id == card.id,
            ExperienceSource.consent_at.is_(None),
            Thread.reach != Reach.DISTRICT,
        )
        .order_by(Thread.id)
    ).all()
    if not narrow:
        card.reach = Reach.DISTRICT
        card.township_id = db.session.get_one(Unit, card.unit_id).township_id
        return
    townships = {row.township_id for row in narrow}
    is_panel = len(townships) > 1 or any(row.reach is Reach.PANEL for row in narrow)
    card.reach, card.township_id = Reach.PANEL if is_panel else Reach.TOWNSHIP, narrow[0].township_id
    card.promoted_at = card.promoted_by_id = None  # what not everybody may read is no example for all


def narrow_with(thread: Thread) -> None:
    """A thread became for the panel only: so do its cards, but those which whoever asked has opened to all."""
    cards = (
        select(Experience)
        .join(ExperienceSource, ExperienceSource.experience_id == Experience.id)
        .where(ExperienceSource.thread_id == thread.id, ExperienceSource.consent_at.is_(None))
    )
    for card in db.session.scalars(cards):
        settle_reach(card)
        note_change("card", card.id)


FOLLOWERS.append(narrow_with)


def asked_for(actor: Actor, card_id: int) -> bool:
    """Whether the card waits for the actor's consent: it came from a narrowed thread of his."""
    asked = (
        exists()
        .where(ExperienceSource.experience_id == card_id, ExperienceSource.thread_id == Thread.id)
        .where(ExperienceSource.consent_at.is_(None))
        .where(Thread.author_id == actor.id, Thread.reach != Reach.DISTRICT)
    )
    return bool(db.session.scalar(select(asked)))


def source_count(card_id: int) -> int:
    """On how many threads a card rests."""
    return db.session.scalar(select(func.count()).where(ExperienceSource.experience_id == card_id)) or 0


def add_step(actor: Actor, card: Experience, deed: CardDeed, note: str = "") -> None:
    """Write a step into the card's history."""
    posting_id = actor.posting.id if actor.posting else None
    db.session.add(
        CardStep(experience_id=card.id, deed=deed, person_id=actor.id, posting_id=posting_id, at=utcnow(), note=note)
    )


def record_deed(actor: Actor, action: str, card: Experience, **detail: str) -> None:
    """Put a deed on a card on record."""
    record(actor, action, "card", card.id, township_id=card.township_id, district_id=card.district_id, **detail)
