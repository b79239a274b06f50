"""Splitting a reply off as a question of its own, with what was answered to it, and taking that back. The caller commits."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from forum.changes import note_change
from forum.extensions import db
from forum.markup import below_title, render
from forum.notices.outbox import enqueue
from forum.threads.models import Post, Reach, Stance, Thread, ThreadAdmission, ThreadFollow, ThreadKind
from forum.threads.narrowing import admit
from forum.threads.references import what_holds
from forum.threads.tidying.deeds import POSTS, CannotTidy, hold_threads, note_deed, note_undone, recount
from forum.threads.tidying.journal import move_along
from forum.threads.tidying.models import DeedKind, ThreadDeed
from forum.threads.tidying.readers import may_read
from forum.threads.tidying.trees import Place, make_opening, places_below, put_places
from forum.units.actors import Actor
from forum.units.models import Unit


def why_not_split(post: Post) -> str | None:
    """The reason for which a post cannot become a question of its own; None when it can."""
    if post.is_opening:
        return _("这一条就是帖子的开头。")
    if post.hidden_at is not None or post.thread.hidden_at is not None:
        return _("隐藏着的先恢复显示，再分出去。")
    ids = [post.id, *(place.post_id for place in places_below(post))]
    if post.thread.accepted_post_id in ids:
        return _("里面有采纳了的回答，请先取消采纳。")
    if reason := what_holds("post", ids):
        return _("%(reason)s，不能分出去。", reason=reason)
    if not may_read(post.author_id, post.thread):
        return _("写这一条的人已经看不到这个帖子了，不能替他另开一个。")
    return None


def split(actor: Actor, post: Post, title: str) -> ThreadDeed:
    """Let a reply open a question of its own, its author the one who asks. Raises CannotTidy with the reason.

    Who read it reads it there: a narrowed thread's part is as narrow. ``deed.other_id`` is the new thread.
    """
    [thread] = hold_threads(post.thread_id)
    if reason := why_not_split(post):
        raise CannotTidy(reason)
    part = _part_of(thread, post, title)
    db.session.add(part)
    db.session.flush()
    html, root_id, parent_id, stance = post.body_html, post.root_id, post.parent_id, post.stance
    below = make_opening(post)
    ids = [post.id, *(place.post_id for place in below)]
    db.session.execute(update(POSTS).where(POSTS.c.id.in_(ids)).values(thread_id=part.id))
    place: dict[str, Any] = {"is_opening": True, "parent_id": None, "root_id": None, "stance": None}
    place["body_html"] = render(below_title(post.body, title))
    db.session.execute(update(POSTS).where(POSTS.c.id == post.id).values(place))
    wrote = set(db.session.scalars(select(Post.author_id).where(Post.id.in_(ids))))
    db.session.add_all(ThreadFollow(thread_id=part.id, person_id=person_id) for person_id in sorted(wrote))
    if part.reach is Reach.PANEL:
        admitted = db.session.scalars(select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id == thread.id))
        admit(part, {*admitted, thread.author_id})
    recount(part, thread)
    note_change("post", post.id)  # found as an opening from now on, no more as a reply
    if post.author_id != actor.id:
        enqueue(post.author_id, "thread.split", post.id)
    before: dict[str, Any] = {"html": html, "posts": [[post.id, parent_id, root_id, stance], *map(list, below)]}
    return note_deed(actor, DeedKind.SPLIT, thread, part, before)


def _part_of(thread: Thread, post: Post, title: str) -> Thread:
    is_narrow = thread.reach is not Reach.DISTRICT
    unit = db.session.get_one(Unit, post.unit_id)
    return Thread(
        kind=ThreadKind.QUESTION,
        title=title,
        author_id=post.author_id,
        posting_id=post.posting_id,
        unit_id=post.unit_id,
        township_id=thread.township_id if is_narrow else unit.township_id,
        district_id=thread.district_id,
        reach=thread.reach,
        created_at=post.created_at,
        last_post_at=post.created_at,
    )


def undo_split(actor: Actor, deed: ThreadDeed) -> None:
    """Put a question back where it was split off, with what was answered to it since; its address leads there. Raises CannotTidy."""
    thread, part = hold_threads(deed.thread_id, deed.other_id or 0)
    places = [
        Place(ident, parent, root, stance and Stance(stance)) for ident, parent, root, stance in deed.before["posts"]
    ]
    first = places[0]
    post = db.session.get_one(Post, first.post_id, populate_existing=True)
    if thread.merged_post_id or part.merged_post_id or post.thread_id != part.id or not post.is_opening:
        raise CannotTidy(_("后来又合并或分出过，请先撤回后面那一次。"))
    if part.hidden_at is not None:
        raise CannotTidy(_("隐藏着的先恢复显示，再撤回。"))
    if part.accepted_post_id is not None:
        raise CannotTidy(_("里面有采纳了的回答，请先取消采纳。"))
    if reason := what_holds("thread", [part.id]):
        raise CannotTidy(_("%(reason)s，撤不回了。", reason=reason))
    root = first.root_id or first.post_id
    known = {place.post_id for place in places}
    columns = (Post.id, Post.parent_id, Post.root_id, Post.stance)
    there = [Place(*row) for row in db.session.execute(select(*columns).where(Post.thread_id == part.id))]
    since = [Place(p.post_id, p.parent_id or post.id, root, p.stance) for p in there if p.post_id not in known]
    ids = [place.post_id for place in there]
    is_edited = post.edited_at is not None and post.edited_at > deed.done_at
    html = render(post.body) if is_edited else deed.before["html"]
    db.session.execute(update(POSTS).where(POSTS.c.id == post.id).values(is_opening=False, body_html=html))
    db.session.execute(update(POSTS).where(POSTS.c.id.in_(ids)).values(thread_id=thread.id))
    put_places([place for place in places if place.post_id in ids] + since)
    move_along(part.id, thread.id)
    part.merged_post_id = post.id
    if since:
        thread.last_post_at = max(thread.last_post_at, part.last_post_at)
    recount(part, thread)
    note_undone(actor, deed, thread, part)
