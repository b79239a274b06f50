"""The first look: what is near is among what it keeps, and it says the same in every process."""

from typing import Any

import pytest

np = pytest.importorskip("numpy")

from forum.search.encoder import DIMENSIONS  # noqa: E402
from forum.search.pieces import packed  # noqa: E402
from forum.search.sketch import Sketch, sketch_of  # noqa: E402

pytestmark = pytest.mark.pure

KIND = np.dtype([("document", "<i8"), ("scale", "<f4"), ("nothing", "<u4"), ("vector", "i1", (DIMENSIONS,))])


def records(number: int) -> Any:
    """Vectors that point much the same way, as those of an encoder do."""
    rows = np.random.default_rng(7).normal(0, 1, (number, DIMENSIONS)) + 3
    codes, scales = packed((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))
    made = np.zeros(number, KIND)
    made["document"] = np.arange(1, number + 1)
    made["vector"] = np.frombuffer(codes, "i1").reshape(number, DIMENSIONS)
    made["scale"] = np.frombuffer(scales, "<f4")
    return made


def places(sketch: Sketch, vector: Any, number: int) -> list[int]:
    return sketch.nearest(vector.astype(np.float32), number).tolist()


def same(one: Sketch, other: Sketch) -> bool:
    bits = (sketch.bits[:, : sketch.size] for sketch in (one, other))
    return one.size == other.size and np.array_equal(*bits) and np.array_equal(one.usual, other.usual)


def test_the_nearest_of_thousands_are_among_the_few_it_keeps() -> None:
    made = records(5000)
    sketch = sketch_of(made)
    vectors = made["vector"] * made["scale"][:, None]
    for asked in range(20):
        question = vectors[asked] + np.random.default_rng(asked).normal(0, 0.01, DIMENSIONS)
        kept = places(sketch, question, 100)
        assert 100 <= len(kept) < 200
        assert (vectors @ question).argmax() == asked in kept


def test_it_grows_as_if_it_were_made_anew_and_forgets_what_is_cut_off() -> None:
    made = records(3000)
    for before, after in ((2100, 2900), (1000, 3000), (2048, 2049), (2900, 2100), (3000, 10), (1, 2), (0, 1)):
        assert same(sketch_of(made[:after], sketch_of(made[:before])), sketch_of(made[:after])), (before, after)


def test_what_was_struck_out_meanwhile_changes_nothing_of_it() -> None:
    made = records(500)
    before = sketch_of(made)
    made["document"][:250] = made["scale"][:250] = 0
    assert same(before, sketch_of(made))


def test_fewer_than_are_wanted_are_all_kept_and_of_none_there_are_none() -> None:
    made = records(9)
    assert places(sketch_of(made), made["vector"][0], 100) == list(range(9))
    assert places(sketch_of(made[:0]), made["vector"][0], 100) == []
