"""What can be said in the search box beside plain words: 标签:养老 镇:六户 2025年 已解决 作者:柳大山.

Only a reading of the text: whether there is such a tag, place or person is for `naming` to say, and what names nothing stays
a word to search for. Nothing is wrong or forbidden here, so nothing is ever refused.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from forum.search.traditional import simplified

OLDEST_YEAR = 1949
LATEST_YEAR = 2199
LONGEST_VALUE = 40

_KEYS = {
    "tag": ("标签", "tag"),
    "place": ("镇", "街道", "乡", "村", "社区", "单位", "哪里", "town", "village"),
    "person": ("作者", "谁写的", "谁说的", "by"),
    "year": ("年份", "哪年", "year"),
    "kind": ("类别", "kind"),
}
_KEY_OF = {word: what for what, words in _KEYS.items() for word in words}
_VALUE = f'[“"「](?P<quoted>[^”"」]{{1,{LONGEST_VALUE}}})[”"」]|(?P<bare>[^\\s，。；、,;]{{1,{LONGEST_VALUE}}})'
_SAID = re.compile(f"(?<!\\w)(?P<key>{'|'.join(_KEY_OF)})\\s*:\\s*(?:{_VALUE})", re.IGNORECASE)
_WORD = re.compile(r"[^\s，。；、,;]+")
_YEAR = re.compile(r"(?P<year>\d{4})年")

# Words that mean something when they stand alone, between blanks.
_ALONE = {
    **dict.fromkeys(("已解决", "解决了", "有结论", "有答案", "solved"), ("answered", "yes")),
    **dict.fromkeys(("没解决", "未解决", "没结论", "没答案", "unsolved"), ("answered", "no")),
    **dict.fromkeys(("经验卡",), ("kind", "card")),
}
_KINDS = {
    **dict.fromkeys(("经验卡", "经验", "card"), "card"),
    **dict.fromkeys(("提问", "问题", "求助", "question"), "question"),
    **dict.fromkeys(("议题", "topic"), "topic"),
    **dict.fromkeys(("经验分享", "分享", "share"), "share"),
    **dict.fromkeys(("通知", "notice"), "notice"),
    **dict.fromkeys(("学习考察", "外出学习", "trip"), "trip"),
}


class Piece(NamedTuple):
    """A part of the text that narrows: `what` is tag, place, person, year, kind or answered."""

    what: str
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Said:
    """A text taken apart: `pieces` by their place in `text`, which is what was typed in its levelled form."""

    text: str
    pieces: tuple[Piece, ...] = ()

    @property
    def words(self) -> str:
        """What is left to search for."""
        return self.without(self.pieces)

    def without(self, pieces: Iterable[Piece], unknown: Iterable[Piece] = ()) -> str:
        """The text with these pieces cut out; of those that turned out to name nothing only their value stays."""
        rest, at = [], 0
        words = {piece: piece.value for piece in unknown}
        for piece in sorted([*pieces, *words], key=lambda piece: piece.start):
            rest += [self.text[at : piece.start], words.get(piece, "")]
            at = piece.end
        return " ".join(" ".join([*rest, self.text[at:]]).split())


def read(text: str) -> Said:
    """Take a text apart. Full-width signs and traditional characters count as their plain ones."""
    plain = simplified(unicodedata.normalize("NFKC", text))
    pieces = [piece for found in _SAID.finditer(plain) if (piece := _named(found))]
    taken = [(piece.start, piece.end) for piece in pieces]
    for found in _WORD.finditer(plain):
        if all(found.end() <= start or found.start() >= end for start, end in taken) and (piece := _alone(found)):
            pieces.append(piece)
    return Said(plain, tuple(sorted(pieces, key=lambda piece: piece.start)))


def _named(found: re.Match[str]) -> Piece | None:
    value = (found["quoted"] or found["bare"]).strip()
    what = _KEY_OF[found["key"].lower()]
    if what == "year":
        value = _year(value.removesuffix("年"))
    elif what == "kind":
        value = _KINDS.get(value.lower(), "")
    return Piece(what, value, found.start(), found.end()) if value else None


def _alone(found: re.Match[str]) -> Piece | None:
    word = found[0].lower()
    if word in _ALONE:
        return Piece(*_ALONE[word], found.start(), found.end())
    year = _YEAR.fullmatch(word)
    value = _year(year["year"]) if year else ""
    return Piece("year", value, found.start(), found.end()) if value else None


def _year(text: str) -> str:
    is_year = text.isascii() and text.isdigit() and len(text) == 4 and OLDEST_YEAR <= int(text) <= LATEST_YEAR
    return text if is_year else ""
