"""What pages show of proposed themes: rows, at the same number of statements for one township and for twenty."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.proposals.actions import this_month
from forum.meetings.proposals.models import OfferAnswer, ThemeOffer, ThemeProposal
from forum.meetings.proposals.policies import seen_proposals, visible_offers
from forum.tags.models import Tag
from forum.units.actors import Actor
from forum.units.models import Person, Unit

Rows = Select[*tuple[Any, ...]]

MOST_PROPOSALS = 60


def _rows(actor: Actor) -> Rows:
    """Proposals, each with its tag, how many townships answered what, and the answer of the actor's own township."""
    proposer, mine = aliased(Person), aliased(ThemeOffer)

    def count(*conditions: Any) -> Any:
        of_proposal = (ThemeOffer.proposal_id == ThemeProposal.id, *conditions)
        return (
            select(func.count()).select_from(ThemeOffer).where(*of_proposal).correlate(ThemeProposal).scalar_subquery()
        )

    return (
        select(
            ThemeProposal.id,
            ThemeProposal.district_id,
            ThemeProposal.month,
            ThemeProposal.theme,
            ThemeProposal.why,
            ThemeProposal.tag_id,
            ThemeProposal.proposed_at,
            ThemeProposal.withdrawn_at,
            Tag.code.label("tag_code"),
            Tag.name,
            Tag.name_en,
            proposer.name.label("proposer_name"),
            count().label("townships"),
            count(ThemeOffer.answer == OfferAnswer.ACCEPTED).label("accepted"),
            count(ThemeOffer.answer == OfferAnswer.DECLINED).label("declined"),
            mine.answer,
            mine.word,
            mine.meeting_id,
        )
        .join(proposer, proposer.id == ThemeProposal.proposed_by_id)
        .outerjoin(Tag, Tag.id == ThemeProposal.tag_id)
        .outerjoin(mine, (mine.proposal_id == ThemeProposal.id) & (mine.township_id == actor.township_id))
        .where(seen_proposals(actor))
    )


def proposals_of(actor: Actor) -> Sequence[Any]:
    """The proposals that the actor may open, the latest month first."""
    order = (ThemeProposal.month.desc(), ThemeProposal.id.desc())
    return db.session.execute(_rows(actor).order_by(*order).limit(MOST_PROPOSALS)).all()


def proposal_row(actor: Actor, proposal_id: int) -> Any | None:
    """One of them; None when it is not the actor's to see."""
    return db.session.execute(_rows(actor).where(ThemeProposal.id == proposal_id)).one_or_none()


def themes_to_answer(actor: Actor) -> Sequence[Any]:
    """What was proposed to the actor's township for this month or later and is not answered, or taken up for no meeting yet."""
    if not actor.is_organiser:
        return []
    rows = db.session.execute(
        _rows(actor)
        .where(ThemeProposal.month >= this_month(), ThemeProposal.withdrawn_at.is_(None))
        .order_by(ThemeProposal.month, ThemeProposal.id)
    ).all()
    return [row for row in rows if row.answer is not OfferAnswer.DECLINED and row.meeting_id is None]


def answers_to(proposal_id: int) -> Sequence[Any]:
    """What each township said, in their fixed order: nobody is ranked by it."""
    return db.session.execute(
        select(
            Unit.name,
            ThemeOffer.answer,
            ThemeOffer.word,
            ThemeOffer.answered_at,
            Person.name.label("answered_by"),
            Meeting.id.label("meeting_id"),
            Meeting.number,
            Meeting.state,
            Meeting.announced_at,
        )
        .select_from(ThemeOffer)
        .join(Unit, Unit.id == ThemeOffer.township_id)
        .outerjoin(Person, Person.id == ThemeOffer.answered_by_id)
        .outerjoin(Meeting, Meeting.id == ThemeOffer.meeting_id)
        .where(ThemeOffer.proposal_id == proposal_id)
        .order_by(Unit.position, Unit.name)
    ).all()


def meeting_in(township_id: int, month: date) -> Meeting | None:
    """The meeting of a township that is planned for a month and can still be changed; the first, if there are two."""
    return db.session.scalars(
        select(Meeting)
        .where(
            Meeting.township_id == township_id,
            Meeting.month == month,
            Meeting.state.in_((MeetingState.DRAFT, MeetingState.ANNOUNCED)),
        )
        .order_by(Meeting.number, Meeting.id)
        .limit(1)
    ).one_or_none()


def offer_taken_up(actor: Actor, township_id: int, proposal_id: int | None) -> ThemeOffer | None:
    """The offer of a theme that the actor's township has taken up, with its proposal at hand; None for any other."""
    if proposal_id is None:
        return None
    return db.session.scalars(
        visible_offers(actor).where(
            ThemeOffer.proposal_id == proposal_id,
            ThemeOffer.township_id == township_id,
            ThemeOffer.answer == OfferAnswer.ACCEPTED,
        )
    ).one_or_none()
