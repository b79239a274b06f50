"""In what order results come: the only place that weighs.

Each weight was tried on questions with judged answers; docs/search.md has the figures, also of what did not pay.
"""

from collections.abc import Mapping, Sequence

from forum.search.documents import KINDS, Facts, Hit
from forum.search.matrix import Key, Nearest

NEAREST = 200  # pieces; the documents that own them are looked at besides those that share words

# What is found gets from 0 to 1 for its words and for its meaning, against the best one found.
WORDS = 0.4  # the part of a score that is words where both are known; the rest is meaning
# What the product knows only decides between what fits about equally well.
CARD = 0.05  # a card was written to be used by others
WORKED = 0.02  # and a village has done so
ANSWERED = 0.01  # a thread that says what helped
ALIKE = 0.02  # for each of five facts in which the villages of writer and reader are alike: a way must fit the place
EQUAL = 0.005  # scores that differ by less: the newer one first

LITTLE = 0.4  # of the best score of words: what has less shows hardly anything of the question
CLEAR = 0.7  # of the way from any text to the nearest: what comes so far is called close in meaning


def ranked(hits: Sequence[Hit], facts: Mapping[Key, Facts], nearest: Nearest | None) -> list[Hit]:
    """One hit for each thread or card, best first: its best words and its best meaning count, in whichever of its texts they stand.

    Of hits that may be read only: how good the best one is must not tell of others. What shares no word with the question and is
    not near to it either is left out. Without `nearest` words alone count.
    """
    words = _best_of_each(hits, {(hit.kind, hit.id): hit.score for hit in hits})
    cosines = _best_of_each(hits, nearest.cosines if nearest else {})
    best_words = max(words.values(), default=0.0) or 1.0
    best_cosine = max(cosines.values(), default=0.0)
    found = []
    for group, hit in _shown(hits, nearest).items():
        share, meaning = words[group] / best_words, 0.0
        if nearest:
            if not share and cosines[group] < nearest.close:
                continue
            # Whose meaning nobody has worked out yet goes by its words: a new post must not wait for that at the end of the list.
            is_known = cosines[group] > 0
            meaning = _scaled(cosines[group], best_cosine, nearest.usual) if is_known else share
        score = WORDS * share + (1 - WORDS) * meaning if nearest else share
        is_close = nearest is not None and cosines[group] >= nearest.close and meaning >= CLEAR
        known = facts[hit.kind, hit.id]
        found.append((hit._replace(score=score + _bonus(hit, known), by_meaning=is_close and share < LITTLE), known.at))
    found.sort(key=lambda one: (-round(one[0].score / EQUAL), -one[1]))
    return [hit for hit, _at in found]


def _bonus(hit: Hit, facts: Facts) -> float:
    known = WORKED * facts.has_worked + ANSWERED * facts.is_answered + ALIKE * facts.likeness
    return CARD * (hit.kind == "card") + known


def _scaled(cosine: float, best: float, usual: float) -> float:
    """0 for what is no nearer than any text, 1 for the nearest."""
    return max(0.0, (cosine - usual) / (best - usual)) if best > usual else 0.0


def _best_of_each(hits: Sequence[Hit], values: Mapping[Key, float]) -> dict[Key, float]:
    best: dict[Key, float] = {}
    for hit in hits:
        group = _group(hit)
        best[group] = max(best.get(group, 0.0), values.get((hit.kind, hit.id), 0.0))
    return best


def _shown(hits: Sequence[Hit], nearest: Nearest | None) -> dict[Key, Hit]:
    """Of each thread or card the text whose words fit best; where no words do, the one nearest in meaning."""
    cosines = nearest.cosines if nearest else {}
    shown: dict[Key, Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, -cosines.get((hit.kind, hit.id), 0.0))):
        shown.setdefault(_group(hit), hit)
    return shown


def _group(hit: Hit) -> Key:
    return KINDS[hit.kind].result, hit.group
