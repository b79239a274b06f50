"""Which passwords are refused: too short, too long, or soon guessed by one who knows what people here like to choose.

There are no rules of composition. A password is read as a guesser reads it: as words, runs of keys, dates and repetitions, each of
which costs him one guess as a single character does.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

SHORTEST = 8
LONGEST = 128
FEWEST_PIECES = 5
LONGEST_WORD = 20

_SEQUENCES = tuple(
    line + line[::-1]
    for line in ("01234567890", "13579", "02468", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
)
_DATE = re.compile(
    r"(?:(?:19\d|20[0-4])\d[-./年]?(?:0?[1-9]|1[0-2])[-./月]?(?:[12]\d|3[01]|0?[1-9])日?"
    r"|(?:[4-9]\d|[0-2]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:19\d|20[0-4])\d年?)"
)
_REPETITION = re.compile(r"(.{1,4}?)\1+", re.DOTALL)
_DISGUISES = str.maketrans("@4380$517!", "aaebossiti")
_LEVELS = ("村", "社区", "镇", "街道", "乡", "区", "县", "市")


def problem_with(password: str, phone: str | None = None, names: Iterable[str] = ()) -> Any:
    """What is wrong with a new password, as a lazy Chinese sentence that says what to do, or None.

    ``names`` are the names of the person, his village, township and district.
    """
    if len(password) < SHORTEST:
        return _l("密码太短了，至少要 %(n)s 个字符。", n=SHORTEST)
    if len(password) > LONGEST:
        return _l("密码太长了，最多 %(n)s 个字符。", n=LONGEST)
    own = _own_pieces(phone, names)
    if _count(password, own) >= FEWEST_PIECES:
        return None
    if _count(password, frozenset()) >= FEWEST_PIECES:
        return _l("密码里主要是您的名字、村名或手机号，别人容易猜到。请换一个。")
    return _l("这个密码太常见，别人容易猜到。请换一个：把几个不相干的词连起来，又长又好记。")


def _count(password: str, own: frozenset[str]) -> int:
    """Of how many pieces the password is made; words also count in disguise (``p@ssw0rd``)."""
    text = password.casefold()
    bare = text.translate(_DISGUISES)
    words = _common_words() | own
    count = at = 0
    while at < len(text):
        at += max(
            1,
            _word_at(text, at, words),
            _word_at(bare, at, words),
            _run_at(text, at),
            _match_at(_DATE, text, at),
            _match_at(_REPETITION, text, at),
        )
        count += 1
    return count


def _word_at(text: str, at: int, words: frozenset[str]) -> int:
    return next((n for n in range(LONGEST_WORD, 0, -1) if text[at : at + n] in words), 0)


def _run_at(text: str, at: int) -> int:
    """The length of a walk along the keys or the alphabet that begins here; shorter than three is none."""
    end = at + 3
    while end <= len(text) and any(text[at:end] in line for line in _SEQUENCES):
        end += 1
    return end - 1 - at if end > at + 3 else 0


def _match_at(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() - at if found else 0


def _own_pieces(phone: str | None, names: Iterable[str]) -> frozenset[str]:
    pieces = {name.casefold() for name in names if name}
    pieces |= {name.removesuffix(level) for name in pieces for level in _LEVELS}
    if phone:
        pieces |= {phone[i:j] for i in range(len(phone)) for j in range(i + 4, len(phone) + 1)}
    return frozenset(piece for piece in pieces if len(piece) > 1)


@cache
def _common_words() -> frozenset[str]:
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())
