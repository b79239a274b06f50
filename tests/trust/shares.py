"""What one database is asked of the long walks, so that both rounds of the suite together ask everything without asking most of it twice."""

from collections.abc import Sequence
from typing import TypeVar

from forum.extensions import db

T = TypeVar("T")


def half(things: Sequence[T]) -> Sequence[T]:
    """Every second thing on SQLite, the others on PostgreSQL."""
    return things[_turn() :: 2]


def third(things: Sequence[T], shift: int) -> Sequence[T]:
    """Every third thing; ``shift`` goes on from case to case, and the second database begins at another one."""
    return things[(shift + _turn()) % 3 :: 3]


def all_then_a_third(things: Sequence[T]) -> Sequence[T]:
    """Everything on SQLite, every third thing on PostgreSQL: for what can hardly differ there."""
    return things[::3] if _turn() else things


def _turn() -> int:
    return int(db.engine.dialect.name != "sqlite")
