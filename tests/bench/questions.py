"""How well the demo district answers the questions that were written for it: by words, by meaning, by both, and in the end."""

import math
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from sqlalchemy import select

from forum.extensions import db
from forum.library.models import Experience
from forum.search import ranking
from forum.search.documents import EVERYTHING, KINDS, Hit
from forum.search.place import knows_meaning
from forum.search.queries import find, open_sight
from forum.threads.models import Thread
from forum.units.models import Unit
from tests.bench.place import application

FOLDER = Path(__file__).parents[1] / "search"
OWN, OF_VILLAGES = FOLDER / "questions.txt", FOLDER / "village_questions.txt"
DEPTH = 10
NO_BONUS = {"CARD": 0.0, "WORKED": 0.0, "ANSWERED": 0.0, "ALIKE": 0.0, "EQUAL": 1e-9}

Key = tuple[str, int]
Gains = dict[Any, int]


class Question(NamedTuple):
    """A question, what answers it and how well, and the village that asks it, where one is named."""

    text: str
    gains: Gains
    village: Any = None


def read_questions(path: Path = OWN) -> list[Question]:
    """Each question with the parts of titles that answer it, and how well."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            *village, question, answers = (part.strip() for part in line.split("|"))
            pairs = [re.fullmatch(r"\s*(.+)=([123])\s*", answer) for answer in answers.split(";")]
            assert all(pairs), line
            found.append(Question(question, {pair[1]: int(pair[2]) for pair in pairs if pair}, *village))
    return found


def ndcg(found: Sequence[Any], gains: Gains) -> float:
    """How near the order of what was found comes to the best one."""

    def worth(values: Sequence[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:DEPTH]))

    return worth([gains.get(one, 0) for one in found]) / worth(sorted(gains.values(), reverse=True))


def questions() -> None:
    """Print nDCG@10 of five ways, on the first, third … and on the other questions, and the ten that found worst in the end."""
    os.environ["SEARCH_VECTORS"] = "true"
    with application() as (app, _folder):
        for args in (["demo", "load"], ["search", "rebuild"]):
            result = app.test_cli_runner().invoke(args=args)
            assert result.exit_code == 0, result.output
        measure()


def measure() -> None:
    """The same of the demo district that is there."""
    print(f"the encoder is {'present' if knows_meaning() else 'absent'}")
    ways: dict[str, tuple[dict[str, float], bool]] = {
        "words": (NO_BONUS, True),
        "words, in the end": ({}, True),
        "meaning": (NO_BONUS | {"WORDS": 0.0}, False),
        "mixed": (NO_BONUS, False),
        "mixed, in the end": ({}, False),
    }
    for name, path in (("own", OWN), ("asked from a village", OF_VILLAGES)):
        asked = judged(path)
        print(f"{name}: {len(asked)} questions")
        for way, (weights, by_words) in ways.items():
            scores = scored(asked, weights, by_words)
            print(f"  {way}: {_mean(scores[::2]):.3f} / {_mean(scores[1::2]):.3f}", flush=True)
        for score, question in sorted(zip(scores, asked, strict=True))[:10]:
            print(f"  {score:.2f} {question.text}")


def judged(path: Path) -> list[Question]:
    """The questions of a file with what the demo district holds of their answers."""
    villages = {unit.name: unit.id for unit in db.session.execute(select(Unit.id, Unit.name))}
    asked = [(text, _readable(gains), village) for text, gains, village in read_questions(path)]
    return [Question(text, gains, villages[village] if village else None) for text, gains, village in asked if gains]


def scored(asked: Sequence[Question], weights: dict[str, float], by_words: bool = False) -> list[float]:
    """nDCG@10 of each question with these weights."""
    with patch.multiple(ranking, **weights) if weights else patch.object(ranking, "CARD", ranking.CARD):
        return [ndcg(_ask(question, by_words), question.gains) for question in asked]


def _ask(question: Question, by_words: bool) -> list[Key]:
    hits = find(open_sight(question.village), question.text, EVERYTHING, DEPTH, None, by_words=by_words)
    return [(KINDS[hit.kind].result, hit.group) for hit in hits]


def _readable(answers: Gains) -> Gains:
    """What answers, by kind and id, as far as the commands may read it."""
    titles = [("thread", number, title) for number, title in db.session.execute(select(Thread.id, Thread.title))]
    titles += [("card", number, title) for number, title in db.session.execute(select(Experience.id, Experience.title))]
    gains = {(kind, n): gain for part, gain in answers.items() for kind, n, title in titles if part in title}
    may_be_read = open_sight().readable([Hit(kind, number, number, 0) for kind, number in gains])
    return {key: gain for key, gain in gains.items() if key in may_be_read}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
