"""The list of a district as something to look texts up in, kept by each process as long as the list does not change."""

from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import Select, func, select

from forum.extensions import db
from forum.screening.matching import Matcher
from forum.screening.models import Degree, FirstPosts, ListedWord, WordList
from forum.screening.policies import visible_words
from forum.units.actors import Actor


class Listed(NamedTuple):
    """A word as a text is looked up for it."""

    word: str
    degree: Degree
    reason: str


_NOTHING: Matcher[Listed] = Matcher([])


def words_for(actor: Actor) -> Matcher[Listed]:
    """The list of the actor's district. One small statement, and the whole list only after it was changed."""
    stamp = db.session.scalar(select(WordList.stamp).where(WordList.district_id == actor.district_id))
    if stamp is None:
        return _NOTHING
    kept: dict[int | None, tuple[str, Matcher[Listed]]] = current_app.extensions.setdefault("listed_words", {})
    known = kept.get(actor.district_id)
    if known is None or known[0] != stamp:
        rows = db.session.execute(
            select(ListedWord.word, ListedWord.degree, ListedWord.reason).where(
                ListedWord.district_id == actor.district_id
            )
        )
        known = stamp, Matcher((row.word, Listed(*row)) for row in rows)
        kept[actor.district_id] = known
    return known[1]


def word_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The list that the actor keeps, for ``keyset_page``."""
    return visible_words(actor).with_only_columns(
        ListedWord.id, ListedWord.word, ListedWord.degree, ListedWord.reason, ListedWord.added_at
    )


def count_words(actor: Actor) -> dict[Degree, int]:
    """How many words stand there, by degree."""
    rows = visible_words(actor).with_only_columns(ListedWord.degree, func.count(ListedWord.id))
    return {row[0]: row[1] for row in db.session.execute(rows.group_by(ListedWord.degree))}


def first_posts_of(township_id: int | None) -> int:
    """How many posts of a new account the township looks at first."""
    return db.session.scalar(select(FirstPosts.number).where(FirstPosts.township_id == township_id)) or 0
