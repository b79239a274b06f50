"""Two hundred phones asking every five seconds whether anything is new: most of them are answered before the application begins.

A phone that was told a moment ago, by the whole application, that what it holds is true, is told so again as long as the meeting's pulse
stands still. Nothing is shown here and no right is given: 304 says only "nothing is new" to somebody who holds the page already, and once
a minute a phone's look is a whole one again, with its session and its rights.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, func, select

from forum.extensions import db
from forum.hall.models import HallState
from forum.meetings.models import AgendaItem, Meeting, Sitting
from forum.threads.models import Thread

TRUSTED = 60.0  # seconds after a whole look in which a phone needs no other
MOST_KEPT = 2000  # phones remembered
SEEN = "forum.hall.pulse"  # where a page leaves in the environment the pulse that it shows
REPEATED = {"etag", "cache-control", "vary"}

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Callable[[bytes], object]]
Pulse = tuple[Any, ...]  # a sitting, and all that changes its page for a reader whose rights stay as they are

_PULSE = (
    select(Sitting.id, Meeting.version, func.coalesce(HallState.version, 0), Thread.hidden_at, Thread.reach)
    .join(Meeting, Meeting.id == Sitting.meeting_id)
    .outerjoin(HallState, HallState.sitting_id == Sitting.id)
    .outerjoin(AgendaItem, AgendaItem.id == HallState.item_id)
    .outerjoin(Thread, Thread.id == AgendaItem.thread_id)
    .where(Sitting.id == bindparam("sitting_id"))
)


def pulse_of(place: Any) -> Pulse:
    """The pulse that a page of this place shows; a place is a row of ``queries.hall_of``."""
    return (place.sitting_id, place.meeting_version, place.version, place.linked_hidden_at, place.linked_reach)


@dataclass(frozen=True)
class _Look:
    """A whole look: the pulse that it showed, until when it serves, and the headers that its answer repeats."""

    pulse: Pulse
    until: float
    headers: Headers


class Polling:
    """The door before the application; everything but an unchanged phone page goes through."""

    def __init__(self, app: Flask) -> None:
        self._inside = app.wsgi_app
        with app.app_context():
            self._engine = db.engine
        self._lock = Lock()
        self._looks: OrderedDict[tuple[str, ...], _Look] = OrderedDict()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        held = environ.get("HTTP_IF_NONE_MATCH", "")
        phone = (environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), environ.get("HTTP_COOKIE", ""))
        if held and environ["REQUEST_METHOD"] == "GET":
            with self._lock:
                look = self._looks.get((*phone, held))
            if look is not None and time.monotonic() < look.until and self._is_still(look.pulse):
                start_response("304 NOT MODIFIED", look.headers)
                return [b""]

        def remember(status: str, headers: Headers, *rest: Any) -> Callable[[bytes], object]:
            if SEEN in environ and status[:3] in ("200", "304"):
                self._remember(phone, held, environ[SEEN], status, headers)
            return start_response(status, headers, *rest)

        return self._inside(environ, remember)

    def _is_still(self, pulse: Pulse) -> bool:
        with self._engine.connect() as connection:
            row = connection.execute(_PULSE, {"sitting_id": pulse[0]}).one_or_none()
        return row is not None and tuple(row) == pulse

    def _remember(self, phone: tuple[str, ...], held: str, pulse: Pulse, status: str, headers: Headers) -> None:
        repeated = [(name, value) for name, value in headers if name.lower() in REPEATED]
        tags = {value for name, value in repeated if name.lower() == "etag"}
        # A browser may go on naming the tag it had: that of the packed page.
        known = {*tags, held} if status.startswith("304") else tags
        look = _Look(pulse, time.monotonic() + TRUSTED, repeated)
        with self._lock:
            for tag in known:
                self._looks[(*phone, tag)] = look
                self._looks.move_to_end((*phone, tag))
            while len(self._looks) > MOST_KEPT:
                self._looks.popitem(last=False)


def init_app(app: Flask) -> None:
    """Put the door before the application."""
    app.wsgi_app = Polling(app)  # type: ignore[method-assign]
