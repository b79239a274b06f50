"""Traditional characters read as simplified ones, one for one: somebody's phone may be set to them."""

from pathlib import Path

TABLE = Path(__file__).with_name("traditional.txt")


def _pairs() -> dict[int, str]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return str.maketrans("".join(lines[::2]), "".join(lines[1::2]))  # type: ignore[return-value]


_SIMPLIFIED = _pairs()


def simplified(text: str) -> str:
    """The text in simplified characters; its length stays."""
    return text.translate(_SIMPLIFIED)
