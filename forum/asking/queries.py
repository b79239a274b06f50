"""What is shown to somebody who is about to ask: what others met already."""

from collections.abc import Sequence

from sqlalchemy import select

from forum.asking.models import SharedProblem
from forum.extensions import db
from forum.search.documents import Filters
from forum.search.lists import Result, drawn
from forum.search.queries import find, sight_of
from forum.units.actors import Actor
from forum.units.models import Unit

SHORTEST = 8  # characters of a text from which on it says what it is about
LONGEST = 400  # characters of a text that are looked at: a problem is named at its beginning
SHOWN = 5
LOOKED_AT = 12  # results of which those shown are chosen
LEAST_SHARED = 3  # characters that a result's words share with the text, else it is no answer to it
NEAR = 0.6  # of the best one's score: where one fits well, what fits half as well is about something else


def similar(actor: Actor, text: str) -> list[Result]:
    """Up to five cards and answered threads that tell of the same, best first; three statements. Raises IndexUnavailable.

    The search finds something for any text. What fits much worse than the best, or is neither close in meaning nor shares more than one short word with the
    text, is left out: a list that is mostly wrong would teach people to look past it.
    """
    asked = text.strip()[:LONGEST]
    if len(asked) < SHORTEST:
        return []
    hits = find(sight_of(actor), asked, Filters(answered=True), LOOKED_AT)
    near = [hit for hit in hits if hit.score >= NEAR * hits[0].score]
    found = drawn(actor, near, asked)
    return [result for result in found if result.hit.by_meaning or sum(map(len, result.words)) >= LEAST_SHARED][:SHOWN]


def villages_with(card_id: int) -> Sequence[str]:
    """The villages that found their problem on a card, in the order in which they said so; one statement."""
    return db.session.scalars(
        select(Unit.name)
        .join(SharedProblem, SharedProblem.unit_id == Unit.id)
        .where(SharedProblem.experience_id == card_id)
        .order_by(SharedProblem.created_at, Unit.id)
    ).all()
