"""The questions with judged answers speak of what the demo district holds."""

import json

import pytest

from forum.demo.loading import DATA
from tests.bench.questions import OF_VILLAGES, OWN, ndcg, read_questions

pytestmark = pytest.mark.pure


def test_each_answer_is_one_title_of_the_demo_district() -> None:
    titles = [
        thread["title"] for path in sorted(DATA.glob("threads-*.json")) for thread in json.loads(path.read_bytes())
    ]
    titles += [card["title"] for card in json.loads((DATA / "cards.json").read_bytes())]
    questions, asked_from = read_questions(OWN), read_questions(OF_VILLAGES)
    assert len(questions) >= 150
    assert len(asked_from) >= 25
    villages = {entry["village"] for entry in json.loads((DATA / "village-facts.json").read_bytes())}
    assert {question.village for question in asked_from} <= villages
    parts = {part for question in questions + asked_from for part in question.gains}
    assert {part: sum(part in title for title in titles) for part in parts} == dict.fromkeys(parts, 1)


def test_ndcg_is_one_for_the_best_order_and_less_for_any_other() -> None:
    gains = {"a": 3, "b": 1}
    assert ndcg(["a", "b", "c"], gains) == 1
    assert 0 < ndcg(["b", "a"], gains) < 1
    assert ndcg(["c"], gains) == 0
