"""Merging a duplicate into the thread that stays, and taking that back. The caller commits.

What was written keeps its author, its date and its address. A conclusion or a panel stays where it is, so a thread that has one is the
one that stays. Nobody reads more than before, and nobody who wrote loses sight of what he wrote.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from forum.changes import note_change
from forum.extensions import db
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Reaction, ReactionKind, Thread
from forum.threads.references import what_holds
from forum.threads.tidying.deeds import (
    POSTS,
    CannotTidy,
    hold_threads,
    note_deed,
    note_undone,
    opening_of,
    recount,
    with_answers,
)
from forum.threads.tidying.journal import move_along, move_rows, put_back
from forum.threads.tidying.models import DeedKind, ThreadDeed
from forum.threads.tidying.readers import shuts_out, widens
from forum.threads.tidying.trees import make_opening
from forum.units.actors import Actor


def why_not_merge(thread: Thread, into: Thread) -> str | None:
    """The reason for which one thread cannot be put into another; None when it can."""
    if thread.id == into.id:
        return _("这就是它自己，请选另一个帖子。")
    if thread.merged_post_id is not None or into.merged_post_id is not None:
        return _("有一个已经并到别处了。")
    if thread.hidden_at is not None or into.hidden_at is not None:
        return _("隐藏着的帖子先恢复显示，再合并。")
    if reason := what_holds("thread", [thread.id]):
        if what_holds("thread", [into.id]):
            return _("%(reason)s，那一个也是：各留各的，不能合并。", reason=reason)
        return _("%(reason)s，要留着它。请到那一个帖子里，把它并到这里来。", reason=reason)
    if widens(thread, into):
        return _("它只给少数人看，并过去看的人就多了，不能合并。")
    if shuts_out(thread, into):
        return _("有人在这里写过，却看不到那一个，并过去他就看不到这里了，不能合并。")
    return None


def merge(actor: Actor, thread: Thread, into: Thread) -> ThreadDeed:
    """Put a thread into another one about the same matter. Raises CannotTidy with the reason."""
    hold_threads(*sorted({thread.id, into.id}))
    if reason := why_not_merge(thread, into):
        raise CannotTidy(reason)
    opening, stays = opening_of(thread), opening_of(into)
    latest = max(thread.last_post_at, into.last_post_at)
    before: dict[str, Any] = {
        "posts": list(db.session.scalars(select(Post.id).where(Post.thread_id == thread.id).order_by(Post.id))),
        "last_post_at": into.last_post_at.isoformat(),
        "latest": latest.isoformat(),
    }
    here = update(POSTS).where(POSTS.c.thread_id == thread.id)
    db.session.execute(here.where(POSTS.c.came_from_id.is_(None)).values(came_from_id=thread.id))
    db.session.execute(here.where(POSTS.c.is_opening).values(is_opening=False))
    db.session.execute(here.values(thread_id=into.id))
    before["along"] = move_along(thread.id, into.id)
    same = (Reaction.kind == ReactionKind.SAME, Reaction.unit_id != into.unit_id)
    before["same"] = move_rows(Reaction.post_id, "person_id", opening.id, stays.id, *same)
    thread.merged_post_id, into.last_post_at = opening.id, latest
    recount(into)
    if thread.author_id != actor.id:
        enqueue(thread.author_id, "thread.merged", opening.id)
    return note_deed(actor, DeedKind.MERGE, thread, into, before)


def undo_merge(actor: Actor, deed: ThreadDeed) -> None:
    """Take a merge back: the thread has its own again, and what was answered to it since. Raises CannotTidy with the reason."""
    thread, into = hold_threads(deed.thread_id, deed.other_id or 0)
    opening = db.session.get_one(Post, thread.merged_post_id or 0, populate_existing=True)
    if into.merged_post_id is not None or opening.thread_id != into.id:
        raise CannotTidy(_("后来又合并或分出过，请先撤回后面那一次。"))
    moved = with_answers(into, deed.before["posts"])
    if into.accepted_post_id in moved:
        raise CannotTidy(_("并过来的回答已经采纳了，请先取消采纳。"))
    if reason := what_holds("post", moved):
        raise CannotTidy(_("%(reason)s，撤不回了。", reason=reason))
    stays = opening_of(into)
    make_opening(opening)
    mine = update(POSTS).where(POSTS.c.id.in_(moved))
    db.session.execute(mine.values(thread_id=thread.id))
    db.session.execute(mine.where(POSTS.c.came_from_id == thread.id).values(came_from_id=None))
    db.session.execute(update(POSTS).where(POSTS.c.id == opening.id).values(is_opening=True))
    put_back(deed.before["along"], thread.id, into.id)
    put_back([deed.before["same"]], opening.id, stays.id)
    thread.merged_post_id = None
    note_change("post", opening.id)  # found as an opening again, no more as a reply
    if into.last_post_at == datetime.fromisoformat(deed.before["latest"]):
        into.last_post_at = datetime.fromisoformat(deed.before["last_post_at"])
    if since := moved - set(deed.before["posts"]):
        latest = db.session.scalar(select(func.max(Post.created_at)).where(Post.id.in_(since)))
        thread.last_post_at = max(thread.last_post_at, latest or thread.last_post_at)
    recount(thread, into)
    note_undone(actor, deed, thread, into)
