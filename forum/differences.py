"""What changed between two versions of a text, for people: clause by clause, and inside a changed clause to the character.

Pure, and quick for any two texts: what stands at both ends is set aside first, only so many clauses are matched, and within a
clause what changed is one run between what its two versions begin and end with.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_CLAUSE = re.compile(r"[^，。！？；：、,;!?\n]*[，。！？；：、,;!?]*\n*")
_SIGN = re.compile(r"[0-9A-Za-z.]+|.", re.DOTALL)  # a number is changed as a whole
MOST_CLAUSES = 800  # more than these on one side are shown as a whole, before and after
AROUND = 1  # lines shown above and below a change


class Fate(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """A run of text and what became of it."""

    fate: Fate
    text: str


Line = tuple[Piece, ...]


@dataclass(frozen=True)
class Passage:
    """Lines around a change, and how many unchanged ones were left out above them."""

    left_out: int
    lines: tuple[Line, ...]


def compare(before: str, after: str) -> list[Piece]:
    """Both texts in one run: without what was added it is ``before``, without what was removed it is ``after``."""
    old, new = _CLAUSE.findall(before), _CLAUSE.findall(after)
    head = _same_ends(old, new)
    tail = _same_ends(old[head:][::-1], new[head:][::-1])
    middle = _matched(old[head : len(old) - tail], new[head : len(new) - tail])
    kept = [Piece(Fate.KEPT, "".join(part)) for part in (old[:head], old[len(old) - tail :])]
    return _joined([kept[0], *middle, kept[1]])


def passages(before: str, after: str) -> tuple[Passage, ...]:
    """The changed lines with a line around each, and how many between them are left out; nothing where only blanks or breaks differ."""
    lines = _lines(compare(before, after))
    changed = [n for n, line in enumerate(lines) if any(p.fate is not Fate.KEPT for p in line)]
    shown = sorted({n for c in changed for n in range(max(0, c - AROUND), min(len(lines), c + AROUND + 1))})
    found, end = [], 0
    for _start, run in groupby(enumerate(shown), lambda pair: pair[1] - pair[0]):
        numbers = [number for _place, number in run]
        found.append(Passage(numbers[0] - end, tuple(lines[n] for n in numbers)))
        end = numbers[-1] + 1
    return tuple(found)


def _same_ends(old: Sequence[str], new: Sequence[str]) -> int:
    """How many elements two sequences have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _matched(old: list[str], new: list[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > MOST_CLAUSES:
        yield from (Piece(Fate.REMOVED, "".join(old)), Piece(Fate.ADDED, "".join(new)))
        return
    for what, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            yield Piece(Fate.KEPT, "".join(old[i:j]))
        elif j - i == m - k:  # clause for clause
            for was, now in zip(old[i:j], new[k:m], strict=True):
                yield from _within(was, now)
        else:
            yield from _within("".join(old[i:j]), "".join(new[k:m]))


def _within(old: str, new: str) -> Iterator[Piece]:
    """A changed run down to the character, where its two versions have enough in common to be read as one."""
    was, now = _SIGN.findall(old), _SIGN.findall(new)
    head = _same_ends(was, now)
    tail = _same_ends(was[head:][::-1], now[head:][::-1])
    if (head + tail) * 3 < max(len(was), len(now)):
        head = 0
        tail = min(len(text) - len(text.rstrip("\n")) for text in (old, new))
    yield Piece(Fate.KEPT, "".join(was[:head]))
    yield Piece(Fate.REMOVED, "".join(was[head : len(was) - tail]))
    yield Piece(Fate.ADDED, "".join(now[head : len(now) - tail]))
    yield Piece(Fate.KEPT, "".join(was[len(was) - tail :]))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    runs = groupby((p for p in pieces if p.text), lambda piece: piece.fate)
    return [Piece(fate, "".join(p.text for p in run)) for fate, run in runs]


def _lines(pieces: Sequence[Piece]) -> list[Line]:
    """Cut at the breaks; blank lines and changes of nothing but blanks are not worth showing."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        for number, text in enumerate(piece.text.split("\n")):
            if number:
                lines.append([])
            if text.strip() or (text and piece.fate is Fate.KEPT):
                lines[-1].append(Piece(piece.fate, text))
    return [tuple(line) for line in lines if any(p.text.strip() for p in line)]
