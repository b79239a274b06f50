"""How a village tries a card and says what came of it. The caller commits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from forum.audit.actions import record
from forum.clock import utcnow
from forum.consultations.whom import leaders_of
from forum.extensions import db
from forum.library.adoptions.models import Adoption, AdoptionResult, AdoptionRevision
from forum.library.models import Experience
from forum.notices.outbox import enqueue
from forum.units.actors import Actor
from forum.units.models import Role

LEADERS = (Role.SECRETARY, Role.DEPUTY)


class AlreadyTrying(Exception):
    """The village is at it already: one try of a card at a time."""


class HasResult(Exception):
    """What has a result is not given up any more."""


@dataclass(frozen=True)
class Speaker:
    """Who says for a village that it tries a card: a leader in office."""

    person_id: int
    posting_id: int
    unit_id: int
    township_id: int | None
    district_id: int | None


def adopt_card(actor: Actor, card: Experience, speaker: Speaker, change: str, due: date) -> Adoption:
    """A village tries a card: the card's author and village are told; so is its own leader if another wrote it down.

    Raises AlreadyTrying when the village has not yet said how its last try went.
    """
    trying = select(Adoption.id).where(
        Adoption.experience_id == card.id,
        Adoption.unit_id == speaker.unit_id,
        Adoption.result.is_(None),
        Adoption.withdrawn_at.is_(None),
    )
    if db.session.scalar(trying) is not None:
        raise AlreadyTrying
    adoption = Adoption(
        experience_id=card.id,
        unit_id=speaker.unit_id,
        person_id=speaker.person_id,
        posting_id=speaker.posting_id,
        entered_by_id=None if speaker.person_id == actor.id else actor.id,
        change=change,
        due=due,
    )
    db.session.add(adoption)
    db.session.flush()
    _tell_card(actor, card, adoption, "adoption.made")
    if adoption.entered_by_id is not None:
        enqueue(adoption.person_id, "adoption.entered", adoption.id)
        _record(actor, "adoption.enter", adoption, speaker.township_id, speaker.district_id)
    return adoption


def report_result(actor: Actor, adoption: Adoption, result: AdoptionResult, why: str, caution: str) -> None:
    """Say how it went, or correct it: what was said before is kept. The card's author and village are told the first time."""
    assert actor.posting is not None
    is_first = adoption.result is None
    if adoption.result is not None and adoption.result_at is not None and adoption.result_by_id is not None:
        db.session.add(
            AdoptionRevision(
                adoption_id=adoption.id,
                result=adoption.result,
                result_at=adoption.result_at,
                result_by_id=adoption.result_by_id,
                why=adoption.why,
                caution=adoption.caution,
            )
        )
    adoption.result, adoption.why, adoption.caution = result, why, caution
    adoption.result_at, adoption.result_by_id, adoption.result_posting_id = utcnow(), actor.id, actor.posting.id
    db.session.flush()
    if is_first:
        _tell_card(actor, db.session.get_one(Experience, adoption.experience_id), adoption, "adoption.reported")
    if actor.unit_id != adoption.unit_id:
        _record(actor, "adoption.report", adoption, adoption.unit.township_id, adoption.unit.district_id)


def withdraw_adoption(actor: Actor, adoption: Adoption) -> None:
    """Give it up before there is a result. Raises HasResult when there is one."""
    if adoption.result is not None:
        raise HasResult
    adoption.withdrawn_at = utcnow()
    if actor.unit_id != adoption.unit_id:
        _record(actor, "adoption.withdraw", adoption, adoption.unit.township_id, adoption.unit.district_id)


def _tell_card(actor: Actor, card: Experience, adoption: Adoption, kind: str) -> None:
    told = {card.author_id, *leaders_of(card.unit_id)} - {actor.id, adoption.person_id}
    for person_id in sorted(told):
        enqueue(person_id, kind, adoption.id)


def _record(actor: Actor, action: str, adoption: Adoption, township_id: Any, district_id: Any) -> None:
    record(actor, action, "adoption", adoption.id, township_id=township_id, district_id=district_id)
