"""What somebody or a village knows: the tags of what helped, each leading to what was written under it. Nothing is counted or weighed."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from flask import url_for

from forum.threads.lists import tags_of

MOST = 12


def known_tags(answers: Sequence[Any], cards: Sequence[Any], **who: Any) -> list[SimpleNamespace]:
    """The tags of answers that helped and of cards, the latest first; ``who`` narrows the search to what these wrote."""
    dated = [*((answer.accepted_at, answer) for answer in answers), *((card.dated, card) for card in cards)]
    found: dict[str, SimpleNamespace] = {}
    for _moment, row in sorted(dated, key=lambda one: one[0], reverse=True):
        for tag in tags_of(row):
            found.setdefault(tag.code, SimpleNamespace(name=tag.name, url=url_for("search.index", tag=tag.code, **who)))
    return list(found.values())[:MOST]
