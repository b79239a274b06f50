"""Where the room of meetings tells lectures of the agenda on which they stand. It registers, lectures ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from forum.units.actors import Actor


@dataclass(frozen=True)
class OnAgenda:
    """A meeting on whose agenda a lecture stands; ``came``: whether the reader was there, None where attendance was not taken."""

    label: Any
    url: str
    came: bool | None


# (actor, id of the lecture's thread) → the meetings that take it up. One statement each.
AGENDAS: list[Callable[[Actor, int], list[OnAgenda]]] = []


def agendas_of(actor: Actor, thread_id: int) -> list[OnAgenda]:
    """The meetings on whose agenda the lecture stands."""
    return [found for ask in AGENDAS for found in ask(actor, thread_id)]


def may_have_heard(agendas: list[OnAgenda]) -> bool:
    """Where attendance was taken it says who was there; elsewhere people say so themselves."""
    known = [agenda.came for agenda in agendas if agenda.came is not None]
    return any(known) if known else True
