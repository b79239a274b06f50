"""Words that are said in another way somewhere else: a list to read and to add to, in sayings.txt."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_suffix(".txt")


def said_otherwise(text: str) -> Iterator[str]:
    """The other words for those of the list that stand in a text."""
    others, known = _list()
    for word in dict.fromkeys(known.findall(text)):
        yield from (other for other in others[word] if other not in text)


@cache
def _list() -> tuple[dict[str, tuple[str, ...]], re.Pattern[str]]:
    others: dict[str, tuple[str, ...]] = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if ">" in line and not line.startswith("#"):
            word, _sign, rest = line.partition(">")
            others[word.strip()] = tuple(rest.split())
        elif "=" in line and not line.startswith("#"):
            words = [word.strip() for word in line.split("=")]
            for word in words:
                others[word] = (*others.get(word, ()), *(other for other in words if other != word))
    longest_first = sorted(others, key=lambda word: (-len(word), word))
    return others, re.compile("|".join(map(re.escape, longest_first)))
