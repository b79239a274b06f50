"""What the index knows of what can be found, how results are narrowed, and what an answer looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Kind(NamedTuple):
    code: int  # how the index writes the kind
    result: str  # the kind of result that a hit of this kind stands for
    titles: int  # how often the title is written before the body


# A title written twice ranks better than a boosted field. A reply carries its thread's title once: the question's words
# are in the title and the answer's in the reply, and queries mix both.
KINDS = {"thread": Kind(1, "thread", 2), "post": Kind(2, "thread", 1), "card": Kind(3, "card", 2)}
KIND_NAMES = {kind.code: name for name, kind in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doc:
    """What the index knows of one thread's opening (its title and first post), one reply, or one card.

    `group` is the id of the thread, or of the card itself. A reply carries the title and all facts of its thread, so
    that a filter treats both alike: when these change, the thread's replies are written again too.
    """

    kind: str
    id: int
    group: int
    title: str
    body: str
    tags: Sequence[int] = ()
    township: int | None = None
    year: int
    answered: bool = False
    thread_kind: str | None = None
    unit: int | None = None  # whose words these are: of a reply its own village and author, and its own moment
    author: int | None = None
    at: int = 0  # seconds since 1970
    conclusion: str = ""  # what came of a thread
    is_answer: bool = False  # a reply that helped


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a result must be: one of each list that is not empty. `kinds` are those of KINDS.

    With `units` or `authors` it is what these wrote; with `since` (seconds since 1970) what was written from then on.
    """

    kinds: Sequence[str] = ()
    thread_kinds: Sequence[str] = ()
    tags: Sequence[int] = ()
    townships: Sequence[int] = ()
    years: Sequence[int] = ()
    units: Sequence[int] = ()
    authors: Sequence[int] = ()
    answered: bool | None = None
    since: int | None = None


EVERYTHING = Filters()


class Facts(NamedTuple):
    """What the product knows of something found, beside its text."""

    is_answered: bool = False  # a thread with an answer that helped, or with an outcome
    has_worked: bool = False  # a card that a village tried with success
    likeness: int = 0  # in how many facts its village is like the reader's: land, relocated, people, income, distance
    at: int = 0  # seconds since 1970


class Hit(NamedTuple):
    """One result: the member of the group that matched best, and its score (higher is better).

    A reply may match by its thread's title alone; its own text then shows no match. What was found by its meaning may show
    no match at all.
    """

    kind: str
    id: int
    group: int
    score: float
    by_meaning: bool = False  # rather than by its words
