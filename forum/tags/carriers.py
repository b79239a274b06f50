"""What carries tags: threads, cards, experts, themes. When tags are merged it goes over to the tag that stays.

The room that owns a column says so, once, in a module that its views import; a test fails on a column of which nobody has.
"""

from typing import Any, NamedTuple

from sqlalchemy import Column, Table


class Carrier(NamedTuple):
    """A column that points to tags, and the one that says what carries them.

    ``is_pair``: a row is no more than the two, and a thing may carry many tags. ``change`` is what the search calls such a thing.
    """

    tag: Column[int]
    owner: Column[int]
    is_pair: bool
    change: str | None

    @property
    def table(self) -> Table:
        table: Table = self.tag.table
        return table


CARRIERS: dict[str, Carrier] = {}


def carries(tag: Any, owner: Any = None, change: str | None = None) -> None:
    """Say that a mapped column points to tags: ``carries(ThreadTag.tag_id, ThreadTag.thread_id, "thread")``.

    Without ``owner`` the row itself carries the one tag.
    """
    column: Column[int] = tag.property.columns[0]
    owns: Column[int] = owner.property.columns[0] if owner is not None else column.table.c.id
    table: Table = column.table
    CARRIERS[table.name] = Carrier(column, owns, owner is not None, change)
