"""A text cut into the sentences that can be marked in it."""

import re

from forum.markup import excerpt

_NUMBER = re.compile(r"^\s*(?:\d+\s*[、.．)）]|[（(][\d一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+、)\s*")
_END = re.compile(r"(?<=[。！？；!?;])\s*")
MOST_SENTENCES = 200


def sentences(text: str) -> list[str]:
    """The sentences of a text, line by line, without their numbers and the marks of lists and headings; each once, in order."""
    found: dict[str, None] = {}
    for line in text.splitlines():
        for sentence in _END.split(_NUMBER.sub("", line)):
            plain = excerpt(sentence.strip(), max(len(sentence), 1)).strip()
            if re.search(r"\w", plain):
                found.setdefault(plain)
    return list(found)[:MOST_SENTENCES]
