"""Proposing a theme, and answering for a township. The caller commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from forum.audit.actions import record
from forum.clock import today, utcnow
from forum.extensions import db
from forum.meetings.models import Meeting
from forum.meetings.proposals.models import OfferAnswer, ThemeOffer, ThemeProposal
from forum.notices.outbox import enqueue
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role


class ThemeRefused(ValueError):
    """The theme can not be proposed or answered now."""


class ThemeWithdrawn(ThemeRefused):
    """The district took the theme back."""


class MonthPassed(ThemeRefused):
    """The month for which the theme was proposed is over."""


@dataclass(frozen=True)
class Theme:
    """What the district proposes: for which month (its first day), about what and why."""

    month: date
    theme: str
    why: str
    tag_id: int | None = None


def propose_theme(actor: Actor, theme: Theme, township_ids: Collection[int]) -> ThemeProposal:
    """Propose a theme to townships, whose organisers are told. Raises MonthPassed."""
    if theme.month < this_month():
        raise MonthPassed
    assert actor.district_id is not None
    proposal = ThemeProposal(
        district_id=actor.district_id,
        month=theme.month,
        theme=theme.theme,
        why=theme.why,
        tag_id=theme.tag_id,
        proposed_by_id=actor.id,
    )
    db.session.add(proposal)
    db.session.flush()
    db.session.add_all(ThemeOffer(proposal_id=proposal.id, township_id=each) for each in set(township_ids))
    for person_id in _organisers_of(township_ids):
        enqueue(person_id, "theme.proposed", proposal.id)
    record(actor, "theme.propose", "theme_proposal", proposal.id, townships=len(set(township_ids)))
    return proposal


def withdraw_theme(actor: Actor, proposal: ThemeProposal) -> None:
    """Take a theme back; who has taken it up keeps it."""
    if proposal.withdrawn_at is None:
        proposal.withdrawn_at = utcnow()
        record(actor, "theme.withdraw", "theme_proposal", proposal.id)


def accept_theme(actor: Actor, offer: ThemeOffer, meeting: Meeting | None = None, word: str = "") -> None:
    """Take a theme up, for a meeting that is planned already or for one to come. Raises ThemeWithdrawn, MonthPassed."""
    _answer(actor, offer, OfferAnswer.ACCEPTED, word)
    if meeting is not None:
        offer.meeting_id = meeting.id


def decline_theme(actor: Actor, offer: ThemeOffer, word: str) -> None:
    """Leave a theme, with a word why. Raises ThemeWithdrawn, MonthPassed."""
    _answer(actor, offer, OfferAnswer.DECLINED, word)
    offer.meeting_id = None


def this_month() -> date:
    """The first day of the present month in Beijing."""
    return today().replace(day=1)


def _answer(actor: Actor, offer: ThemeOffer, answer: OfferAnswer, word: str) -> None:
    if offer.proposal.withdrawn_at is not None:
        raise ThemeWithdrawn
    if offer.proposal.month < this_month():
        raise MonthPassed
    if (offer.answer, offer.word) == (answer, word):
        return
    offer.answer, offer.word = answer, word
    offer.answered_by_id, offer.answered_at = actor.id, utcnow()
    record(actor, f"theme.{answer.value}", "theme_proposal", offer.proposal_id, township_id=offer.township_id)


def _organisers_of(township_ids: Collection[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(Posting.person_id)
            .join(Person, Person.id == Posting.person_id)
            .where(
                in_force(),
                Posting.role == Role.ORGANISER,
                Posting.unit_id.in_(set(township_ids)),
                Person.disabled_at.is_(None),
            )
        )
    )
