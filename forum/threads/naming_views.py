"""Whom one may name: what an @ offers while one types."""

from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from markupsafe import Markup

from forum.access import me, one_or_404, require
from forum.extensions import limiter, reading
from forum.markup import stored, with_names
from forum.threads.models import Reach, Thread
from forum.threads.offers import people_to_name
from forum.threads.policies import ThreadFacts, visible_threads
from forum.threads.readers import about_to_begin
from forum.threads.views import bp

AS_ONE_TYPES = parse("60 per minute")


@bp.post("/threads/<int:thread_id>/people")
def people(thread_id: int) -> ResponseReturnValue:
    """Readers of a thread that fit what was typed after an @. Reads only."""
    _not_faster_than_a_hand()
    with reading():  # whoever types must not wait for whoever writes
        return _offers(one_or_404(visible_threads(me()).where(Thread.id == thread_id)))


@bp.post("/threads/people")
def people_to_ask() -> ResponseReturnValue:
    """The same where one asks: who will read the thread, if it goes to whom was ticked. Reads only."""
    require(me().is_member)
    _not_faster_than_a_hand()
    reach = request.form.get("reach", "")
    with reading():
        return _offers(about_to_begin(me(), Reach(reach) if reach in set(Reach) else Reach.DISTRICT))


def shown_with_names(html: str, lines: str | None) -> Markup:
    """The HTML of a post for a page, whom it names by its ``mention_lines`` leading to their pages."""
    if not lines:
        return stored(html)
    named = (line.partition(":") for line in lines.splitlines())
    return with_names(html, {words: url_for("people.person", person_id=int(ident)) for ident, _colon, words in named})


bp.add_app_template_filter(shown_with_names, "with_names")


def _not_faster_than_a_hand() -> None:
    if not limiter.limiter.hit(AS_ONE_TYPES, "people", me().get_id()):
        abort(429)


def _offers(thread: ThreadFacts) -> ResponseReturnValue:
    rows = people_to_name(me(), thread, request.form.get("text", ""))
    return {
        "people": [{"words": _words(row), "label": f"{row.unit_name} · {row.name}", "note": row.office} for row in rows]
    }


def _words(row: Any) -> str:
    """What is written for somebody: his name, with his village where another has the same name."""
    return f"{row.unit_name}·{row.name}" if row.namesakes > 1 else str(row.name)
