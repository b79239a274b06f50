"""What is like a thread or a card; for the organiser, which threads tell of the same."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, select

from forum.access import me, require
from forum.extensions import db
from forum.library.panels import CARD_PANELS
from forum.search.asked import CARDS
from forum.search.documents import Hit
from forum.search.generations import IndexUnavailable
from forum.search.queries import card_results
from forum.search.similar import Alike, alike, pair
from forum.search.texts import card_text
from forum.search.views import bp
from forum.threads.models import Post, Thread
from forum.threads.panels import PANELS, WHEN_TWICE, Panel
from forum.threads.policies import can_moderate, readable_threads
from forum.units.actors import Actor


@bp.get("/threads/<int:thread_id>/similar")
def like_thread(thread_id: int) -> ResponseReturnValue:
    """Cards and threads that tell of the same; to an organiser also which of them seem to be the very same thing."""
    actor = me()
    thread, text = _thread_or_404(actor, thread_id)
    found = _found(actor, "thread", thread_id, thread.title, text)
    back = (thread.title, url_for("threads.show", thread_id=thread_id))
    return _drawn(found, back, thread_id if can_moderate(actor, thread) else None)


@bp.get("/library/<int:card_id>/similar")
def like_card(card_id: int) -> ResponseReturnValue:
    """Threads that tell of the same as a card."""
    actor = me()
    card = card_results(actor, [Hit(CARDS, card_id, card_id, 0.0)]).get(card_id)
    if card is None:
        abort(404)
    found = _found(actor, CARDS, card_id, card.title, card_text(card))
    return _drawn(found, (card.title, url_for("library.show", card_id=card_id)))


@bp.get("/threads/<int:thread_id>/similar/<int:other_id>")
def twice(thread_id: int, other_id: int) -> ResponseReturnValue:
    """Two threads side by side, for whoever looks after them, with what he can do about it."""
    actor = me()
    thread, _text = _thread_or_404(actor, thread_id)
    require(can_moderate(actor, thread))
    rows = pair(actor, thread_id, other_id)
    if rows is None:
        abort(404)
    ways = [way for offer in WHEN_TWICE if (way := offer(actor, thread, other_id))]
    return render_template("search/pair.html", rows=rows, ways=ways)


def _thread_or_404(actor: Actor, thread_id: int) -> Any:
    opening = and_(Post.thread_id == Thread.id, Post.is_opening)
    query = select(Thread, Post.body).join(Post, opening).where(Thread.id == thread_id, readable_threads(actor))
    row = db.session.execute(query).one_or_none()
    return row if row is not None else abort(404)


def _found(actor: Actor, kind: str, number: int, title: str, text: str) -> list[Alike]:
    try:
        return alike(actor, kind, number, title, text)
    except IndexUnavailable:
        return []


def _drawn(found: Sequence[Alike], back: tuple[str, str], moderated: int | None = None) -> str:
    """The whole page, or only its list for the page that fetched it."""
    template = "search/_alike.html" if request.args.get("part") == "1" else "search/similar.html"
    return render_template(template, found=found, back=back, moderated=moderated)


def _beside(url: str) -> Panel:
    return Panel("search/_similar_panel.html", {"url": url}, is_beside=True)


PANELS.append(lambda _actor, head: _beside(url_for("search.like_thread", thread_id=head.id)))
CARD_PANELS.append(lambda _actor, card: _beside(url_for("search.like_card", card_id=card.id)))
