"""The encoder may be missing, slow or broken: the words then answer alone."""

import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from forum.search import encoder
from forum.search.encoder import ASKED_BY_A_PAGE, CURRENT, ENCODERS, Maker, Vectors
from tests.search.meanings import BagOfMeanings

pytestmark = pytest.mark.pure


def use(monkeypatch: pytest.MonkeyPatch, made: Any, is_fit: bool = True) -> None:
    monkeypatch.setitem(ENCODERS, CURRENT, Maker(lambda: made, lambda: is_fit, 0.5))


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(encoder.log, "warning", lambda text, reason: lines.append(reason))
    return lines


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Closed until the test opens it, and open in the end lest the encoder's thread hang."""
    event = threading.Event()
    yield event
    event.set()


def test_a_slow_encoder_is_not_waited_for_and_its_vector_kept_for_the_next(
    monkeypatch: pytest.MonkeyPatch, logged: list[str], gate: threading.Event
) -> None:
    class Slow(BagOfMeanings):
        def query(self, texts: list[str]) -> Any:
            gate.wait(10)
            return super().query(texts)

    use(monkeypatch, slow := Slow())
    vectors = Vectors()
    assert vectors.of_question("路灯", CURRENT, patience=0.01) is None
    assert vectors.of_question("水渠", CURRENT, patience=0.01) is None  # not even queued behind the other
    gate.set()
    assert vectors._under_way is not None
    vectors._under_way.result(10)
    assert vectors.of_question("路灯", CURRENT) is not None
    assert slow.asked == ["路灯"]
    assert logged == ["slow"]


def test_it_is_made_while_the_caller_does_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    class Telling(BagOfMeanings):
        def query(self, texts: list[str]) -> Any:
            begun.set()
            return super().query(texts)

    use(monkeypatch, Telling())
    asked = Vectors().ask("路灯", CURRENT, patience=10)
    assert begun.wait(10), "before anybody waits for it"
    assert asked() is not None


def test_what_was_asked_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "REMEMBERED", 2)
    use(monkeypatch, asked := BagOfMeanings())
    vectors = Vectors()
    for text in ("一", "二", "一 ", "三", "一", "二"):
        vectors.of_question(text, CURRENT, None)
    assert asked.asked == ["一", "二", "三", "二"]


def test_a_failing_encoder_is_told_of_once(monkeypatch: pytest.MonkeyPatch, logged: list[str]) -> None:
    use(monkeypatch, None)
    vectors = Vectors()
    assert [vectors.of_question(text, CURRENT, None) for text in ("一", "二")] == [None, None]
    assert len(logged) == 1


def test_a_missing_encoder_and_an_unknown_model_have_no_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, BagOfMeanings(), is_fit=False)
    assert Vectors().of_question("路灯", CURRENT) is None
    assert Vectors().of_question("路灯", "of old") is None


def test_a_page_asks_the_beginning_of_a_long_question(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, asked := BagOfMeanings())
    Vectors().of_question("路" * 1000, CURRENT, patience=10)
    Vectors().of_question("灯" * 300, CURRENT, patience=None)
    assert [len(text) for text in asked.asked] == [ASKED_BY_A_PAGE, 300]


def test_the_real_one_knows_what_means_the_same() -> None:
    if not ENCODERS[CURRENT].is_fit():
        absent = pytest.fail if os.environ.get("REQUIRE_ALL") and os.uname().machine == "x86_64" else pytest.skip
        absent("no encoder is installed")
    vectors = Vectors()
    lamp, ditch = vectors.of_pieces(["路灯不亮，晚上出门看不见", "水渠堵了，浇不上地"], CURRENT)
    asked = vectors.of_question("夜里走道黑咕隆咚的", CURRENT, None)
    assert asked is not None
    assert asked @ lamp > asked @ ditch
    assert len(vectors.of_pieces(["", "\x7f\t", "𠮷"], CURRENT)) == 3
