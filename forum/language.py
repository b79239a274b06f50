"""In which language a page is read."""

from flask_babel import get_locale


def is_english() -> bool:
    """Whether the reader chose English; else, and where there is no reader, it is Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "en"
