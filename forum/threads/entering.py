"""Whom one may write for (代录)."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.threads.policies import ThreadFacts, may_be_written_for
from forum.threads.readers import may_read
from forum.units.actors import Actor, load_actor
from forum.units.models import Person, Posting, Role, Unit


class Speaker(NamedTuple):
    """Somebody in an office for whom one may write."""

    posting_id: int
    person_id: int
    label: str


def people_to_write_for(actor: Actor, thread: ThreadFacts | None = None) -> list[Speaker]:
    """Leaders of villages in the actor's care, those who may read the thread if there is one; a village's secretary before its deputies."""
    area = aliased(Unit)
    found = (
        select(Posting.id, Posting.person_id, Posting.title, Person.name, Unit.name.label("unit_name"))
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(area, area.id == Unit.parent_id)
        .where(may_be_written_for(actor), Person.disabled_at.is_(None))
        .order_by(area.position, area.name, Unit.position, Unit.name, Posting.role != Role.SECRETARY, Posting.id)
    )
    if thread is not None:
        found = found.where(may_read(thread))
    return [
        Speaker(row.id, row.person_id, " ".join(part for part in (row.unit_name, row.name, row.title) if part))
        for row in db.session.execute(found)
    ]


def author_among(speakers: list[Speaker], posting_id: int) -> Actor | None:
    """Whom one writes for, as he would act himself in this office."""
    chosen = next((one for one in speakers if one.posting_id == posting_id), None)
    author = load_actor(chosen.person_id, chosen.posting_id) if chosen else None
    return author if author and author.posting and author.posting.id == posting_id else None
