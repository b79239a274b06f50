"""The file of vectors: what was put last counts, and what is broken is noticed."""

from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from forum.search import matrix as module  # noqa: E402
from forum.search.encoder import CURRENT, DIMENSIONS  # noqa: E402
from forum.search.matrix import RECORD, Key, Matrix, MatrixWriter, Packed  # noqa: E402
from forum.search.pieces import packed  # noqa: E402

pytestmark = pytest.mark.pure


def towards(*places: int) -> Any:
    """A vector that points along these axes."""
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[list(places)] = 1
    return vector / np.linalg.norm(vector)


def document(*pieces: Any) -> Packed:
    return Packed(*packed(np.stack(pieces)))


@pytest.fixture
def writer(tmp_path: Path) -> MatrixWriter:
    writer = MatrixWriter(tmp_path)
    writer.create(CURRENT, [(("thread", 1), document(towards(0), towards(1))), (("card", 1), document(towards(2)))])
    return writer


def nearest(matrix: Matrix, folder: Path, vector: Any, pieces: int = 1, also: tuple[Key, ...] = ()) -> dict[Key, float]:
    found = matrix.nearest(folder, vector, pieces, also)
    assert found is not None
    return {key: round(cosine, 2) for key, cosine in found.cosines.items()}


def test_the_nearest_piece_of_a_document_counts(writer: MatrixWriter, tmp_path: Path) -> None:
    matrix = Matrix()
    assert matrix.model_in(tmp_path) == CURRENT
    assert nearest(matrix, tmp_path, towards(1)) == {("thread", 1): 1}
    assert nearest(matrix, tmp_path, towards(0, 1), 3) == {("thread", 1): 0.71, ("card", 1): 0}
    assert nearest(matrix, tmp_path, towards(2), also=(("thread", 1), ("post", 9))) == {
        ("card", 1): 1,
        ("thread", 1): 0,
    }


def test_of_a_long_file_few_are_multiplied_and_everything_asked_for(
    writer: MatrixWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKED_AT", 1)
    writer.append({("post", n): document(towards(n)) for n in range(10, 40)})
    assert nearest(Matrix(), tmp_path, towards(20), 30, (("thread", 1),)) == {("post", 20): 1, ("thread", 1): 0}


@pytest.mark.parametrize("end", [0, 4000])
def test_a_change_takes_the_place_of_what_was(
    writer: MatrixWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: int
) -> None:
    monkeypatch.setattr(module, "END", end)
    matrix = Matrix()
    matrix.model_in(tmp_path)
    for _ in range(2):  # the same again changes nothing that is read
        writer.change({("thread", 1): document(towards(5)), ("post", 1): document(towards(6))}, [("card", 1)])
    everything = nearest(matrix, tmp_path, towards(5), 10, (("thread", 1), ("card", 1)))
    assert everything == {("thread", 1): 1, ("post", 1): 0}


def test_what_is_struck_out_is_swept_away_in_time(
    writer: MatrixWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STRUCK_OUT_AT_MOST", 2)
    before = writer.mark()
    writer.change({("thread", 1): document(towards(5))}, [])
    assert writer.mark() == (before.file, 4)
    after = writer.change({("thread", 1): document(towards(6))}, [])
    assert after.file != before.file
    assert after.records == 2
    assert nearest(Matrix(), tmp_path, towards(6), 5) == {("thread", 1): 1, ("card", 1): 0}


def test_half_a_record_is_not_read_and_written_over(writer: MatrixWriter, tmp_path: Path) -> None:
    path = tmp_path / module.NAME
    path.write_bytes(path.read_bytes() + b"\x01" * (RECORD - 1))
    assert writer.mark().records == 3
    writer.append({("post", 3): document(towards(7))})
    assert nearest(Matrix(), tmp_path, towards(7), 9) == {("thread", 1): 0, ("card", 1): 0, ("post", 3): 1}


@pytest.mark.parametrize("left", [0, 10, 300, module.HEADER + RECORD])
def test_a_file_cut_off_is_noticed_and_never_read_beyond_its_end(
    writer: MatrixWriter, tmp_path: Path, left: int
) -> None:
    matrix = Matrix()
    whole = writer.mark()
    matrix.nearest(tmp_path, towards(0), 3)
    with (tmp_path / module.NAME).open("r+b") as file:
        file.truncate(left)
    found = matrix.nearest(tmp_path, towards(0), 3)
    assert (found is None) == (left < module.HEADER + RECORD)
    assert writer.mark() is None or writer.mark().records < whole.records


def test_a_file_that_went_away_or_says_nothing_is_none(writer: MatrixWriter, tmp_path: Path) -> None:
    matrix = Matrix()
    matrix.model_in(tmp_path)
    (tmp_path / module.NAME).write_bytes(b"\xff" * 5000)
    assert matrix.model_in(tmp_path) is None
    (tmp_path / module.NAME).unlink()
    assert matrix.nearest(tmp_path, towards(0), 3) is None
    assert writer.mark() is None
