"""A first look over all vectors, by one bit for each of their numbers: it says which few thousand are worth multiplying.

A bit tells on which side of the usual vector a number lies; two vectors that agree in many bits point the same way. Each process
makes its own from the file, 48 bytes for a piece, and adds what the file grows by. What it says depends on nothing but how long
the file is: whichever process is asked, a page follows the one before.
"""

from dataclasses import dataclass
from typing import Any

from forum.search.encoder import DIMENSIONS, Vector

SAMPLE = 4096  # records, spread over the file, that tell the usual vector
BLOCK = 2048  # records whose bits are made at once
ROOM = 4096  # records by which the file may grow before the bits move
WORDS = DIMENSIONS // 64


@dataclass(frozen=True)
class Sketch:
    """The bits of the first ``size`` records of a file."""

    usual: Vector  # the mean of many: shorter than one
    sampled: int  # of how many records it was taken
    bits: Any  # a row of whole numbers for each 64 dimensions, with room behind ``size``
    size: int

    def nearest(self, vector: Vector, number: int) -> Any:
        """The places of the so many records that agree most with a vector, and of those that agree as much as the last of them."""
        import numpy as np

        apart = np.zeros(self.size, np.uint16)
        for row, word in zip(self.bits, _bits((vector > self.usual)[None, :])[:, 0], strict=True):
            apart += np.bitwise_count(row[: self.size] ^ word)
        reached = np.bincount(apart, minlength=DIMENSIONS + 1).cumsum()
        return np.flatnonzero(apart <= reached.searchsorted(min(number, self.size)))


def sketch_of(records: Any, former: Sketch | None = None) -> Sketch:
    """The sketch of a file's records. One of the same file as it was before only grows, until the file has doubled."""
    import numpy as np

    size = len(records)
    sampled = 1 << (size.bit_length() - 1) if size else 0
    if former is None or former.sampled != sampled or former.size > size:
        some = records["vector"][:sampled][:: max(sampled // SAMPLE, 1)]
        usual = _of_length_one(some).mean(axis=0) if sampled else np.zeros(DIMENSIONS, np.float32)
        former = Sketch(usual, sampled, np.empty((WORDS, 0), np.uint64), 0)
    bits = former.bits
    if size > bits.shape[1]:
        bits = np.empty((WORDS, size + ROOM), np.uint64)
        bits[:, : former.size] = former.bits[:, : former.size]
    for start in range(former.size, size, BLOCK):
        block = records["vector"][start : min(start + BLOCK, size)]
        bits[:, start : start + len(block)] = _bits(_of_length_one(block) > former.usual)
    return Sketch(former.usual, sampled, bits, size)


def _of_length_one(codes: Any) -> Any:
    # Not by their scale, which is nothing once a record is struck out.
    import numpy as np

    vectors = codes.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)


def _bits(signs: Any) -> Any:
    """Rows of yes and no as columns of whole numbers."""
    import numpy as np

    return np.packbits(signs, axis=1).view(np.uint64).T
