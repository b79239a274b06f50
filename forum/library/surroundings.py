"""What a card's page shows of the villages that tried it."""

from dataclasses import dataclass
from typing import Any, ClassVar

from forum.library.adoptions.labels import BADGES, RESULTS
from forum.library.adoptions.policies import can_adopt
from forum.library.adoptions.queries import SHOWN, Fit, adoptions_of, fits, own_open
from forum.library.models import CardState
from forum.units.actors import Actor


@dataclass(frozen=True)
class Tried:
    """The villages that tried a card: those shown in full, the earlier ones, and what the actor may do."""

    latest: list[Any]
    earlier: list[Any]
    fits: list[Fit]
    own: Any | None
    may_adopt: bool
    labels: ClassVar = RESULTS
    badges: ClassVar = BADGES


def adoption_section(actor: Actor, card: Any) -> Tried:
    """One statement; none for a card that is not in the library yet."""
    rows = list(adoptions_of(actor, card.id)) if card.state is not CardState.DRAFT else []
    own = own_open(actor, rows)
    return Tried(rows[:SHOWN], rows[SHOWN:], fits(rows), own, can_adopt(actor, card) and own is None)
