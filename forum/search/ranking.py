"""In what order results come: the only place that weighs.

Each weight was tried on questions with judged answers; docs/search.md has the figures.
"""

from collections.abc import Mapping, Sequence

from forum.search.documents import KINDS, Hit
from forum.search.matrix import Key, Nearest

NEAREST = 600  # pieces; the documents that own them are looked at besides those that share words
WORDS = 0.35  # the part of a score that its words make; the rest is meaning
LITTLE = 0.4  # of the best score of words: what has less was found by its meaning


def mixed(hits: Sequence[Hit], nearest: Nearest) -> list[Hit]:
    """One hit for each thread or card, best first: its best words and its best meaning count, in whichever of its texts they stand.

    Of hits that may be read only: how good the best one is must not tell of others.
    """
    best_words = max((hit.score for hit in hits), default=0.0) or 1.0
    near = {(hit.kind, hit.id): nearest.cosines.get((hit.kind, hit.id), 0.0) for hit in hits}
    words: dict[Key, float] = {}
    cosines: dict[Key, float] = {}
    for hit in hits:
        group = _group(hit)
        words[group] = max(words.get(group, 0.0), hit.score / best_words)
        cosines[group] = max(cosines.get(group, 0.0), near[hit.kind, hit.id])
    best = max(cosines.values(), default=0.0)
    shown = _shown(hits, near)
    results = [
        hit._replace(
            score=WORDS * words[group] + (1 - WORDS) * _scaled(cosines[group], best, nearest.usual),
            by_meaning=cosines[group] >= nearest.close and words[group] < LITTLE,
        )
        for group, hit in shown.items()
    ]
    return sorted(results, key=lambda hit: -hit.score)


def _scaled(cosine: float, best: float, usual: float) -> float:
    """0 for what is no nearer than any text, 1 for the nearest."""
    return max(0.0, (cosine - usual) / (best - usual)) if best > usual else 0.0


def _shown(hits: Sequence[Hit], near: Mapping[Key, float]) -> dict[Key, Hit]:
    """Of each thread or card the text whose words fit best; where no words do, the one nearest in meaning."""
    shown: dict[Key, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, -near[hit.kind, hit.id])):
        shown.setdefault(_group(hit), hit)
    return shown


def _group(hit: Hit) -> Key:
    return KINDS[hit.kind].result, hit.group
