"""Whom the office invites to what can be learnt: the secretaries of the townships concerned, and their groups."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from forum.extensions import db
from forum.notices.robots.announcements import tell_groups
from forum.notices.robots.models import Hears
from forum.units.actors import in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind


def invited_secretaries(district_id: int, township_ids: Collection[int]) -> list[int]:
    """The secretaries in office in these townships; without any, in all of the district."""
    secretaries = (
        select(Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .where(
            in_force(),
            Posting.role == Role.SECRETARY,
            *_of_district(district_id),
            Person.disabled_at.is_(None),
        )
    )
    if township_ids:
        secretaries = secretaries.where(Unit.township_id.in_(township_ids))
    return sorted(set(db.session.scalars(secretaries)))


def tell_invited_groups(district_id: int, township_ids: Collection[int], kind: str, subject_id: int) -> None:
    """Tell the groups of these townships; without any, of all in the district."""
    townships = select(Unit.id).where(Unit.kind == UnitKind.TOWNSHIP, *_of_district(district_id))
    for township_id in sorted(township_ids) or db.session.scalars(townships.order_by(Unit.id)).all():
        tell_groups(township_id, Hears.LEARNING, kind, subject_id)


def _of_district(district_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Unit.district_id == district_id, Unit.closed_at.is_(None)
