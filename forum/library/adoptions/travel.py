"""How far a card has travelled: in how many villages it was tried, and how that went. Villages are counted, never people."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, distinct, exists, func, select
from sqlalchemy.orm import aliased

from forum.language import is_english
from forum.library.adoptions.models import Adoption, AdoptionResult
from forum.library.models import Experience


def _villages(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return (
        select(func.count(distinct(Adoption.unit_id)))
        .where(Adoption.experience_id == Experience.id, Adoption.withdrawn_at.is_(None), *conditions)
        .correlate(Experience)
        .scalar_subquery()
    )


def _latest() -> ColumnElement[bool]:
    """A village that tried twice counts with its last result."""
    later = aliased(Adoption)
    return ~exists().where(
        later.experience_id == Adoption.experience_id,
        later.unit_id == Adoption.unit_id,
        later.result.is_not(None),
        later.id > Adoption.id,
    )


ADOPTED = _villages()


def travel_columns() -> tuple[ColumnElement[int], ...]:
    """For a row of a card: villages that tried it (``adopted``), and with which last result (``worked``, ``partly``, ``failed``)."""
    return (
        ADOPTED.label("adopted"),
        *(_villages(Adoption.result == result, _latest()).label(result.value) for result in AdoptionResult),
    )


def travelled(card: Any) -> str:
    """The same in words: 4 个村借鉴，3 成 1 不成; empty when nobody tried it yet. ``card`` has the columns of ``travel_columns``."""
    if not card.adopted:
        return ""
    villages = ngettext("%(num)s 个村借鉴", "%(num)s 个村借鉴", card.adopted)
    results = [
        text
        for count, text in (
            (card.worked, _("%(num)s 成", num=card.worked)),
            (card.partly, _("%(num)s 部分成", num=card.partly)),
            (card.failed, _("%(num)s 不成", num=card.failed)),
        )
        if count
    ]
    if not results:
        return villages
    listed = (", " if is_english() else " ").join(results)
    return _("%(villages)s，%(results)s", villages=villages, results=listed)
