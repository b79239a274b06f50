"""Dates as people write them in a register: 2021.3, 2021年3月15日, 20210315, an Excel serial number …"""

import re
import unicodedata
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from forum.clock import today
from forum.text import clean

# Nobody in office today began before this year; so 20213 can be told from the serial number of a day in 1955.
EARLIEST_YEAR = 1970
_SERIAL_ZERO = date(1899, 12, 30)
_SERIALS = range((date(EARLIEST_YEAR, 1, 1) - _SERIAL_ZERO).days, 100_000)

_CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$")
_LEADING_WORDS = re.compile(r"^[自从于约]+")
_TRAILING_WORDS = re.compile(r"(?:起|开始|以来|任职|任现职|上任|到任|就任|当选|换届|今|现在|目前|[-—–~至到])+$")
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_TENS = re.compile(r"(\d?)十(\d?)")
_PARTS = re.compile(r"(\d{4}|\d{2})([年./、。,-])(\d{1,2})(?:[月./、。,-](\d{1,2})?)?[日号]?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# What Excel makes of a typed 2021-3 when it exports the column as CSV: Mar-21.
_ENGLISH = re.compile(rf"(?:(\d{{1,2}})-)?({'|'.join(_MONTHS)})-(\d{{4}}|\d{{2}})", re.ASCII)


def parse_date(value: object) -> date:
    """The day on which a posting began, read from a cell; the first of the month where no day is given.

    Takes dates, Excel serial numbers and text. Raises ValueError with a Chinese reason (a lazy string) for what cannot be
    read with certainty, for days before 1970 and for days that lie ahead in Beijing.
    """
    if isinstance(value, datetime):
        day = value.date()
    elif isinstance(value, date):
        day = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        day = _from_number(value)
    elif isinstance(value, str):
        day = _from_text(value)
    else:
        raise _unreadable(str(value))
    if day.year < EARLIEST_YEAR:
        raise ValueError(_l("任职时间 %(date)s 太早，请核对年份。", date=day.isoformat()))
    if day > today():
        raise ValueError(_l("任职时间 %(date)s 还没有到，请核对。", date=day.isoformat()))
    return day


def _unreadable(text: str) -> ValueError:
    shown = " ".join(clean(text[:30]).split())
    return ValueError(_l("任职时间“%(text)s”看不明白，请写成 2021-03 或 2021-03-15 的样子。", text=shown))


def _from_number(number: int | float) -> date:
    if not 0 <= number < 1e8:  # also refuses what is no number at all
        raise _unreadable("…")
    if int(number) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(number))
    if number == int(number):
        return _from_text(str(int(number)))
    text = repr(number)
    if text.endswith(".1"):
        # A cell that holds a number drops the last nought: 2021.10 and 2021.1 are one and the same.
        raise ValueError(_l("任职时间 %(text)s 分不清是 1 月还是 10 月，请写成 2021-01 或 2021-10 的样子。", text=text))
    return _from_text(text)


def _from_text(text: str) -> date:
    shown = text
    text = unicodedata.normalize("NFKC", clean(text[:60])).strip()
    text = re.sub(r"\s+", "", _CLOCK.sub("", text)).lower().translate(_CHINESE_DIGITS)
    text = _TENS.sub(lambda ten: str(int(ten[1] or 1) * 10 + int(ten[2] or 0)), text)
    text = _TRAILING_WORDS.sub("", _LEADING_WORDS.sub("", text))
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIALS:
        return _SERIAL_ZERO + timedelta(days=int(text))
    if _YEAR.fullmatch(text.removesuffix("年")):
        raise ValueError(_l("任职时间“%(text)s”只写了年份，请补上月份。", text=text))
    if found := _PARTS.fullmatch(text):
        year, separator, month, day = found.groups()
        if len(year) == 2 and separator not in ".年":
            # 03/05/21 may be a day of 2003 as well as one of 2021.
            raise ValueError(_l("任职时间“%(text)s”的年份请写四位数。", text=text))
    elif found := _COMPACT.fullmatch(text):
        year, month, day = found.groups()
    elif found := _ENGLISH.fullmatch(text):
        day, name, year = found.groups()
        month = str(_MONTHS.index(name) + 1)
    elif len(_YEAR.findall(text)) > 1:
        raise ValueError(_l("任职时间写了起止两个日期，请只写开始任职的日期。"))
    else:
        raise _unreadable(shown)
    try:
        return date(_full_year(year), int(month), int(day or 1))
    except ValueError:
        raise _unreadable(shown) from None


def _full_year(year: str) -> int:
    if len(year) == 4:
        return int(year)
    return int(year) + (2000 if 2000 + int(year) <= today().year else 1900)
