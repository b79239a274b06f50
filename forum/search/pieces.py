"""How a document is cut into the pieces whose meaning is kept, and how a vector is kept in few bytes.

A sentence's vector says one thing. Of a long text it would say a little of everything, so a text is cut into overlapping pieces,
each with the title before it, and the piece that fits a question best counts. Whoever changes how texts are cut gives
the vectors another name (encoder.CURRENT).
"""

from hashlib import blake2b
from typing import Any

from forum.search.documents import Doc

LENGTH = 200  # characters; pieces of 80 or 400 found no more
STEP = 150
MOST = 16  # pieces of one document: 2,450 characters say what it is about


def pieces_of(doc: Doc) -> list[str]:
    """The pieces of a document, none for a reply that is not the answer."""
    if doc.kind == "post" and not doc.is_answer:
        return []
    title = " ".join(doc.title.split())
    texts = (doc.conclusion, doc.body) if doc.conclusion else (doc.body,)
    return [_titled(title, piece) for text in texts for piece in _cut(" ".join(text.split()))][:MOST]


def digest_of(pieces: list[str]) -> str:
    """By which the same pieces are known again."""
    return blake2b("\0".join(pieces).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def packed(vectors: Any) -> tuple[bytes, bytes]:
    """Rows of float32 as one signed byte a number, and a float32 a row by which to multiply them: nothing measurable is lost."""
    import numpy as np

    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    return codes.tobytes(), scales.astype("<f4").tobytes()


def _cut(text: str) -> list[str]:
    last = max(len(text) - LENGTH, 0)
    return [text[start : start + LENGTH] for start in range(0, last + STEP, STEP)]


def _titled(title: str, piece: str) -> str:
    # The first line of a post often became its title.
    return piece if piece.startswith(title) else f"{title}\n{piece}"
