"""In which language a page is read."""

from flask_babel import get_locale

NUMERALS = "零一二三四五六七八九十"


def is_english() -> bool:
    """Whether the reader chose English; else, and where there is no reader, it is Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "en"


def numeral(number: int) -> str:
    """A small number as people write it in words: ``二``."""
    return f"{number}" if is_english() or not 0 <= number < len(NUMERALS) else NUMERALS[number]
