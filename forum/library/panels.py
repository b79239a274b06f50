"""Where higher rooms show themselves on a card's page, below what villages made of it. They register, the library asks."""

from collections.abc import Callable
from typing import Any

from forum.threads.panels import Panel
from forum.units.actors import Actor

# (actor, row of the card) → its panel; only template, values and place count. Each may cost one statement.
CARD_PANELS: list[Callable[[Actor, Any], Panel]] = []
