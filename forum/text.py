"""The one door for text from outside: whatever passes is storable on both databases and can be shown."""

import re
import unicodedata

# NUL breaks PostgreSQL; the other C0/C1 controls and the bidi overrides only serve to disguise names and files.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
# Not the unassigned and the private ones: rare characters of people's names are among them.
_UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}
# Letters and signs by their kind that nevertheless show nothing: fillers of Hangul, the empty pattern of Braille.
_FILLERS = {chr(code) for code in (0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0)}


def clean(text: str) -> str:
    """Return text without NUL, control and bidi-override characters or lone surrogates, in NFC, lines ended by ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _LONE_SURROGATES.sub("\ufffd", _UNWANTED.sub("", text))
    return unicodedata.normalize("NFC", text)


def shows_nothing(text: str) -> bool:
    """Whether nothing of the text can be seen: blanks, joiners and other signs without a shape, or no sign at all."""
    return all(unicodedata.category(sign) in _UNSEEN or sign in _FILLERS for sign in text)
