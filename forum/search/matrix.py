"""The vectors of all documents in one file: the follower writes it, every web process maps it into its memory.

It is derived from the database like the index beside which it lies, and holds no permission either. The file begins with a
header that names the model, and goes on with records of one size: which document, and a piece's vector. It only grows: a
document that changes gets new records at the end, and its old ones are struck out where they stand. So a reader never meets half a
change, and a piece of a file that was cut off is noticed by its size. When much is struck out, the file is written anew.
"""

import json
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from forum.search.documents import KIND_NAMES, KINDS
from forum.search.encoder import DIMENSIONS, ENCODERS, Vector
from forum.search.sketch import Sketch, sketch_of

NAME = "vectors"
HEADER = 256  # bytes
RECORD = 8 + 4 + 4 + DIMENSIONS  # document, scale, nothing, vector: 40 MB for 100,000 pieces
END = 4000  # records
LOOKED_AT = 4000  # records that are multiplied besides those found by words: the nearest by their sketch
STRUCK_OUT_AT_MOST = 1000  # records, or a quarter of the file, whichever is more

Key = tuple[str, int]  # kind and id, as in the index


class Packed(NamedTuple):
    """The vectors of one document's pieces, as `pieces.packed` makes them."""

    codes: bytes
    scales: bytes


class Mark(NamedTuple):
    """Which file it is, and how many records it must hold."""

    file: str
    records: int


class Nearest(NamedTuple):
    """How near to a question the nearest piece of some documents is, and how near any piece usually is."""

    cosines: dict[Key, float]
    usual: float
    close: float  # the cosine from which on texts are called close in meaning


