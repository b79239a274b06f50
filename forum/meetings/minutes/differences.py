"""What changed between two versions of minutes, line by line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from forum.meetings.minutes.queries import heading_of
from forum.meetings.models import AgendaKind


@dataclass(frozen=True)
class Change:
    """Lines that went and lines that came in their place; either may be none."""

    former: tuple[str, ...]
    present: tuple[str, ...]


@dataclass(frozen=True)
class PartChange:
    """What changed under one heading."""

    heading: str
    changes: tuple[Change, ...]


def changed_parts(
    former: Sequence[Mapping[str, Any]], present: Sequence[Mapping[str, Any]], readable: Collection[tuple[str, int]]
) -> list[PartChange]:
    """The parts whose text changed, of those whose threads and cards (if they have any) are among the ``readable``."""
    before = {part["item"]: part for part in former}
    after = {part["item"]: part for part in present}
    found = []
    for item in [*after, *(item for item in before if item not in after)]:
        part = after.get(item) or before[item]
        if any(part.get(what) and (what, part[what]) not in readable for what in ("thread", "card")):
            continue
        texts = [of[item]["body"] if item in of else "" for of in (before, after)]
        if texts[0] != texts[1]:
            kind = AgendaKind(part["kind"]) if part["kind"] else None
            found.append(PartChange(heading_of(kind, part["title"]), line_changes(*texts)))
    return found


def line_changes(former: str, present: str) -> tuple[Change, ...]:
    """Which lines went and which came."""
    old, new = former.splitlines(), present.splitlines()
    return tuple(
        Change(tuple(old[a:b]), tuple(new[c:d]))
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )
