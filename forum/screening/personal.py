"""What a text says of somebody that can be used against him: numbers of identity cards, bank cards and mobiles, days of birth. Pure.

Digits may be wide, Chinese or set apart by blanks; each sign is read as one sign, so places stay places of the text.
"""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from forum.screening.matching import MASK


class PersonalKind(StrEnum):
    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    BIRTH = "birth"


class Found(NamedTuple):
    """Where in the text, and what it is."""

    start: int
    end: int
    kind: PersonalKind


_CHINESE = dict.fromkeys("〇零○", "0") | {
    sign: str(number)
    for number, signs in enumerate(
        ("壹弌一幺", "贰貳弍二两", "叁參弎三", "肆四", "伍五", "陆陸六", "柒七", "捌八", "玖九"), 1
    )
    for sign in signs
}
_WIDE = {chr(0xFF10 + number): str(number) for number in range(10)} | dict.fromkeys("ｘＸx×", "X")
_AS_DIGITS = str.maketrans(_CHINESE | _WIDE | dict.fromkeys("　\u00a0－—–‐·．.", " ") | {"-": " "})

# Each begins where no digit stands before it, and is looked for at every such place, also inside the one before.
_IDENTITY = re.compile(r"(?<!\d)(?=([1-9](?: ?\d){16} ?[\dX])(?![\dX]))")
_BANK_CARD = re.compile(
    r"(?<!\d)(?=((?:6[02]|9[4-8]|4\d|5[1-5])\d\d(?:(?: ?\d{4}){3}(?: ?\d{1,3})?|\d\d \d{10,13}))(?! ?\d))"
)
_BANK_LENGTHS = {"6": range(16, 20), "9": range(16, 20), "4": (16, 18, 19), "5": (16,)}
_MOBILE = re.compile(r"(?<!\d)(?=((?:(?:\+|00)? ?86 ?)?1(?:[3-9]\d ?\d{4} ?\d{4}| [3-9](?: \d){9}))(?!\d))")
_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s?[年 /]\s?(1[0-2]|0?[1-9]|十[12]?)\s?[月 /]\s?"
    r"([23]?十[1-9]?|[12]\d|3[01]|0?[1-9])(?![\d十])\s?[日号]?"
)
_BORN_BEFORE = re.compile(r"(?:出生|生于|生日|生辰|诞生|诞辰)(?:日期|时间|年月|年月日)?[^\d\n。；，]{0,4}$")
_BORN_AFTER = re.compile(r"[ （(]*(?:出生|生人|生的|生(?=[，。；、）)\s]|$))")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset({*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)})
_ELSEWHERE = frozenset({71, 81, 82, 83, 91})


def find_personal(text: str) -> list[Found]:
    """What of people stands in the text, in its order; a number counts once, as the most telling of what it could be."""
    plain = text.translate(_AS_DIGITS)
    found: list[Found] = []
    for one in (*_identities(plain), *_bank_cards(plain), *_mobiles(plain), *_births(text, plain)):
        if all(one.end <= other.start or other.end <= one.start for other in found):
            found.append(one)
    return sorted(found)


def mask_personal(text: str) -> str:
    """The text with stars over what identifies: of a number enough stays to know which was meant, of a birth the year."""
    signs = list(text)
    for start, end, kind in find_personal(text):
        digits = [place for place in range(start, end) if text[place].translate(_AS_DIGITS).strip(" +年月日号/")]
        for place in digits[_HIDDEN[kind]]:
            signs[place] = MASK
    return "".join(signs)


_HIDDEN = {
    PersonalKind.IDENTITY: slice(4, None),
    PersonalKind.BANK_CARD: slice(None, -4),
    PersonalKind.MOBILE: slice(-8, -4),
    PersonalKind.BIRTH: slice(4, None),
}


def _identities(plain: str) -> Iterator[Found]:
    for match in _IDENTITY.finditer(plain):
        if _is_identity(match[1].replace(" ", "")):
            yield Found(*match.span(1), PersonalKind.IDENTITY)


def _is_identity(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    place = int(number[:2])
    return (
        _CHECK[total % 11] == number[17]
        and place in _PROVINCES | _ELSEWHERE
        and _is_day(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    )


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        return 1880 <= date(year, month, day).year <= 2099
    except ValueError:
        return False


def _bank_cards(plain: str) -> Iterator[Found]:
    for match in _BANK_CARD.finditer(plain):
        number = match[1].replace(" ", "")
        if len(number) in _BANK_LENGTHS[number[0]] and _passes_luhn(number):
            yield Found(*match.span(1), PersonalKind.BANK_CARD)


def _passes_luhn(number: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _mobiles(plain: str) -> Iterator[Found]:
    for match in _MOBILE.finditer(plain):
        yield Found(*match.span(1), PersonalKind.MOBILE)


def _births(text: str, plain: str) -> Iterator[Found]:
    """A day alone is any day; it is somebody's birth where the words around it say so."""
    for match in _DAY.finditer(plain):
        before, after = text[max(0, match.start() - 12) : match.start()], text[match.end() :][:6]
        if _BORN_BEFORE.search(before) or _BORN_AFTER.match(after):
            start, end = match.span()
            yield Found(start, start + len(plain[start:end].rstrip()), PersonalKind.BIRTH)
