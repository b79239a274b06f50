"""Who proposes themes, and who answers for a township."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.orm import joinedload

from forum.meetings.proposals.models import ThemeOffer, ThemeProposal
from forum.units.actors import Actor


def can_propose(actor: Actor) -> bool:
    return actor.is_district


def has_to_do_with_themes(actor: Actor) -> bool:
    """The district, which proposes, and organisers, who answer."""
    return actor.is_district or actor.is_organiser


def seen_proposals(actor: Actor) -> ColumnElement[bool]:
    """The condition for proposals the actor may open: his district's, or those made to the township he organises."""
    if actor.is_district:
        return ThemeProposal.district_id == actor.district_id
    if actor.is_organiser:
        own = (ThemeOffer.proposal_id == ThemeProposal.id, ThemeOffer.township_id == actor.township_id)
        return exists().where(*own)
    return false()


def visible_proposals(actor: Actor) -> Select[ThemeProposal]:
    return select(ThemeProposal).where(seen_proposals(actor))


def visible_offers(actor: Actor) -> Select[ThemeOffer]:
    """What was proposed to the township that the actor organises, each with its proposal at hand."""
    mine = ThemeOffer.township_id == actor.township_id if actor.is_organiser else false()
    return select(ThemeOffer).options(joinedload(ThemeOffer.proposal)).where(mine)


def can_answer(actor: Actor, proposal: Any) -> bool:
    """Only the township says whether it takes a theme up: its organisers."""
    return actor.is_organiser and proposal.district_id == actor.district_id


def can_withdraw(actor: Actor, proposal: Any) -> bool:
    return actor.is_district and proposal.district_id == actor.district_id
