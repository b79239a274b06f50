"""How the notice of something new for a saved search reads, and the worker's job that looks for it.

Its subject is what was found, so that a page of notices asks for threads and for cards once.
"""

from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.clock import utcnow
from forum.extensions import db
from forum.library.notices import load_cards
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.readers import written_for
from forum.notices.worker import register_job
from forum.search.generations import IndexUnavailable
from forum.search.place import looking
from forum.search.saved.actions import note_new
from forum.search.saved.models import SavedSearch
from forum.search.saved.queries import is_new, next_due
from forum.threads.notices import load_threads
from forum.units.actors import load_actor

EVERY_SECONDS = 600
OVERLAP = timedelta(minutes=10)  # what was written while the index was behind


def _thread(row: Any) -> Shown:
    return Shown(_new(row), url_for("threads.show", thread_id=row.id), row.id)


def _card(row: Any) -> Shown:
    return Shown(_new(row), url_for("library.show", card_id=row.id))


def _new(row: Any) -> str:
    return _("您存的搜索有新的：%(title)s", title=row.title)


def look_for_next() -> bool:
    """Look whether something new fits the saved search whose turn it is; whether there was one.

    Looking is slow work: it is done before anything is written, and holds nobody up.
    """
    now = utcnow()
    with looking():
        saved = next_due(now)
        actor = load_actor(saved.person_id) if saved else None
    if saved is None:
        return False
    since, found = saved.looked_at - OVERLAP, None
    with written_for(actor):
        if actor is not None and actor.is_member:
            with looking():
                try:
                    found = is_new(saved, actor, since)
                except IndexUnavailable:
                    return False
        kept = db.session.get(SavedSearch, saved.id)
        if kept is not None:  # he let it go meanwhile
            note_new(kept, found, since, now)
        db.session.commit()
    return True


register_notice("search.thread", load_threads, _thread, topic=Topic.SEARCHES)
register_notice("search.card", load_cards, _card, topic=Topic.SEARCHES)
register_job("saved searches", EVERY_SECONDS, look_for_next)
