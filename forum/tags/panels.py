"""Where higher rooms show on a tag's page what carries it: threads, cards, lectures. They register, tags ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from forum.units.actors import Actor


@dataclass(frozen=True)
class Sight:
    """Who looks at which tag: its code, every id that a filter by it takes in, and the township to which the page is narrowed, if any."""

    actor: Actor
    code: str
    tag_ids: Sequence[int]
    township_id: int | None


@dataclass(frozen=True)
class Part:
    """A part of a tag's page: a template with its values; none to show nothing."""

    template: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    is_beside: bool = False


# Sight → its part, in the order of the rooms.
PARTS: list[Callable[[Sight], Part]] = []
