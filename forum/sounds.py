"""How names sound: 柳大山 is found by liudashan and by lds, on a keyboard that is not set to Chinese or by who is not sure of the character."""

from functools import cache
from itertools import islice, product
from pathlib import Path

TABLE = Path(__file__).with_suffix(".txt")
LENGTH = 300
MOST = 8  # ways to read a name: 单 is shan, dan and chan


def sounds_of(name: str) -> str:
    """Every way to read a name, whole and by initials, each after a blank, so that a beginning is found by ``LIKE '% begin%'``."""
    readings = _readings()
    known = [readings.get(character) or (character.lower(),) for character in name if character.isalnum()]
    ways = list(islice(product(*known), MOST)) if known else []
    heard = dict.fromkeys(["".join(way) for way in ways] + ["".join(sound[0] for sound in way) for way in ways])
    text = ""
    for sound in heard:
        if len(text) + len(sound) + 1 <= LENGTH:
            text += f" {sound}"
    return text


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Loaded with the first name that is written: most processes only read them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            sound, characters = line.split()
            for character in characters:
                found[character] = (*found.get(character, ()), sound)
    return found
