"""In what order results come."""

import pytest

from forum.search.documents import Doc, Hit
from forum.search.matrix import Nearest
from forum.search.pieces import LENGTH, MOST, digest_of, pieces_of
from forum.search.ranking import mixed
from tests.search.builders import card, reply, thread

pytestmark = pytest.mark.pure


def order(hits: list[Hit], cosines: dict[tuple[str, int], float], usual: float = 0.8) -> list[tuple[str, int]]:
    return [(hit.kind, hit.id) for hit in mixed(hits, Nearest(cosines, usual, 0.9))]


def test_meaning_goes_before_words_and_words_decide_among_equals() -> None:
    hits = [Hit("thread", 1, 1, 9.0), Hit("thread", 2, 2, 0.0), Hit("thread", 3, 3, 3.0)]
    assert order(hits, {("thread", 2): 0.95, ("thread", 1): 0.81, ("thread", 3): 0.81}) == [
        ("thread", 2),
        ("thread", 1),
        ("thread", 3),
    ]
    assert order(hits, {("thread", n): 0.9 for n in (1, 2, 3)})[0] == ("thread", 1)


def test_the_best_words_and_the_best_meaning_of_a_thread_count_together() -> None:
    hits = [Hit("thread", 1, 1, 9.0), Hit("post", 7, 1, 0.0), Hit("thread", 2, 2, 8.0)]
    found = mixed(hits, Nearest({("post", 7): 0.95, ("thread", 2): 0.9}, 0.8, 0.9))
    assert [(hit.kind, hit.id) for hit in found] == [("thread", 1), ("thread", 2)]
    assert found[0].score == pytest.approx(1)
    assert not found[0].by_meaning


def test_what_shares_few_words_but_is_near_says_so() -> None:
    hits = [Hit("thread", 1, 1, 9.0), Hit("thread", 2, 2, 0.0), Hit("thread", 3, 3, 0.0)]
    found = mixed(hits, Nearest({("thread", 2): 0.95, ("thread", 3): 0.82}, 0.8, 0.9))
    assert {hit.id: hit.by_meaning for hit in found} == {1: False, 2: True, 3: False}


def test_no_hit_or_nothing_near_is_no_error() -> None:
    assert order([], {}) == []
    assert order([Hit("card", 1, 1, 0.0)], {}) == [("card", 1)]


def cut(doc: Doc) -> list[str]:
    return pieces_of(doc)


def test_a_text_is_cut_with_its_title_before_each_piece() -> None:
    assert cut(thread(1, "路灯", "坏了")) == ["路灯\n坏了"]
    assert cut(thread(1, "路灯", "路灯坏了")) == ["路灯坏了"]
    assert cut(thread(1, "路灯")) == ["路灯\n"]
    long = cut(card(1, "路灯", body="甲" * 200 + "乙" * 150))
    assert long == ["路灯\n" + "甲" * 200, "路灯\n" + "甲" * 50 + "乙" * 150]
    assert len(cut(thread(1, "路灯", "甲" * 9999))) == MOST
    assert all(len(piece) <= LENGTH + 3 for piece in long)


def test_of_replies_only_the_answer_has_a_meaning_and_a_conclusion_comes_first() -> None:
    assert cut(reply(1, 1, "换灯头", "路灯")) == []
    assert cut(thread(1, "路灯", "换灯头", kind="post", is_answer=True)) == ["路灯\n换灯头"]
    assert cut(thread(1, "路灯", "坏了", conclusion="统一换")) == ["路灯\n统一换", "路灯\n坏了"]


def test_pieces_are_known_by_all_their_words() -> None:
    assert digest_of(["甲", "乙"]) != digest_of(["甲乙"])
    assert digest_of(["甲"]) == digest_of(["甲"])
