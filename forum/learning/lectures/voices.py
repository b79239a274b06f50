"""What those who were there say of a lecture, without their names. The caller commits.

An answer is added to counts and is then gone: there is no row of it, no time, no audit entry, and no digest of the form, from
which it could be found out. Kept apart is only that somebody has answered.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from forum.extensions import db
from forum.learning.lectures.models import LectureAnswered, LectureVoices
from forum.units.actors import Actor


class Degree(StrEnum):
    """How much."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class Voice:
    """One answer, on its way into the counts."""

    understood: Degree
    useful: Degree
    wish: str = ""  # on one line


def hear(actor: Actor, lecture_id: int, voice: Voice) -> bool:
    """Add an answer to the counts; False when he has answered before, and nothing is added."""
    voices = db.session.scalars(
        select(LectureVoices)
        .where(LectureVoices.lecture_id == lecture_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if db.session.get(LectureAnswered, (lecture_id, actor.id)) is not None:
        return False
    db.session.add(LectureAnswered(lecture_id=lecture_id, person_id=actor.id))
    for column in (f"understood_{voice.understood}", f"useful_{voice.useful}"):
        setattr(voices, column, getattr(voices, column) + 1)
    if voice.wish:
        voices.wishes = "\n".join(sorted([*voices.wishes.splitlines(), voice.wish]))
    return True
