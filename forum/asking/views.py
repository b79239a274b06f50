"""Before asking: what others met already, whom to ask, and 就是这个."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.access import me, one_or_404, require
from forum.asking.actions import found_in_card, found_in_thread
from forum.asking.forms import FoundCardForm, FoundForm
from forum.asking.helpers import helpers_for_text, helpers_for_thread
from forum.asking.policies import can_find, can_look_for_helpers, shares_card, shares_thread
from forum.asking.queries import LONGEST, similar, villages_with
from forum.consultations.policies import can_call
from forum.extensions import db, reading
from forum.library.adoptions.policies import can_adopt
from forum.library.models import Experience
from forum.library.panels import CARD_PANELS
from forum.library.policies import visible_cards
from forum.paging import id_from
from forum.search.generations import IndexUnavailable
from forum.search.lists import WHEN_NOTHING
from forum.threads.models import Post, Thread
from forum.threads.panels import BESIDE_ASKING, PANELS, Panel
from forum.threads.policies import visible_posts, visible_threads
from forum.threads.queries import thread_head
from forum.units.actors import Actor

bp = Blueprint("asking", __name__)


@bp.post("/asking/similar")
def similar_to() -> ResponseReturnValue:
    """A part of the page where one asks: what fits the text typed so far. Reads only."""
    require(me().is_member)
    with reading():  # whoever types must not wait for whoever writes
        found = _found(me(), request.form.get("text", ""))
    return render_template("asking/_found.html", values=found)


@bp.get("/asking/helpers")
def helpers() -> ResponseReturnValue:
    """Whom to ask about a thread, or about what somebody searched for in vain."""
    actor = me()
    require(actor.is_member)
    text, thread_id = request.args.get("text", "")[:LONGEST].strip(), id_from(request.args.get("thread"))
    head = thread_head(actor, thread_id) if thread_id else None
    if thread_id and head is None:
        abort(404)
    people = helpers_for_thread(actor, head) if head else helpers_for_text(actor, text)
    may_call = head is not None and can_call(actor, head)
    return render_template("asking/helpers.html", thread=head, text=text, helpers=people, may_call=may_call)


@bp.post("/asking/threads/<int:thread_id>")
def found_thread(thread_id: int) -> ResponseReturnValue:
    """就是这个: the village has the problem of this thread too, and nothing need be posted."""
    actor, form = me(), FoundForm(about=thread_id)
    opening = one_or_404(visible_posts(actor).where(Post.thread_id == thread_id, Post.is_opening))
    thread = one_or_404(visible_threads(actor).where(Thread.id == thread_id))
    require(can_find(actor, thread))
    if not form.validate():
        return _once_more(url_for("threads.show", thread_id=thread_id, asking="1"))
    with form.once() as done:
        if not done:
            found_in_thread(actor, thread, opening, to_follow=form.follow.data)
            done.record(url_for("threads.show", thread_id=thread_id, asking="done"))
    db.session.commit()
    return _need_not_ask(done.url, shares_thread(actor, thread))


@bp.post("/asking/cards/<int:card_id>")
def found_card(card_id: int) -> ResponseReturnValue:
    """就是这个: the village has the problem of this card too, and nothing need be posted."""
    actor, form = me(), FoundCardForm(about=card_id)
    card = one_or_404(visible_cards(actor).where(Experience.id == card_id))
    require(can_find(actor, card))
    if not form.validate():
        return _once_more(url_for("library.show", card_id=card_id, asking="1"))
    with form.once() as done:
        if not done:
            found_in_card(actor, card)
            done.record(url_for("library.show", card_id=card_id, asking="done"))
    db.session.commit()
    return _need_not_ask(done.url, shares_card(actor, card))


def _need_not_ask(url: str, is_noted: bool) -> ResponseReturnValue:
    posting = me().posting
    if is_noted and posting:
        flash(_("记下了：%(village)s也有这件事。您写的那条不用发了。", village=posting.unit_name), "good")
    else:
        flash(_("好，您写的那条不用发了。"), "good")
    flash("ask", "draft-done")
    return redirect(url, 303)


def _once_more(url: str) -> ResponseReturnValue:
    flash(_("请再点一次。"), "bad")
    return redirect(url, 303)


def _found(actor: Actor, text: str) -> dict[str, Any]:
    try:
        results = similar(actor, text)
    except IndexUnavailable:  # he can ask all the same
        results = []
    people = helpers_for_text(actor, text[:LONGEST]) if text.strip() else []
    is_look = request.form.get("as") == "look"
    return {"results": results, "helpers": people, "is_look": is_look, "text": text}


def _beside_asking(actor: Actor, text: str) -> Panel:
    return Panel("asking/_beside.html", _found(actor, text))


def _asking() -> str:
    """Whether the reader came from a question that he was about to ask: he looks ("1"), or has found it ("done")."""
    state = request.args.get("asking", "")
    return state if state in ("1", "done") else ""


def _on_thread(actor: Actor, head: Any) -> Panel:
    to_helpers = (_("看看可以请教谁"), url_for("asking.helpers", thread=head.id))
    links = (to_helpers,) if can_look_for_helpers(actor, head) else ()
    asking = _asking()
    if not asking or not can_find(actor, head):
        return Panel(links=links)
    values = {
        "state": asking,
        "form": FoundForm(about=head.id) if asking == "1" else None,
        "action": url_for("asking.found_thread", thread_id=head.id),
        "is_noted": shares_thread(actor, head),
        "next": None if head.locked_at else (_("在这里接着问"), "#reply"),
        "villages": (),
    }
    return Panel("asking/_is_it_this.html", values, links=links)


def _on_card(actor: Actor, card: Any) -> Panel:
    villages, asking = villages_with(card.id), _asking()
    if not villages and not asking:
        return Panel()
    values = {
        "state": asking,
        "form": FoundCardForm(about=card.id) if asking == "1" else None,
        "action": url_for("asking.found_card", card_id=card.id),
        "is_noted": shares_card(actor, card),
        "next": (_("我们村试试"), url_for("library.adopt", card_id=card.id)) if can_adopt(actor, card) else None,
        "villages": villages,
    }
    return Panel("asking/_is_it_this.html", values)


BESIDE_ASKING.append(_beside_asking)
PANELS.append(_on_thread)
CARD_PANELS.append(_on_card)
WHEN_NOTHING.append(lambda text: (_l("看看可以请教谁"), url_for("asking.helpers", text=text[:LONGEST])))
