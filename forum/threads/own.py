"""What this room holds of a person: threads, posts and how they read before, his marks under others' posts, what he follows and has read."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, null, or_, select

from forum.belongings import Via, belongs, of_office
from forum.threads.models import (
    Mention,
    Post,
    PostRevision,
    Reaction,
    Thread,
    ThreadAdmission,
    ThreadFollow,
    ThreadRead,
)
from forum.threads.policies import readable_threads
from forum.threads.tidying.models import ThreadDeed
from forum.units.actors import Actor
from forum.units.models import Person

_THREAD = (Thread, Thread.id == Post.thread_id)


def title_of(actor: Actor) -> ColumnElement[str | None]:
    """The title of a thread that is the actor's own, or that he may open."""
    may_read = or_(Thread.author_id == actor.id, readable_threads(actor))
    return case((may_read, Thread.title), else_=null()).label("title")


belongs("threads", _l("我发的帖子"), Thread.author_id, Thread.created_at, Thread.title, Thread.kind, Thread.reach)
belongs(
    "posts",
    _l("我写的问题和回复"),
    Post.author_id,
    Post.id.label("post_id"),
    Post.created_at,
    title_of,
    Post.body,
    Post.stance,
    select(Person.name).where(Person.id == Post.entered_by_id).scalar_subquery().label("entered_by"),
    via=Via(Post, (_THREAD,)),
)
belongs(
    "revisions",
    _l("改之前是怎么写的"),
    Post.author_id,
    PostRevision.written_at,
    PostRevision.title,
    PostRevision.body,
    PostRevision.why,
    via=Via(PostRevision, ((Post, Post.id == PostRevision.post_id),)),
)
belongs(
    "reactions",
    _l("我点过的“这个管用”“我们村也有”"),
    Reaction.person_id,
    Reaction.created_at,
    title_of,
    Reaction.kind,
    via=Via(Reaction, ((Post, Post.id == Reaction.post_id), _THREAD)),
)
belongs(
    "followed",
    _l("我关注的帖子"),
    ThreadFollow.person_id,
    ThreadFollow.created_at,
    title_of,
    via=Via(ThreadFollow, ((Thread, Thread.id == ThreadFollow.thread_id),)),
)
belongs(
    "read",
    _l("帖子读到哪里了"),
    ThreadRead.person_id,
    ThreadRead.read_to,
    title_of,
    via=Via(ThreadRead, ((Thread, Thread.id == ThreadRead.thread_id),)),
)
of_office(
    Thread.hidden_by_id,
    Post.entered_by_id,
    Post.hidden_by_id,
    PostRevision.changed_by_id,
    ThreadAdmission.person_id,
    Mention.person_id,
    ThreadDeed.done_by_id,
    ThreadDeed.undone_by_id,
)
