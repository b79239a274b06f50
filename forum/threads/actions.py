"""What people write in threads; what they do with a tap is in ``deeds``. Each action tells its whole story; the caller commits."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlalchemy.orm.exc import StaleDataError

from forum.audit.actions import record
from forum.changes import note_change
from forum.clock import utcnow
from forum.extensions import db
from forum.markup import below_title, render
from forum.media.actions import attach
from forum.media.models import Document, Picture
from forum.notices.outbox import enqueue
from forum.threads.deeds import begin_to_follow
from forum.threads.mentions import Named, name_people, tell_named
from forum.threads.models import (
    HeldFor,
    Post,
    PostRevision,
    Reach,
    Stance,
    Thread,
    ThreadKind,
    ThreadTag,
)
from forum.threads.narrowing import admit
from forum.threads.reading import start_reading
from forum.threads.telling import tell_of_reply, tell_who_looks
from forum.units.actors import Actor


class EditedMeanwhile(Exception):
    """Somebody (or oneself in another window) saved another version first: the writer is shown both texts."""


def begin_thread(
    actor: Actor,
    kind: ThreadKind,
    title: str,
    body: str,
    *,
    reach: Reach = Reach.DISTRICT,
    tag_ids: Iterable[int] = (),
    pictures: Sequence[Picture] = (),
    documents: Sequence[Document] = (),
    named: Sequence[Named] = (),
    held: HeldFor | None = None,
    scribe: Actor | None = None,
) -> Post:
    """Ask, propose, share or announce something; whoever begins a thread follows it. Returns the opening post, thread at hand.

    ``named`` are told. With ``held`` it stays hidden until somebody has looked. With ``scribe`` it was written down for the actor.
    Raises ValueError for an actor without a posting: what is written belongs to a unit.
    """
    if actor.posting is None or actor.posting.district_id is None:
        raise ValueError("only somebody in office in a district begins a thread")
    now = utcnow()
    thread = Thread(
        kind=kind,
        title=title,
        author_id=actor.id,
        posting_id=actor.posting.id,
        unit_id=actor.posting.unit_id,
        township_id=actor.posting.township_id,
        district_id=actor.posting.district_id,
        reach=reach,
        created_at=now,
        last_post_at=now,
        hidden_at=now if held else None,
        held_at=now if held else None,
    )
    db.session.add(thread)
    db.session.flush()
    db.session.add_all(ThreadTag(thread_id=thread.id, tag_id=tag_id) for tag_id in tag_ids)
    opening = _write(actor, thread, body, is_opening=True, held=held, scribe=scribe)
    attach(opening.id, pictures, documents)
    if named:
        name_people(opening, named)
    if held:
        tell_who_looks(thread, opening)
    else:
        tell_named(thread, opening)
    if scribe and reach is Reach.PANEL and not scribe.is_organiser:
        admit(thread, [scribe.id])  # he knows it already
    _take_part(actor, scribe, opening)
    note_change("thread", thread.id)
    return opening


def add_reply(
    actor: Actor,
    thread: Thread,
    body: str,
    *,
    parent: Post | None = None,
    stance: Stance | None = None,
    pictures: Sequence[Picture] = (),
    documents: Sequence[Document] = (),
    named: Sequence[Named] = (),
    held: HeldFor | None = None,
    scribe: Actor | None = None,
) -> Post:
    """Answer a thread or one of its replies, and tell those who follow it, whoever is answered and whoever is named.

    To a reply one may add to it or object, with the reason in the text. With ``held`` it stays hidden, and nobody is told,
    until somebody has looked. With ``scribe`` it was written down for the actor.
    """
    reply = _write(
        actor,
        thread,
        body,
        parent_id=parent.id if parent else None,
        root_id=(parent.root_id or parent.id) if parent else None,
        stance=stance,
        held=held,
        scribe=scribe,
    )
    attach(reply.id, pictures, documents)
    if named:
        name_people(reply, named)
    if held:
        tell_who_looks(thread, reply)
    else:
        count_replies(thread, +1, latest=True)
        tell_of_reply(thread, reply)
    _take_part(actor, scribe, reply)
    note_change("post", reply.id)
    return reply


def edit_post(
    actor: Actor,
    post: Post,
    body: str,
    *,
    version: int,
    title: str | None = None,
    why: str = "",
    named: Sequence[Named] = (),
    waits: bool = False,
) -> None:
    """Rewrite one's own words, or what one wrote down for another; what they were is kept as a revision, with the reason if one was given.

    Who is named now and was not before is told, unless it ``waits`` to be held and looked at. What its author corrects is confirmed by that; what another does, he is told of.
    Raises EditedMeanwhile when the post is no longer at ``version``.
    """
    if post.version != version:
        raise EditedMeanwhile
    thread = post.thread
    new_title = title if post.is_opening and title else thread.title
    if body == post.body and new_title == thread.title:
        return
    db.session.add(
        PostRevision(
            post_id=post.id,
            version=post.version,
            title=thread.title if post.is_opening else "",
            body=post.body,
            written_at=post.edited_at or post.created_at,
            why=why,
            changed_by_id=actor.id if actor.id != post.author_id else None,
        )
    )
    html = render(below_title(body, new_title) if post.is_opening else body)
    post.body, post.body_html, post.edited_at = body, html, utcnow()
    thread.title = new_title
    if post.entered_by_id is not None and actor.id == post.author_id:
        post.confirmed_at = post.edited_at
    elif post.entered_by_id == actor.id:
        enqueue(post.author_id, "post.entered", post.id)
    name_people(post, named)
    if not waits:
        tell_named(thread, post)
    note_change("thread" if post.is_opening else "post", thread.id if post.is_opening else post.id)


def confirm_post(post: Post, *, version: int) -> None:
    """Its author says that what was written down for him is right. Raises EditedMeanwhile when it is not what he has seen."""
    if post.confirmed_at is not None:
        return
    if post.version != version:
        raise EditedMeanwhile
    post.confirmed_at = utcnow()


def _write(
    actor: Actor,
    thread: Thread,
    body: str,
    *,
    is_opening: bool = False,
    held: HeldFor | None = None,
    scribe: Actor | None = None,
    **values: object,
) -> Post:
    if actor.posting is None or (scribe is not None and scribe.posting is None):
        raise ValueError("only somebody in office writes")
    now = utcnow()
    post = Post(
        thread=thread,
        author_id=actor.id,
        posting_id=actor.posting.id,
        unit_id=actor.posting.unit_id,
        entered_by_id=scribe.id if scribe else None,
        entered_posting_id=scribe.posting.id if scribe and scribe.posting else None,
        body=body,
        body_html=render(below_title(body, thread.title) if is_opening else body),
        is_opening=is_opening,
        created_at=now,
        hidden_at=now if held else None,
        held_at=now if held else None,
        held_for=held,
        **values,
    )
    db.session.add(post)
    db.session.flush()
    return post


def _take_part(actor: Actor, scribe: Actor | None, post: Post) -> None:
    """Whoever writes follows the thread and knows it; so does who writes for him, and he is told."""
    begin_to_follow(actor.id, post.thread_id)
    start_reading((scribe or actor).id, post.thread_id, post.created_at)
    if scribe is None:
        return
    begin_to_follow(scribe.id, post.thread_id)
    enqueue(actor.id, "post.entered", post.id)
    scope = {"township_id": post.thread.township_id, "district_id": post.thread.district_id}
    record(scribe, "post.enter", "post", post.id, **scope)


def count_replies(thread: Thread, by: int, *, latest: bool = False) -> None:
    """Count replies that have come into sight or left it; ``latest``: the thread moves up in the lists.

    Raises StaleDataError when the thread was merged into another while somebody wrote: nothing is written where nobody would read it.
    """
    values: dict[str, object] = {"reply_count": Thread.reply_count + by}
    if latest:
        values["last_post_at"] = utcnow()
    still_there = update(Thread).where(Thread.id == thread.id, Thread.merged_post_id.is_(None))
    if not cast("CursorResult[Any]", db.session.execute(still_there.values(values))).rowcount:
        raise StaleDataError("the thread was merged into another")
