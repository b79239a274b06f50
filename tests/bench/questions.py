"""How well the demo district answers the questions that were written for it: by words, by meaning, by both, and in the end."""

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select

from forum.extensions import db
from forum.library.models import Experience
from forum.search import ranking
from forum.search.documents import EVERYTHING, KINDS, Hit
from forum.search.place import knows_meaning
from forum.search.queries import find, open_sight
from forum.threads.models import Thread
from tests.bench.place import application

QUESTIONS = Path(__file__).parents[1] / "search" / "questions.txt"
DEPTH = 10
NO_BONUS = {"CARD": 0.0, "WORKED": 0.0, "ANSWERED": 0.0, "EQUAL": 1e-9}

Key = tuple[str, int]
Gains = dict[Any, int]


def read_questions() -> list[tuple[str, Gains]]:
    """Each question with the parts of titles that answer it, and how well."""
    found = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            question, answers = line.split("|")
            pairs = [re.fullmatch(r"\s*(.+)=([123])\s*", answer) for answer in answers.split(";")]
            assert all(pairs), line
            found.append((question.strip(), {pair[1]: int(pair[2]) for pair in pairs if pair}))
    return found


def ndcg(found: Sequence[Any], gains: Gains) -> float:
    """How near the order of what was found comes to the best one."""

    def worth(values: Sequence[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:DEPTH]))

    return worth([gains.get(one, 0) for one in found]) / worth(sorted(gains.values(), reverse=True))


def questions() -> None:
    """Print nDCG@10 of four ways, on the first, third … and on the other questions, and the ten that found worst in the end."""
    os.environ["SEARCH_VECTORS"] = "true"
    with application() as (app, _folder):
        for args in (["demo", "load"], ["search", "rebuild"]):
            result = app.test_cli_runner().invoke(args=args)
            assert result.exit_code == 0, result.output
        measure()


def measure() -> None:
    """The same of the demo district that is there."""
    asked = [(question, gains) for question, answers in read_questions() if (gains := _readable(answers))]
    print(f"{len(asked)} questions; the encoder is {'present' if knows_meaning() else 'absent'}")
    ways: dict[str, tuple[dict[str, float], bool]] = {
        "words": (NO_BONUS, True),
        "words, in the end": ({}, True),
        "meaning": (NO_BONUS | {"WORDS": 0.0}, False),
        "mixed": (NO_BONUS, False),
        "mixed, in the end": ({}, False),
    }
    scores: list[float] = []
    for name, (weights, by_words) in ways.items():
        with patch.multiple(ranking, **weights) if weights else patch.object(ranking, "CARD", ranking.CARD):
            scores = [ndcg(_ask(question, by_words), gains) for question, gains in asked]
        print(f"  {name}: {_mean(scores[::2]):.3f} / {_mean(scores[1::2]):.3f}", flush=True)
    for score, question in sorted(zip(scores, (question for question, _ in asked), strict=True))[:10]:
        print(f"  {score:.2f} {question}")


def _ask(question: str, by_words: bool) -> list[Key]:
    return [_key(hit) for hit in find(open_sight(), question, EVERYTHING, DEPTH, None, by_words=by_words)]


def _key(hit: Hit) -> Key:
    return KINDS[hit.kind].result, hit.group


def _readable(answers: Gains) -> Gains:
    """What answers, by kind and id, as far as the commands may read it."""
    titles = [("thread", number, title) for number, title in db.session.execute(select(Thread.id, Thread.title))]
    titles += [("card", number, title) for number, title in db.session.execute(select(Experience.id, Experience.title))]
    gains = {(kind, n): gain for part, gain in answers.items() for kind, n, title in titles if part in title}
    may_be_read = open_sight().readable([Hit(kind, number, number, 0) for kind, number in gains])
    return {key: gain for key, gain in gains.items() if key in may_be_read}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
