"""Mobile numbers as people write them: with blanks, dashes, +86, as a number, two in a cell."""

import re
import unicodedata

from flask_babel import lazy_gettext as _l

from forum.text import clean

_BETWEEN_NUMBERS = re.compile(r"[/\\|、,;:\n或和及]+")
_INSIDE_NUMBERS = re.compile(r"[\s\-—–_.·()'\u200b-\u200f\u2060]+")
_DECIMALS = re.compile(r"(?<=\d)\.0+(?=\s*$)")  # a number that was made into text on its way
_MOBILE = re.compile(r"(?<!\d)(?:\+?(?:00)?86)?(1[3-9]\d{9})(1[3-9]\d{9})?(?!\d)", re.ASCII)


def parse_phone(value: object) -> str:
    """The one mobile number in a cell, as 11 digits.

    Raises ValueError with a Chinese reason (a lazy string) where there is none, or more than one.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value)) if 0 <= value < 1e15 and value == int(value) else ""
    text = unicodedata.normalize("NFKC", clean(value[:200])) if isinstance(value, str) else ""
    text = _DECIMALS.sub("", text)
    numbers = [_INSIDE_NUMBERS.sub("", part) for part in _BETWEEN_NUMBERS.split(text)]
    mobiles = {mobile for number in numbers for pair in _MOBILE.findall(number) for mobile in pair if mobile}
    if len(mobiles) == 1:
        return mobiles.pop()
    if mobiles:
        raise ValueError(_l("一格里有两个以上手机号，请只留一个。"))
    if re.search(r"\de\+?\d", text, re.IGNORECASE):
        raise ValueError(_l("手机号成了科学计数，后几位已经丢失：请把这一列设为“文本”后重新填写。"))
    if len(re.sub(r"\D", "", text)) == 11:
        raise ValueError(_l("手机号不对：请核对，这里要的是手机，不是座机。"))
    raise ValueError(_l("手机号不是 11 位。"))
