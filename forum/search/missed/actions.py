"""Noting words that found nothing, and forgetting them. The caller commits."""

import hashlib
import hmac
import re
from contextlib import suppress
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from forum.clock import today
from forum.extensions import db
from forum.search.missed.models import MARKS, WORD_LENGTH, MissedWord
from forum.search.terms import runs_of
from forum.units.actors import Actor

KEPT = timedelta(days=31)
MOST_WORDS = 3  # of one question: a long one is a story
_NUMBER = re.compile(r"\d{5}")  # telephone and identity numbers are nobody's theme


def note_missed(actor: Actor, words: str) -> None:
    """Note that somebody searched for these words in vain."""
    if actor.district_id is None or _NUMBER.search(words):
        return
    runs = [run for run in runs_of(words) if 2 <= len(run) <= WORD_LENGTH]
    for word in runs[:MOST_WORDS] if len(runs) <= MOST_WORDS else ():
        key = (actor.district_id, word, _mark(actor.id, word))
        known = db.session.get(MissedWord, key)
        if known is not None:
            known.day = today()
            continue
        with suppress(IntegrityError), db.session.begin_nested():  # a neighbour with the same mark got there first
            db.session.add(MissedWord(district_id=key[0], word=word, mark=key[2], day=today()))


def forget_missed() -> None:
    """Delete what nobody has searched for in a month."""
    db.session.execute(delete(MissedWord).where(MissedWord.day < today() - KEPT))


def _mark(person_id: int, word: str) -> int:
    """Differs from word to word, so that two words cannot be laid together."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"missed:{word}:{person_id}".encode(), hashlib.sha256)[0] % MARKS
