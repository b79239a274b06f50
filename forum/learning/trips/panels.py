"""Where higher rooms show themselves beside a note, e.g. with a way to make a card of it. They register, trips ask."""

from collections.abc import Callable
from typing import Any

from forum.units.actors import Actor

# (actor, row of the trip, row of the note) → a further thing to do with it, (label, address), or None. Asks the database nothing.
NOTE_LINKS: list[Callable[[Actor, Any, Any], tuple[Any, str] | None]] = []
