"""What stands around a card on its page: the villages that tried it, cards about the same, and what to do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from forum.library.adoptions.labels import BADGES, RESULTS
from forum.library.adoptions.policies import can_adopt
from forum.library.adoptions.queries import SHOWN, Fit, adoptions_of, fits, own_open
from forum.library.desk.policies import can_weigh
from forum.library.models import CardState
from forum.library.shelves.policies import can_shelve
from forum.library.shelves.queries import siblings_of
from forum.units.actors import Actor


@dataclass(frozen=True)
class Tried:
    """The villages that tried a card: those shown in full, the earlier ones, and what the actor may do."""

    latest: Sequence[Any]
    earlier: Sequence[Any]
    fits: Sequence[Fit]
    own: Any | None
    siblings: Sequence[Any]
    may_adopt: bool
    may_shelve: bool
    may_weigh: bool
    labels: ClassVar = RESULTS
    badges: ClassVar = BADGES


def surroundings_of(actor: Actor, card: Any) -> Tried:
    """Two statements; none for a card that is not in the library yet."""
    is_in = card.state is not CardState.DRAFT and card.state is not CardState.NOMINATED
    rows = adoptions_of(actor, card.id) if is_in else []
    own = own_open(actor, rows)
    return Tried(
        latest=rows[:SHOWN],
        earlier=rows[SHOWN:],
        fits=fits(rows),
        own=own,
        siblings=siblings_of(actor, card.id) if is_in else [],
        may_adopt=own is None and can_adopt(actor, card),
        may_shelve=can_shelve(actor, card),
        may_weigh=can_weigh(actor, card),
    )
