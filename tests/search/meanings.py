"""An encoder for tests: a handful of characters mean the same as others, and a text is the bag of what its characters mean."""

import zlib
from typing import Any

from forum.search.encoder import DIMENSIONS

SAME = str.maketrans("黑摸渴井", "灯路水渠")  # 摸黑 means 路灯, 渴井 means 水渠


class BagOfMeanings:
    """Counts what it was asked, so that a test sees that nothing is made twice."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.asked: list[str] = []

    def query(self, texts: list[str]) -> Any:
        self.asked += texts
        return self._rows(texts)

    def passage(self, texts: list[str]) -> Any:
        self.made += texts
        return self._rows(texts)

    def _rows(self, texts: list[str]) -> Any:
        import numpy as np

        rows = np.full((len(texts), DIMENSIONS), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in text.translate(SAME):
                if not character.isspace():
                    row[zlib.crc32(character.encode()) % DIMENSIONS] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
