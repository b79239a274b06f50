"""The one door for text from outside: whatever passes is storable on both databases and can be shown."""

import re
import unicodedata

# NUL breaks PostgreSQL; the other C0/C1 controls and the bidi overrides only serve to disguise names and files.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return text without NUL, control and bidi-override characters or lone surrogates, in NFC, lines ended by ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LONE_SURROGATES.sub("\ufffd", _UNWANTED.sub("", text))
    return unicodedata.normalize("NFC", text)
