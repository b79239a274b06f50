"""Keeping the list of words, and the setting of a township. The caller commits."""

import secrets
from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.extensions import db
from forum.screening.matching import key_of
from forum.screening.models import Degree, FirstPosts, ListedWord, WordList
from forum.units.actors import Actor


def list_words(actor: Actor, words: Iterable[str], degree: Degree, reason: str = "") -> tuple[int, int]:
    """Put words on the list of the actor's district; one that stands there gets the new degree and reason.

    Returns how many were new, and how many stood there. The trail says how many, not which: it is read by more people.
    """
    if actor.district_id is None:
        raise ValueError("only a district keeps a list")
    wanted = {key: word for word in words if (key := key_of(word))}
    there = {
        row.key: row
        for row in db.session.scalars(select(ListedWord).where(ListedWord.district_id == actor.district_id))
        if row.key in wanted
    }
    for row in there.values():
        row.degree, row.reason = degree, reason
    db.session.add_all(
        ListedWord(
            district_id=actor.district_id, word=word, key=key, degree=degree, reason=reason, added_by_id=actor.id
        )
        for key, word in wanted.items()
        if key not in there
    )
    _changed(actor.district_id)
    new = len(wanted) - len(there)
    record(actor, "words.list", "words", degree=degree.value, new=new, changed=len(there))
    return new, len(there)


def unlist_word(actor: Actor, word: ListedWord) -> None:
    """Take a word off the list; texts that were masked stay as they are."""
    db.session.execute(delete(ListedWord).where(ListedWord.id == word.id))
    _changed(word.district_id)
    record(actor, "words.unlist", "words", word.id, degree=word.degree.value)


def set_first_posts(actor: Actor, number: int) -> None:
    """Say how many posts of a new account in the actor's township wait; 0 for none."""
    if actor.township_id is None:
        raise ValueError("only a township looks at first posts")
    there = db.session.get(FirstPosts, actor.township_id)
    if (there.number if there else 0) == number:
        return
    if there is None:
        db.session.add(FirstPosts(township_id=actor.township_id, number=number))
    elif number:
        there.number = number
    else:
        db.session.delete(there)
    record(actor, "first_posts.set", "unit", actor.township_id, number=number)


def _changed(district_id: int) -> None:
    if db.session.get(WordList, district_id) is None:
        with suppress(IntegrityError), db.session.begin_nested():  # somebody else was the first
            db.session.add(WordList(district_id=district_id))
    stamp = secrets.token_hex(8)
    db.session.execute(update(WordList).where(WordList.district_id == district_id).values(stamp=stamp))