class Matrix:
    """Asks the file of the folder in use; threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._file: tuple[Path, int, int] | None = None  # path, number and size of what is mapped
        self._records: Any = None
        self._places: _Places | None = None
        self._sketch: Sketch | None = None
        self.model = ""

    def model_in(self, folder: Path) -> str | None:
        """The model whose vectors the folder holds; None where it holds none."""
        with self._lock:
            records = self._refreshed(folder)
            return self.model if records is not None and len(records) else None

    def nearest(self, folder: Path, vector: Vector, pieces: int, also: Sequence[Key] = ()) -> Nearest | None:
        """The documents that own the nearest so many pieces, and those of `also`. None where the folder has no vectors."""
        with self._lock:
            records, places, sketch = self._refreshed(folder), self._places, self._sketch
        if places is None or sketch is None or not len(records):
            return None
        looked_at = sketch.nearest(vector, LOOKED_AT)
        scores = _scores(records[looked_at], vector)
        best = scores.argsort()[-pieces:]
        others = records[places.of([_number(key) for key in also])]
        numbers = [*records["document"][looked_at[best]].tolist(), *others["document"].tolist()]
        cosines: dict[Key, float] = {}
        for number, score in zip(numbers, [*scores[best].tolist(), *_scores(others, vector).tolist()], strict=True):
            if number:
                key = _key(number)
                cosines[key] = max(score, cosines.get(key, -1.0))
        return Nearest(cosines, float(sketch.usual @ vector), ENCODERS[self.model].close)

    def _refreshed(self, folder: Path) -> Any:
        """One look at the file system tells whether the file was exchanged, grew, or was cut."""
        path = folder / NAME
        try:
            stat = path.stat()
            file = path, stat.st_ino, stat.st_size
            if file != self._file:
                self.model = _header(path)["model"]
                self._records = _mapped(path, _records_in(stat.st_size), "r")
                is_the_same = self._file is not None and self._file[:2] == file[:2]
                self._places = _Places(self._records, self._places if is_the_same else None)
                self._sketch = sketch_of(self._records, self._sketch if is_the_same else None)
                self._file = file
        except (OSError, ValueError, KeyError, TypeError):
            self._file = self._records = self._places = self._sketch = None
        return self._records


class MatrixWriter:
    """Changes the file in a folder. To be held only by whoever holds the right to write the index."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    @property
    def model(self) -> str:
        """Raises OSError, ValueError or KeyError where there is no readable file."""
        return str(_header(self._path)["model"])

    def mark(self) -> Mark | None:
        """What stands on disk now, None where there is no readable file."""
        try:
            return Mark(_header(self._path)["file"], _records_in(self._path.stat().st_size))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def create(self, model: str, documents: Iterable[tuple[Key, Packed]]) -> Mark:
        """Write the file anew and put it in place of the one there was, in one step."""
        new = self._path.with_suffix(".new")
        header = json.dumps({"file": uuid4().hex, "model": model}).encode("ascii")
        with new.open("wb") as file:
            file.write(header.ljust(HEADER))
            for key, packed in documents:
                file.write(_record_bytes(key, packed))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        return self._standing()

    def change(self, puts: Mapping[Key, Packed], gone: Collection[Key]) -> Mark:
        """Put these documents in place of what they were, and strike out those gone. The same again changes nothing that is read."""
        number = _records_in(self._path.stat().st_size)
        struck_out = self._strike_out([*puts, *gone], number) if number else 0
        self.append(puts)
        if struck_out > max(STRUCK_OUT_AT_MOST, number // 4):
            return self.create(self.model, self._living())
        return self._standing()

    def append(self, puts: Mapping[Key, Packed]) -> Mark:
        """Add documents of which nothing stands there yet."""
        number = _records_in(self._path.stat().st_size)
        with self._path.open("r+b") as file:
            file.seek(HEADER + number * RECORD)
            file.truncate()  # of half a record that a killed writer left
            file.write(b"".join(_record_bytes(key, packed) for key, packed in puts.items()))
            file.flush()
            os.fsync(file.fileno())
        return self._standing()

    def _strike_out(self, keys: Collection[Key], number: int) -> int:
        import numpy as np

        records = _mapped(self._path, number, "r+")
        numbers = np.array(records["document"])
        old = np.flatnonzero(np.isin(numbers, [_number(key) for key in keys]))
        if len(old):
            records["document"][old] = 0
            records["scale"][old] = 0
            records.flush()
        return len(old) + int((numbers == 0).sum())

    def _living(self) -> Iterator[tuple[Key, Packed]]:
        for record in _mapped(self._path, _records_in(self._path.stat().st_size), "r"):
            if record["document"]:
                yield _key(int(record["document"])), Packed(record["vector"].tobytes(), record["scale"].tobytes())

    def _standing(self) -> Mark:
        mark = self.mark()
        if mark is None:
            raise OSError(f"{self._path} went away while it was written")
        return mark


class _Places:
    """Where each document's records stand. The order of a long file is kept while it grows, and only its end looked through."""

    def __init__(self, records: Any, former: "_Places | None") -> None:
        import numpy as np

        self._numbers = np.array(records["document"])
        self._order: Any
        self._ordered: Any
        if former is not None and 0 <= len(self._numbers) - len(former._order) <= END:
            self._order, self._ordered = former._order, former._ordered
        else:
            self._order = np.argsort(self._numbers)
            self._ordered = self._numbers[self._order]

    def of(self, numbers: Sequence[int]) -> list[int]:
        """Places of these documents' records; of one that was struck out since, too."""
        import numpy as np

        first = np.searchsorted(self._ordered, numbers, "left").tolist()
        last = np.searchsorted(self._ordered, numbers, "right").tolist()
        known = [place for a, b in zip(first, last, strict=True) for place in self._order[a:b].tolist()]
        start = len(self._order)
        return known + (np.flatnonzero(np.isin(self._numbers[start:], numbers)) + start).tolist()


def _scores(records: Any, vector: Vector) -> Any:
    import numpy as np

    return records["vector"].astype(np.float32) @ vector * records["scale"]


def _mapped(path: Path, number: int, mode: Any) -> Any:
    import numpy as np

    kind = np.dtype([("document", "<i8"), ("scale", "<f4"), ("nothing", "<u4"), ("vector", "i1", (DIMENSIONS,))])
    if not number:
        return np.empty(0, kind)
    return np.memmap(path, kind, mode, HEADER, (number,))


def _header(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        found = json.loads(file.read(HEADER))
    if not isinstance(found, dict):
        raise ValueError("no header")
    return found


def _records_in(size: int) -> int:
    return max(size - HEADER, 0) // RECORD


def _record_bytes(key: Key, packed: Packed) -> bytes:
    head = _number(key).to_bytes(8, "little")
    return b"".join(
        head + packed.scales[4 * n : 4 * n + 4] + bytes(4) + packed.codes[DIMENSIONS * n : DIMENSIONS * (n + 1)]
        for n in range(len(packed.scales) // 4)
    )


def _number(key: Key) -> int:
    return key[1] * 4 + KINDS[key[0]].code


def _key(number: int) -> Key:
    return KIND_NAMES[number % 4], number // 4
