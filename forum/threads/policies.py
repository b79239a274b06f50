"""Who may see and do what with threads and posts."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import contains_eager

from forum.threads.models import ASKED, Post, Reach, Thread, ThreadAdmission, ThreadKind
from forum.units.actors import Actor, in_force
from forum.units.models import Posting, Role, Unit

# A thread, or a row that carries the columns a policy looks at.
ThreadFacts = Thread | Any
PostFacts = Post | Any

ASKABLE = (ThreadKind.QUESTION, ThreadKind.TOPIC, ThreadKind.SHARE)


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """Threads open to the actor by where he stands, hidden ones included: his district's, his township's narrowed ones, his own.

    Those for the panel only are open to who was admitted, whatever his office, and to the organisers of their township.
    """
    if not actor.is_member:
        return false()
    narrowed = and_(Thread.reach == Reach.TOWNSHIP, Thread.township_id == actor.township_id)
    called: list[ColumnElement[bool]] = [
        Thread.id.in_(select(ThreadAdmission.thread_id).where(ThreadAdmission.person_id == actor.id))
    ]
    if actor.is_organiser:
        called.append(Thread.township_id == actor.township_id)
    return and_(
        Thread.district_id == actor.district_id,
        or_(
            Thread.reach == Reach.DISTRICT,
            narrowed,
            Thread.author_id == actor.id,
            and_(Thread.reach == Reach.PANEL, or_(*called)),
        ),
    )


def shown_to(actor: Actor, hidden: type[Thread] | type[Post] = Thread) -> ColumnElement[bool]:
    """What is not hidden, or is shown all the same: to its author and to organisers in whose scope the thread lies."""
    conditions = [hidden.hidden_at.is_(None), hidden.author_id == actor.id]
    if actor.is_organiser:
        conditions.append(Thread.township_id == actor.township_id)
    elif actor.is_district:
        conditions.append(Thread.district_id == actor.district_id)
    return or_(*conditions)


def readable_threads(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a thread may be opened by the actor: for every query that lists or counts threads.

    One that was merged into another is there no more.
    """
    return and_(in_reach(actor), shown_to(actor), Thread.merged_post_id.is_(None))


def readable_in_township(township_id: int) -> ColumnElement[bool]:
    """Threads that everybody in a township may open: what its group may be told of."""
    narrowed = and_(Thread.reach == Reach.TOWNSHIP, Thread.township_id == township_id)
    is_shown = and_(Thread.hidden_at.is_(None), Thread.merged_post_id.is_(None))
    return and_(is_shown, or_(Thread.reach == Reach.DISTRICT, narrowed))


def visible_threads(actor: Actor) -> Select[Thread]:
    """The threads the actor may open."""
    return select(Thread).where(readable_threads(actor))


def readable_posts(actor: Actor) -> ColumnElement[bool]:
    """The condition for posts, in a query that joins their threads. One's own words stay readable whatever became of the thread."""
    return or_(Post.author_id == actor.id, and_(readable_threads(actor), shown_to(actor, Post)))


def visible_posts(actor: Actor) -> Select[Post]:
    """The posts the actor may read, each with its thread at hand as ``post.thread``."""
    return select(Post).join(Post.thread).options(contains_eager(Post.thread)).where(readable_posts(actor))


def kinds_open_to(actor: Actor) -> tuple[ThreadKind, ...]:
    """What the actor may begin: notices are for organisers and the district."""
    if not actor.is_member:
        return ()
    return (*ASKABLE, ThreadKind.NOTICE) if actor.is_organiser or actor.is_district else ASKABLE


def can_narrow(actor: Actor) -> bool:
    """Only somebody of a township can narrow a thread: to it, or to a panel that its organiser can look after."""
    return actor.township_id is not None


def can_narrow_to_panel(actor: Actor, thread: ThreadFacts) -> bool:
    """Whoever asked or his organiser, as long as somebody in the township can look after it."""
    in_hand = thread.author_id == actor.id or (actor.is_organiser and can_moderate(actor, thread))
    return actor.is_member and in_hand and thread.township_id is not None and thread.reach is not Reach.PANEL


def can_reply(actor: Actor, thread: ThreadFacts) -> bool:
    return actor.is_member and thread.locked_at is None and thread.hidden_at is None


def can_edit(actor: Actor, post: PostFacts) -> bool:
    """Nobody edits another's words; a hidden post is not rewritten, it is restored first.

    Whoever wrote it down for its author may correct it, in the same office, as long as the author has not said that it is right.
    """
    as_scribe = (
        post.entered_by_id == actor.id
        and post.confirmed_at is None
        and actor.posting is not None
        and actor.posting.id == post.entered_posting_id
    )
    return (post.author_id == actor.id or as_scribe) and post.hidden_at is None


def can_write_for_others(actor: Actor) -> bool:
    """代录, for somebody who cannot type: organisers in their township, deputies in their village."""
    return actor.is_organiser or actor.role is Role.DEPUTY


def may_be_written_for(actor: Actor) -> ColumnElement[bool]:
    """The postings for which the actor may write: leaders of villages in his care; the query joins Unit."""
    leads = and_(Posting.role.in_((Role.SECRETARY, Role.DEPUTY)), in_force(), Posting.person_id != actor.id)
    if actor.is_organiser:
        return and_(leads, Unit.township_id == actor.township_id)
    return and_(leads, Unit.id == actor.unit_id) if actor.role is Role.DEPUTY else false()


def can_confirm(actor: Actor, post: PostFacts) -> bool:
    """Say that what another wrote down for one is right."""
    return post.author_id == actor.id and post.entered_by_id is not None


def is_asked(thread: ThreadFacts) -> bool:
    """A question or a topic: something that can have an answer, and that other villages can have too."""
    return thread.kind in ASKED


def can_accept(actor: Actor, thread: ThreadFacts) -> bool:
    """Whoever asked, or the organiser; only what was asked has an answer."""
    return is_asked(thread) and actor.is_member and (thread.author_id == actor.id or can_moderate(actor, thread))


def can_accept_post(actor: Actor, thread: ThreadFacts, post: PostFacts) -> bool:
    """Nobody accepts what he wrote down himself for another."""
    return can_accept(actor, thread) and post.entered_by_id != actor.id and post.hidden_at is None


def can_react(actor: Actor, thread: ThreadFacts) -> bool:
    return actor.is_member and thread.hidden_at is None


def can_have_same(actor: Actor, thread: ThreadFacts) -> bool:
    """我们村也有 is said for a village, about another's problem."""
    return can_react(actor, thread) and is_asked(thread) and actor.leads_village and thread.unit_id != actor.unit_id


def can_moderate(actor: Actor, thread: ThreadFacts) -> bool:
    """Hide, restore and lock: organisers for their township, the district for all of its threads but those for a panel."""
    in_care = actor.is_organiser or thread.reach is not Reach.PANEL
    return in_care and actor.organises(thread.township_id, thread.district_id)


def can_pin(actor: Actor, thread: ThreadFacts) -> bool:
    """To the top of a township's list: what the district writes for all has none."""
    return can_moderate(actor, thread) and thread.township_id is not None and thread.hidden_at is None
