"""What was not found."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from forum.clock import today
from forum.extensions import db
from forum.search.missed.models import MissedWord
from forum.units.actors import Actor

LEAST = 3  # searchers
SHOWN = 60
DAYS = 30


def missed_words(actor: Actor) -> Sequence[Any]:
    """Words that at least three searched for in the last thirty days and did not find, the latest first; one statement."""
    last = func.max(MissedWord.day)
    return db.session.execute(
        select(MissedWord.word, last.label("day"))
        .where(MissedWord.district_id == actor.district_id, MissedWord.day >= today() - timedelta(days=DAYS))
        .group_by(MissedWord.word)
        .having(func.count(MissedWord.mark) >= LEAST)
        .order_by(last.desc(), MissedWord.word)
        .limit(SHOWN)
    ).all()
