"""What tells of the same as a thread or a card, and which threads look like one thing asked twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forum.search.asked import CARDS
from forum.search.documents import Filters, Hit
from forum.search.lists import Result, drawn_from
from forum.search.queries import card_results, find, sight_of, thread_results
from forum.search.terms import index_terms
from forum.units.actors import Actor

SHOWN = 5
LOOKED_AT = 10
ASKED_WITH = 120  # characters of the text that are asked with, after the title
NEAR = 0.15  # of the score that the text itself has: less is about something else
LEAST_SHARED = 3  # characters in words with the title
COMPARED = 400  # characters of two texts that are compared
SAME = 0.5  # of the shorter text's pairs of characters that stand in the other one, too
FEWEST = 8  # pairs, else a greeting is the same as any other


@dataclass(frozen=True)
class Alike:
    """Something that tells of the same; `is_twice` for a thread that seems to be the very same thing."""

    result: Result
    is_twice: bool = False


def alike(actor: Actor, kind: str, number: int, title: str, text: str) -> list[Alike]:
    """What is like a thread or card that the actor may read: for a thread cards and threads, for a card threads.

    Three statements. Raises IndexUnavailable.
    """
    kinds = ("thread",) if kind == CARDS else ("thread", CARDS)
    hits = find(sight_of(actor), f"{title} {text[:ASKED_WITH]}", Filters(kinds=kinds), LOOKED_AT, by_words=True)
    # A text is its own best answer; that of a card is not among threads.
    best = max((hit.score for hit in hits), default=0.0)
    near = [hit for hit in hits if (hit.kind, hit.group) != (kind, number) and hit.score >= NEAR * best][:SHOWN]
    threads, cards = thread_results(actor, near), card_results(actor, near)
    results = [
        result for result in drawn_from(threads, cards, near, title) if sum(map(len, result.words)) >= LEAST_SHARED
    ]

    def is_twice(hit: Hit) -> bool:
        row = threads.get(hit.group) if hit.kind != CARDS != kind else None
        return row is not None and is_same(f"{title} {text}", f"{row.title} {row.opening_body}")

    return [Alike(result, is_twice(result.hit)) for result in results]


def pair(actor: Actor, first: int, second: int) -> Sequence[Any] | None:
    """Two threads with their openings, to be looked at side by side; None unless both are the actor's to read. One statement."""
    rows = thread_results(actor, [Hit("thread", number, number, 0.0) for number in (first, second)])
    return [rows[first], rows[second]] if first != second and len(rows) == 2 else None


def is_same(first: str, second: str) -> bool:
    """Whether two texts seem to say the same: half of what the shorter one says stands in the other."""
    pairs = [{term for term in index_terms(text[:COMPARED]) if len(term) > 1} for text in (first, second)]
    fewest = min(map(len, pairs))
    return fewest >= FEWEST and len(pairs[0] & pairs[1]) >= SAME * fewest
