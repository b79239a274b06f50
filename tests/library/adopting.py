"""Makers of adoptions for tests."""

from datetime import date, timedelta
from typing import Any

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.adoptions.actions import Speaker, adopt_card, report_result
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import CardState, Experience
from forum.units.actors import Actor
from tests.factories import World, save

IN_A_MONTH = timedelta(days=30)


def published_card(world: World, **values: Any) -> Experience:
    """A card of the first village that everybody in the district may read."""
    return save(
        Experience(
            **{
                "title": "党员先建两个棚",
                "unit_id": world.village.id,
                "township_id": world.town.id,
                "district_id": world.district.id,
                "author_id": world.secretary.id,
                "posting_id": world.secretary.posting.id,
                "state": CardState.PUBLISHED,
                "confirmed_at": utcnow(),
                "published_at": utcnow(),
                "problem": "人均六亩地，没人敢改种。",
                "practice": "党员先建两个棚。",
                **values,
            }
        )
    )


def speaker(actor: Actor) -> Speaker:
    """A leader who speaks for his village."""
    assert actor.posting is not None
    at = actor.posting
    return Speaker(actor.id, at.id, at.unit_id, at.township_id, at.district_id)


def adopt(card: Experience, who: Actor, *, by: Actor | None = None, due: date | None = None) -> Adoption:
    """A village tries the card."""
    adoption = adopt_card(by or who, card, speaker(who), "先在村东头建一个棚。", due or today() + IN_A_MONTH)
    db.session.commit()
    return adoption


def report(
    adoption: Adoption, who: Actor, result: AdoptionResult, why: str = "说清楚了账。", caution: str = ""
) -> None:
    """Say how it went."""
    again = db.session.scalars(
        db.select(Adoption).options(db.joinedload(Adoption.unit)).where(Adoption.id == adoption.id)
    ).one()
    report_result(who, again, result, why, caution)
    db.session.commit()
