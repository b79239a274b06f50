"""In what order results come."""

import pytest

from forum.search.documents import Doc, Facts, Hit
from forum.search.matrix import Key, Nearest
from forum.search.pieces import LENGTH, MOST, digest_of, pieces_of
from forum.search.ranking import ranked
from tests.search.builders import card, reply, thread

pytestmark = pytest.mark.pure


def order(hits: list[Hit], cosines: dict[Key, float] | None, **facts: Facts) -> list[Key]:
    known = {(hit.kind, hit.id): facts.get(f"{hit.kind}{hit.id}", Facts()) for hit in hits}
    return [(hit.kind, hit.id) for hit in ranked(hits, known, cosines and Nearest(cosines, 0.8, 0.85))]


def of_threads(*scores: float) -> list[Hit]:
    return [Hit("thread", number, number, score) for number, score in enumerate(scores, 1)]


def test_meaning_goes_before_words_and_words_decide_among_equals() -> None:
    hits = of_threads(9.0, 0.0, 3.0)
    near_the_second = {("thread", 1): 0.81, ("thread", 2): 0.95, ("thread", 3): 0.81}
    assert order(hits, near_the_second) == [("thread", 2), ("thread", 1), ("thread", 3)]
    assert order(hits, {("thread", n): 0.9 for n in (1, 2, 3)}) == [("thread", 1), ("thread", 3), ("thread", 2)]


def test_the_best_words_and_the_best_meaning_of_a_thread_count_together() -> None:
    hits = [Hit("thread", 1, 1, 9.0), Hit("post", 7, 1, 0.0), Hit("thread", 2, 2, 8.0)]
    nearest = Nearest({("post", 7): 0.95, ("thread", 2): 0.9}, 0.8, 0.85)
    found = ranked(hits, {(hit.kind, hit.id): Facts() for hit in hits}, nearest)
    assert [(hit.kind, hit.id, hit.by_meaning) for hit in found] == [("thread", 1, False), ("thread", 2, False)]
    assert found[0].score == pytest.approx(1)


def test_what_shares_no_word_must_be_near_and_says_so() -> None:
    hits = of_threads(9.0, 0.0, 0.0, 1.0)
    cosines = {("thread", 2): 0.95, ("thread", 3): 0.84, ("thread", 4): 0.94}
    found = ranked(hits, {(hit.kind, hit.id): Facts() for hit in hits}, Nearest(cosines, 0.8, 0.85))
    assert {hit.id: hit.by_meaning for hit in found} == {1: False, 2: True, 4: True}


@pytest.mark.parametrize("cosines", [None, {("thread", 1): 0.9, ("thread", 2): 0.9, ("card", 2): 0.9}])
def test_among_equals_goes_what_the_product_knows_to_help(cosines: dict[Key, float] | None) -> None:
    assert order([*of_threads(8.0), Hit("card", 2, 2, 8.0)], cosines) == [("card", 2), ("thread", 1)]
    assert order(of_threads(8.0, 8.0), cosines, thread2=Facts(is_answered=True))[0] == ("thread", 2)
    assert order(of_threads(8.0, 7.99), cosines, thread2=Facts(at=5))[0] == ("thread", 2)
    assert order(of_threads(8.0, 7.0), cosines, thread2=Facts(is_answered=True, at=5))[0] == ("thread", 1)
    assert order(of_threads(8.0, 7.9), cosines, thread2=Facts(likeness=3))[0] == ("thread", 2)
    assert order(of_threads(8.0, 4.0), cosines, thread2=Facts(likeness=5))[0] == ("thread", 1)
    cards = [Hit("card", 1, 1, 8.0), Hit("card", 2, 2, 8.0)]
    assert order(cards, None, card2=Facts(has_worked=True))[0] == ("card", 2)


def test_no_hit_or_nothing_near_is_no_error() -> None:
    assert order([], {}) == order([], {("thread", 1): 0.9}) == []
    assert order([Hit("card", 1, 1, 0.0)], None) == [("card", 1)]


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


def test_a_document_whose_meaning_is_not_worked_out_yet_goes_by_its_words() -> None:
    hits = of_threads(9.0, 3.0, 1.0)
    assert order(hits, {("thread", 2): 0.95, ("thread", 3): 0.82})[0] == ("thread", 1)
