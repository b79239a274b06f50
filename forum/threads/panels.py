"""Where higher rooms show themselves: on a thread's page an outcome or the cards made from it, beside a question what others met.

They register, threads ask."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from forum.units.actors import Actor


@dataclass(frozen=True)
class Step:
    """A further step of the stage line: ``state`` is done, now or next."""

    label: Any
    date: str | None
    state: str


@dataclass(frozen=True)
class Panel:
    """A part of a thread's page: a template with its values (none to show nothing), drawn below the opening, and steps for the stage line."""

    template: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    is_beside: bool = False  # drawn beside the thread, on a phone below it, rather than below the opening
    asks_reader: bool = False  # whether the reader was asked to look into the thread and has not answered
    links: tuple[tuple[Any, str], ...] = ()  # further things to do with the thread: (label, address)
    marks: dict[int, Any] = field(
        default_factory=dict
    )  # what posts of the page are besides: a word over each, by its id


# (actor, head of the thread) → its panel. Each may cost one statement.
PANELS: list[Callable[[Actor, Any], Panel]] = []

# (actor, post) → where the actor edits this post instead of on its own page, or None: what is more than its text is edited as a whole.
EDITED_ELSEWHERE: list[Callable[[Actor, Any], str | None]] = []

# (actor, what he has written so far) → what stands below the text where he asks. Its buttons may be named ``as`` with the value
# ``look``: they draw the page anew, and nothing is sent.
BESIDE_ASKING: list[Callable[[Actor, str], Panel]] = []

# (actor, row or object of a thread, id of another one that seems to be the same) → what he may do about it: label and address, or None.
WHEN_TWICE: list[Callable[[Actor, Any, int], tuple[Any, str] | None]] = []
