"""How each kind of notice is shown: the rooms that own the kinds register here, for this room knows only ids.

A meetings room, say, writes once, in a module that its views import::

    def _meetings(actor, ids):
        rows = db.session.execute(visible_meetings(actor).with_only_columns(…).where(Meeting.id.in_(ids)))
        return {row.id: row for row in rows}

    register_notice(
        "meeting.announced", _meetings, lambda row: Shown(_("论坛定了：%(theme)s", …), url_for(…)), topic=Topic.MEETINGS
    )
    register_notice("meeting.changed", _meetings, …)
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from flask_babel import LazyString

from forum.units.actors import Actor


class Topic(StrEnum):
    """What a notice is about, as its reader would sort them: how he wants to be told is chosen for a topic."""

    REPLIES = "replies"
    PANELS = "panels"
    DECISIONS = "decisions"
    DUE = "due"
    MEETINGS = "meetings"
    LEARNING = "learning"
    CARDS = "cards"
    SEARCHES = "searches"
    MODERATION = "moderation"


class Told(NamedTuple):
    """What somebody is told of: a kind of notice and the id of its subject."""

    kind: str
    subject_id: int


@dataclass(frozen=True)
class Shown:
    """A notice as its reader sees it: a sentence, where it leads, and the thread it belongs to, if any."""

    text: str | LazyString
    url: str
    thread_id: int | None = None


Load = Callable[[Actor, Collection[int]], Mapping[int, Any]]
Show = Callable[[Any], Shown]


class _Kind(NamedTuple):
    load: Load
    show: Show
    topic: Topic


KINDS: dict[str, _Kind] = {}


def _as_loaded(subject: Any) -> Shown:
    return subject


def register_notice(kind: str, load: Load, show: Show = _as_loaded, *, topic: Topic) -> None:
    """Say how notices of a kind are shown, and what they are about.

    ``load(actor, subject_ids)`` goes through ``visible_…`` in one statement and leaves out what the actor may not see (any more):
    such a notice is never shown. ``show(subject)`` words one of them and asks the database nothing; without it ``load`` returns
    ``Shown`` itself. Kinds that speak of the same things share one ``load``: a page of notices then calls it once.
    """
    KINDS[kind] = _Kind(load, show, topic)


def fit_in(told: Iterable[Told], most: int) -> int:
    """How many of these notices, from the first, can be shown with at most this many statements."""
    loads: set[Load] = set()
    fitting = 0
    for one in told:
        if one.kind in KINDS:
            loads.add(KINDS[one.kind].load)
        if len(loads) > most:
            break
        fitting += 1
    return fitting


def show_notices(actor: Actor, told: Iterable[Told]) -> dict[Told, Shown]:
    """How the actor sees these notices, at one statement for each ``load``; those he may not see are left out.

    Needs a request context, for words and addresses are made for a reader.
    """
    wanted: dict[Load, set[Told]] = {}
    for one in told:
        if one.kind in KINDS:
            wanted.setdefault(KINDS[one.kind].load, set()).add(one)
    shown: dict[Told, Shown] = {}
    for load, ones in wanted.items():
        subjects = load(actor, {one.subject_id for one in ones})
        shown |= {one: KINDS[one.kind].show(subjects[one.subject_id]) for one in ones if one.subject_id in subjects}
    return shown
