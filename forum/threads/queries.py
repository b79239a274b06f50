"""What thread pages load: rows, not objects, and the same number of statements for one reply and for thirty."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.paging import PAGE_SIZE
from forum.tags.queries import tag_lines
from forum.threads.mentions import mention_lines
from forum.threads.models import Post, Reaction, ReactionKind, Thread, ThreadFollow, ThreadKind, ThreadRead, ThreadTag
from forum.threads.policies import readable_posts, readable_threads, shown_to, visible_posts
from forum.threads.reading import is_new_for
from forum.units.actors import Actor, anyone
from forum.units.models import Person, Posting, Role, Unit

SHOWN_ANSWERS = 3  # replies shown under a direct reply before “还有 n 条”
MOST_ANSWERS = 200  # of one opened direct reply

Rows = Select[*tuple[Any, ...]]


def thread_rows(actor: Actor) -> Rows:
    """Threads the actor may open, with what a list shows of each. Narrow and order it, or hand it to ``keyset_page``."""
    return _listed().where(readable_threads(actor))


def thread_rows_among(actor: Actor) -> Rows:
    """The same of the threads with the parameter ``thread_ids``, each saying in ``may_be_read`` whether the actor may open it.

    A column and no condition: beside “in this district” SQLite takes twenty ids for the wider net, and reads the whole district.
    """
    among = Thread.id.in_(bindparam("thread_ids", expanding=True))
    return _listed().add_columns(readable_threads(actor).label("may_be_read")).where(among)


def _listed() -> Rows:
    return (
        select(
            Thread.id,
            Thread.kind,
            Thread.title,
            Thread.reach,
            Thread.created_at,
            Thread.last_post_at,
            Thread.reply_count,
            Thread.same_count,
            Thread.accepted_post_id,
            Thread.concluded_at,
            Thread.open_actions,
            Thread.followup_due,
            Thread.solved_at,
            Thread.round,
            Thread.panel_due,
            Thread.locked_at,
            Thread.hidden_at,
            Thread.held_at,
            Thread.author_id,
            Thread.unit_id,
            Unit.name.label("unit_name"),
            Person.name.label("author_name"),
            tag_lines(ThreadTag.tag_id, ThreadTag.thread_id == Thread.id, Thread),
        )
        .join(Unit, Unit.id == Thread.unit_id)
        .join(Person, Person.id == Thread.author_id)
    )


UNANSWERED = and_(Thread.kind == ThreadKind.QUESTION, Thread.reply_count == 0)
ANSWERED = or_(Thread.accepted_post_id.is_not(None), Thread.concluded_at.is_not(None))


def tagged(tag_ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition for threads with at least one of these tags.

    As a list of ids, not asked of each thread: for a tag that few carry SQLite would look through the whole district to fill a page.
    """
    return Thread.id.in_(select(ThreadTag.thread_id).where(ThreadTag.tag_id.in_(list(tag_ids))))


def followed_by(person_id: int) -> ColumnElement[bool]:
    """The condition for threads somebody follows."""
    return exists().where(ThreadFollow.thread_id == Thread.id, ThreadFollow.person_id == person_id)


def _post_rows(actor: Actor) -> Rows:
    """Posts of any thread with author, unit and office, and whether the actor said 这个管用 or 我们村也有."""
    parent, answered, came, scribe = aliased(Post), aliased(Person), aliased(Thread), aliased(Person)
    mine = [
        exists().where(Reaction.post_id == Post.id, Reaction.person_id == actor.id, Reaction.kind == kind).label(name)
        for kind, name in ((ReactionKind.USEFUL, "is_useful"), (ReactionKind.SAME, "is_same"))
    ]
    return (
        select(
            Post.id,
            Post.is_opening,
            Post.parent_id,
            Post.root_id,
            Post.author_id,
            Post.unit_id,
            Post.stance,
            Post.body_html,
            Post.created_at,
            Post.edited_at,
            Post.version,
            Post.useful_count,
            Post.hidden_at,
            Post.hidden_reason,
            Post.held_at,
            case((came.merged_post_id == Post.id, came.title)).label("came_title"),
            (came.accepted_post_id == Post.id).label("helped_there"),
            Person.name.label("author_name"),
            Unit.name.label("unit_name"),
            Posting.title.label("office"),
            Posting.until.label("office_until"),
            answered.name.label("answers_name"),
            Post.entered_by_id,
            Post.entered_posting_id,
            Post.confirmed_at,
            scribe.name.label("entered_by"),
            mention_lines(),
            shown_to(actor, Post).label("is_shown"),
            *mine,
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Post.author_id)
        .join(Unit, Unit.id == Post.unit_id)
        .outerjoin(Posting, Posting.id == Post.posting_id)
        # Who wrote what is hidden is hidden too.
        .outerjoin(parent, and_(parent.id == Post.parent_id, parent.root_id.is_not(None), parent.hidden_at.is_(None)))
        .outerjoin(answered, answered.id == parent.author_id)
        .outerjoin(came, came.id == Post.came_from_id)
        .outerjoin(scribe, scribe.id == Post.entered_by_id)
    )


