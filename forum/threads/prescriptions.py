"""A reply in two parts: 诊断, what is the matter, and 开方, what to do. The post's text is the two together, and nothing else is kept.

So search, revisions, exports and cards made from it know nothing of parts, and the two cannot drift from what is read.
"""

import re

DIAGNOSIS, REMEDY = "【诊断】", "【开方】"
_PARTS = re.compile(rf"{DIAGNOSIS}\n(.*?)\n\n{REMEDY}\n(.*)", re.DOTALL)


def compose(diagnosis: str, remedy: str) -> str:
    """The text of a post in two parts."""
    return f"{DIAGNOSIS}\n{diagnosis}\n\n{REMEDY}\n{remedy}"


def parts_of(body: str) -> tuple[str, str] | None:
    """The parts of such a text; None of one that is not in parts."""
    found = _PARTS.fullmatch(body)
    return (found[1], found[2]) if found else None
