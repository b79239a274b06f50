"""What the forum holds of a person: each room declares its own, so that he can take all of it along.

The room that owns a column which names a person says in its module ``own``, once, whether rows belong to him for what
stands in them, or whether the column only tells of his office. A test fails on a column of which nobody has said anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isfunction
from pathlib import Path
from typing import Any

from flask_babel import LazyString
from sqlalchemy import Select, select

from forum.units.actors import Actor

Attribute = Any  # a mapped attribute, ``Post.author_id``
Shown = Any  # a column, or a function that makes one for an actor: what others said is shown to those who may read it


@dataclass(frozen=True)
class Belonging:
    """Rows of one kind that are a person's: their name, their table, and the statement that reads them, the oldest first."""

    key: str
    title: LazyString
    table: str
    rows_of: Callable[[Actor], Select[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Files:
    """Files that a person sent: rows of (key, name, post), and where the file of a key lies."""

    key: str
    title: LazyString
    rows_of: Callable[[Actor], Select[*tuple[Any, ...]]]
    path_of: Callable[[str], Path]


BELONGINGS: list[Belonging] = []
FILES: list[Files] = []
KNOWN: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Via:
    """The table of the rows, and others on the way to what names the person or makes them understood, each with its condition."""

    start: Any
    joins: tuple[tuple[Any, Any], ...]


def belongs(key: str, title: LazyString, whose: Attribute, *shown: Shown, via: Via | None = None) -> None:
    """Rows whose ``whose`` is the person, with the columns ``shown`` of them; both are read under the columns' own names."""
    _known(whose)
    start = via.start if via else whose.class_

    def rows_of(actor: Actor) -> Select[*tuple[Any, ...]]:
        columns = [column(actor) if isfunction(column) else column for column in shown]
        query = select(*columns).select_from(start)
        for target, condition in via.joins if via else ():
            query = query.join(target, condition)
        return query.where(whose == actor.id).order_by(*start.__table__.primary_key)

    BELONGINGS.append(Belonging(key, title, start.__tablename__, rows_of))


def files_belong(key: str, title: LazyString, whose: Attribute, *shown: Shown, path_of: Callable[[str], Path]) -> None:
    """Files that the person sent: ``shown`` are the key, the name and the post."""
    _known(whose)

    def rows_of(actor: Actor) -> Select[*tuple[Any, ...]]:
        return select(*shown).where(whose == actor.id).order_by(*whose.class_.__table__.primary_key)

    FILES.append(Files(key, title, rows_of, path_of))


def of_office(*attributes: Attribute) -> None:
    """These name a person for what he did in office, or for what others said of him: there are no words of his in the row."""
    for attribute in attributes:
        _known(attribute)


def _known(attribute: Attribute) -> None:
    (column,) = attribute.property.columns
    KNOWN.add((column.table.name, column.name))