@dataclass(frozen=True)
class Branch:
    """A direct reply with the replies below it that are shown, and how many are not."""

    reply: Any
    answers: Sequence[Any]
    more: int


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread, ready to be drawn."""

    opening: Any
    accepted: Branch | None
    branches: Sequence[Branch]
    page: int
    pages: int

    @property
    def post_ids(self) -> list[int]:
        """Every post on the page, for what else belongs to them."""
        branches = [*self.branches, *([self.accepted] if self.accepted else [])]
        return [self.opening.id, *(p.id for b in branches for p in (b.reply, *b.answers))]

    @property
    def read_to(self) -> int:
        """The latest post on the page. The accepted one stands on every page, so it says only on the last how far one has read."""
        accepted = [self.accepted] if self.accepted and self.page == self.pages else []
        shown = [self.opening, *(p for b in (*self.branches, *accepted) for p in (b.reply, *b.answers))]
        latest: int = max(shown, key=lambda row: (row.created_at, row.id)).id
        return latest


@cache
def _head_statement(role: Role | None) -> Rows:
    direct = (
        select(func.count(Post.id))
        .where(Post.thread_id == Thread.id, Post.parent_id.is_(None), Post.is_opening.is_(False))
        .correlate(Thread)
        .scalar_subquery()
    )
    actor, township = anyone(role), aliased(Unit)
    new = select(Post.id).where(Post.thread_id == Thread.id, is_new_for(actor.id)).correlate(Thread, ThreadRead)
    first_new = new.order_by(Post.created_at, Post.id).limit(1).scalar_subquery()
    new_count = new.with_only_columns(func.count(Post.id)).scalar_subquery()
    return (
        thread_rows(actor)
        .add_columns(
            Thread.township_id,
            Thread.district_id,
            Thread.accepted_at,
            Thread.reopened_at,
            Thread.hidden_reason,
            township.name.label("township_name"),
            direct.label("direct_count"),
            followed_by(actor.id).label("is_followed"),
            first_new.label("first_new_id"),
            new_count.label("new_count"),
        )
        .outerjoin(township, township.id == Thread.township_id)
        .outerjoin(ThreadRead, and_(ThreadRead.thread_id == Thread.id, ThreadRead.person_id == actor.id))
        .where(Thread.id == bindparam("thread_id"))
    )


def thread_head(actor: Actor, thread_id: int) -> Any | None:
    """The row of one readable thread, with its direct replies counted, tags and whether the actor follows it; None when not his to see."""
    values = {**actor.as_parameters(), "thread_id": thread_id}
    return db.session.execute(_head_statement(actor.role), values).one_or_none()


@cache
def _top_statement(role: Role | None) -> Rows:
    direct = (
        select(Post.id)
        .where(Post.thread_id == bindparam("thread_id"), Post.parent_id.is_(None), Post.is_opening.is_(False))
        .order_by(Post.created_at, Post.id)
        .limit(PAGE_SIZE)
        .offset(bindparam("before", type_=Integer()))
        .subquery()
    )
    on_page = or_(Post.is_opening, Post.id == bindparam("accepted"), Post.id.in_(select(direct.c.id)))
    return _post_rows(anyone(role)).where(Post.thread_id == bindparam("thread_id"), on_page)


def thread_page(actor: Actor, head: Any, number: int, opened: int | None = None) -> ThreadPage:
    """One page of a thread: the opening, the accepted answer, twenty direct replies by time with what stands under them.

    ``number`` counts from 1 and is kept within bounds; ``opened`` is a direct reply all of whose answers are shown. Two statements.
    """
    pages = max(1, -(-head.direct_count // PAGE_SIZE))
    number = min(max(number, 1), pages)
    values = {"thread_id": head.id, "accepted": head.accepted_post_id, "before": (number - 1) * PAGE_SIZE}
    top = db.session.execute(_top_statement(actor.role), {**actor.as_parameters(), **values}).all()
    opening = next(row for row in top if row.is_opening)
    accepted = next((row for row in top if row.id == head.accepted_post_id and row.is_shown), None)
    replies = sorted(
        (r for r in top if not r.is_opening and r.parent_id is None and r is not accepted),
        key=lambda r: (r.created_at, r.id),
    )
    shown, counts = _answers(actor, [r.id for r in top if not r.is_opening], opened)

    def branch(reply: Any) -> Branch:
        answers = [a for a in shown[reply.id] if accepted is None or a.id != accepted.id]
        return Branch(reply, answers, counts[reply.id] - len(shown[reply.id]))

    return ThreadPage(
        opening, branch(accepted) if accepted is not None else None, [branch(r) for r in replies], number, pages
    )


@cache
def _answers_statement(role: Role | None) -> Rows:
    ranked = (
        select(
            Post.id,
            func.row_number().over(partition_by=Post.root_id, order_by=(Post.created_at, Post.id)).label("place"),
            func.count().over(partition_by=Post.root_id).label("among"),
        )
        .where(Post.root_id.in_(bindparam("roots", expanding=True)))
        .subquery()
    )
    opened = and_(Post.root_id == bindparam("opened"), ranked.c.place <= MOST_ANSWERS)
    return (
        _post_rows(anyone(role))
        .add_columns(ranked.c.among)
        .join(ranked, ranked.c.id == Post.id)
        .where(or_(ranked.c.place <= SHOWN_ANSWERS, opened))
        .order_by(Post.created_at, Post.id)
    )


def _answers(actor: Actor, roots: list[int], opened: int | None) -> tuple[dict[int, list[Any]], dict[int, int]]:
    values = {"roots": roots, "opened": opened if opened in roots else None}
    rows = db.session.execute(_answers_statement(actor.role), {**actor.as_parameters(), **values})
    shown: dict[int, list[Any]] = defaultdict(list)
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        shown[row.root_id].append(row)
        counts[row.root_id] = row.among
    return shown, counts


def post_of_merged(actor: Actor, thread_id: int) -> Select[Post]:
    """The post that opened a thread before it was merged into another one, if the actor may read it there."""
    opening = select(Thread.merged_post_id).where(Thread.id == thread_id).scalar_subquery()
    return visible_posts(actor).where(Post.id == opening)


def place_of(post: Post) -> tuple[int, int | None]:
    """On which page of its thread a post stands, and which direct reply must be opened to show it (None for a direct reply)."""
    if post.is_opening:
        return 1, None
    root = post if post.root_id is None else db.session.get_one(Post, post.root_id)
    before = db.session.scalar(
        select(func.count(Post.id)).where(
            Post.thread_id == post.thread_id,
            Post.parent_id.is_(None),
            Post.is_opening.is_(False),
            or_(Post.created_at < root.created_at, and_(Post.created_at == root.created_at, Post.id < root.id)),
        )
    )
    return (before or 0) // PAGE_SIZE + 1, post.root_id


def title_for(actor: Actor) -> ColumnElement[str]:
    """The title over a post, in a query that joins its thread: empty where the actor neither began the thread nor may read it.

    One's own reply stays readable when its thread is hidden or out of reach; the thread does not become so by it.
    """
    return case((or_(Thread.author_id == actor.id, readable_threads(actor)), Thread.title), else_="").label("title")


def posts_written_by(actor: Actor) -> Rows:
    """The actor's own posts with the titles of their threads, as far as he may read them."""
    columns = (Post.id, Post.is_opening, Post.body, Post.created_at, Post.hidden_at, Post.held_at)
    return (
        select(*columns, title_for(actor), Person.name.label("entered_by"))
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Person, Person.id == Post.entered_by_id)
        .where(Post.author_id == actor.id)
    )


def reactions_to(actor: Actor, post_id: int) -> Sequence[Any]:
    """Who said what of a post, by unit and name."""
    return db.session.execute(
        select(Reaction.kind, Reaction.person_id, Reaction.unit_id, Unit.name.label("unit_name"), Person.name)
        .join(Post, Post.id == Reaction.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Reaction.person_id)
        .join(Unit, Unit.id == Reaction.unit_id)
        .where(Reaction.post_id == post_id, readable_posts(actor))
        .order_by(Reaction.created_at)
    ).all()
