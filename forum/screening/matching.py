"""Finding listed words in a text, however they are spaced, widened or broken up. Pure, and in one walk over the text.

A word is compared by its letters and digits alone, so 敏 感 词, 敏*感*词 and 敏感词 are one. What ends a sentence or a clause parts words
(方法。轮到你 holds no 法轮), unless it stands between all letters of a word of three or more, which nobody writes by chance.
Latin words are whole words: "av" is not in "have".
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Generic, NamedTuple, TypeVar

MASK = "＊"  # full-width: an ordinary star is a mark of the village Markdown
_PARTING = re.compile(r"""[。！？；：，、,;:!?\n“”‘’"'（）()《》〈〉【】\[\]…]""")
_TO_DISGUISE = 3  # letters of a word from which on marks between all of them are no accident

T = TypeVar("T")


class Match(NamedTuple, Generic[T]):
    """Where in the text, and what was listed for the word."""

    start: int
    end: int
    listed: T


class _Folded(NamedTuple):
    letters: Sequence[str]
    places: Sequence[int]  # of each letter in the text
    parted: Sequence[int]  # how many parting gaps lie before each letter


def key_of(word: str) -> str:
    """A word as it is compared; empty for one without letters and digits."""
    return "".join(_fold(word).letters)


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text, as long as before, with stars for what the spans cover; blanks and line ends stay."""
    signs = list(text)
    for start, end in spans:
        signs[start:end] = [sign if sign.isspace() else MASK for sign in signs[start:end]]
    return "".join(signs)


class Matcher(Generic[T]):
    """Many words at once, after Aho and Corasick: a tree of the words, and at each place where to go on when the next letter does not fit."""

    def __init__(self, words: Iterable[tuple[str, T]]) -> None:
        """Take words with what is listed for each; those without letters and digits are passed over."""
        self._next: list[dict[str, int]] = [{}]
        self._ends: list[list[tuple[int, T]]] = [[]]  # (letters, listed) of the words that end here
        for word, listed in words:
            self._add(key_of(word), listed)
        self._back = [0] * len(self._next)
        self._link()

    def _add(self, key: str, listed: T) -> None:
        if not key:
            return
        node = 0
        for letter in key:
            if letter not in self._next[node]:
                self._next[node][letter] = len(self._next)
                self._next.append({})
                self._ends.append([])
            node = self._next[node][letter]
        self._ends[node].append((len(key), listed))

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            node = waiting.popleft()
            for letter, child in self._next[node].items():
                self._back[child] = self._step(self._back[node], letter)
                self._ends[child] = self._ends[child] + self._ends[self._back[child]]
                waiting.append(child)

    def _step(self, node: int, letter: str) -> int:
        while node and letter not in self._next[node]:
            node = self._back[node]
        return self._next[node].get(letter, 0)

    def find(self, text: str) -> list[Match[T]]:
        """Every listed word in the text, in the order of their ends."""
        if len(self._next) == 1:
            return []
        folded, found, node = _fold(text), [], 0
        for last, letter in enumerate(folded.letters):
            node = self._step(node, letter)
            for length, listed in self._ends[node]:
                first = last - length + 1
                if _is_whole(folded, first, last):
                    found.append(Match(folded.places[first], folded.places[last] + 1, listed))
        return found


def _fold(text: str) -> _Folded:
    letters: list[str] = []
    places: list[int] = []
    parted: list[int] = []
    gaps, is_parted = 0, False
    for place, sign in enumerate(text):
        folded = _letters_of(sign)
        if not folded:
            is_parted = is_parted or bool(_PARTING.match(sign))
            continue
        gaps += is_parted
        is_parted = False
        letters += folded
        places += [place] * len(folded)
        parted += [gaps] * len(folded)
    return _Folded(letters, places, parted)


@cache
def _letters_of(sign: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", sign).casefold() if letter.isalnum())


def _is_whole(folded: _Folded, first: int, last: int) -> bool:
    gaps, length = folded.parted[last] - folded.parted[first], last - first + 1
    if gaps and not (length >= _TO_DISGUISE and gaps == length - 1):
        return False
    return not _runs_on(folded, first - 1, first) and not _runs_on(folded, last, last + 1)


def _runs_on(folded: _Folded, left: int, right: int) -> bool:
    """Whether two letters stand in one Latin word or number."""
    if left < 0 or right >= len(folded.letters):
        return False
    beside = folded.places[right] - folded.places[left] <= 1
    return beside and folded.letters[left].isascii() and folded.letters[right].isascii()
