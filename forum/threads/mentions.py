"""People named in a post by an @: whom the words mean, and telling them of it. The caller commits.

What follows the @ is a name, or the name of a unit with one, with or without a dot between them. Only who may read the thread is meant by it, so
the words of somebody else stay words, and nobody learns that he is not among its readers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select

from forum.clock import utcnow
from forum.extensions import db
from forum.markup import AN_AT, called, longest_known, render
from forum.notices.outbox import enqueue
from forum.threads.models import Mention, Post, Thread
from forum.threads.policies import ThreadFacts
from forum.threads.readers import may_read
from forum.units.models import Person, Posting, Unit

MOST_CALLED = 20  # in one post


class Named(NamedTuple):
    """Whom the words after an @ mean."""

    words: str
    person_id: int


class Reader(NamedTuple):
    """Somebody who may read the thread, as he is offered."""

    person_id: int
    name: str
    unit_name: str
    office: str


class Unclear(NamedTuple):
    """Words that mean several people."""

    words: str
    readers: tuple[Reader, ...]


class TooManyCalled(Exception):
    """More people than one tells of one post."""


def who_is_meant(
    body: str, thread: ThreadFacts | None, *, chosen: Collection[int] = (), before: Mapping[str, int] | None = None
) -> tuple[list[Named], list[Unclear]]:
    """Whom a text names of those who may read the thread, and of which words it is not clear. One statement, and none without an @.

    Without a thread nobody is meant that was not before. ``chosen`` are people the writer pointed out where several have a name; ``before`` is whom words of this post have meant so far.
    Raises TooManyCalled.
    """
    calls = called(render(body)) if AN_AT.search(body) else []
    if not calls:
        return [], []
    if len(set(calls)) > MOST_CALLED:
        raise TooManyCalled
    by_words = _readers_called(calls, thread) if thread is not None else {}
    before = before or {}
    known = before.keys() | by_words.keys()
    named: dict[str, int] = {}
    unclear: dict[str, Unclear] = {}
    for call in calls:
        words = longest_known(call, known)
        readers = by_words.get(words, {})
        picked = readers.keys() & set(chosen) if len(readers) > 1 else readers.keys()
        if len(picked) == 1:
            named[words] = next(iter(picked))
        elif words in before:
            named[words] = before[words]
        elif words:
            unclear[words] = Unclear(words, tuple(readers.values()))
    return [Named(*one) for one in named.items()], list(unclear.values())


def _readers_called(calls: Iterable[str], thread: ThreadFacts) -> Mapping[str, Mapping[int, Reader]]:
    """Those readers whom the beginning of one of these could mean, by the words that do."""
    beginnings = sorted({call[:end] for call in calls for end in range(2, len(call) + 1)})
    ways = (Person.name, Unit.name + Person.name, Unit.name + "·" + Person.name)
    found: dict[str, dict[int, Reader]] = defaultdict(dict)
    for row in db.session.execute(_readers(thread).where(or_(*(way.in_(beginnings) for way in ways)))):
        reader = Reader(*row)
        for words in (reader.name, reader.unit_name + reader.name, f"{reader.unit_name}·{reader.name}"):
            if words in beginnings:
                found[words].setdefault(reader.person_id, reader)
    return found


def _readers(thread: ThreadFacts) -> Select[int, str, str, str]:
    return (
        select(Person.id, Person.name, Unit.name, Posting.title)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(may_read(thread))
        .order_by(Unit.position, Unit.name, Person.id, Posting.since.desc(), Posting.id)
    )


def mention_lines() -> ColumnElement[str]:
    """Whom a post names in one column, ``id:words`` a line: a page of posts needs no second statement."""
    line = cast(Mention.person_id, String) + ":" + Mention.words
    lines = select(func.aggregate_strings(line, "\n")).where(Mention.post_id == Post.id)
    return lines.correlate(Post).scalar_subquery().label("mention_lines")


def meant_before(post: Post) -> dict[str, int]:
    """Whom words of a post have meant so far."""
    rows = db.session.execute(select(Mention.words, Mention.person_id).where(Mention.post_id == post.id))
    return dict(rows.tuples().all())


def name_people(post: Post, named: Sequence[Named]) -> None:
    """Keep whom a post names now. Who has been told of it stays told, also when his name is taken out and put in again."""
    rows = {row.words: row for row in db.session.scalars(select(Mention).where(Mention.post_id == post.id))}
    for words, person_id in named:
        row = rows.pop(words, None)
        if row is None:
            db.session.add(Mention(post_id=post.id, words=words, person_id=person_id))
        elif row.person_id != person_id:
            row.person_id, row.told_at = person_id, None
    for row in rows.values():
        if row.told_at is None:
            db.session.delete(row)
    db.session.flush()


def tell_named(thread: Thread, post: Post | None = None) -> set[int]:
    """Tell whoever is named in a post (or in any of the thread) that is shown and has not been told; the people told.

    Once of each post, and not who wrote it: others may name him, he may sign with his own name.
    """
    if thread.hidden_at is not None:
        return set()
    of = Post.id == post.id if post is not None else Post.thread_id == thread.id
    waiting = db.session.execute(
        select(Mention, Post.author_id, Post.entered_by_id)
        .join(Post, Post.id == Mention.post_id)
        .where(of, Post.hidden_at.is_(None), Mention.told_at.is_(None))
        .order_by(Mention.post_id, Mention.person_id)
    ).all()
    if not waiting:
        return set()
    ids = {mention.post_id for mention, *_wrote in waiting}
    once = select(Mention.post_id, Mention.person_id).where(Mention.post_id.in_(ids), Mention.told_at.is_not(None))
    told = set(db.session.execute(once).tuples())
    now: set[int] = set()
    for mention, *wrote in waiting:
        mention.told_at = utcnow()
        if (mention.post_id, mention.person_id) not in told and mention.person_id not in wrote:
            told.add((mention.post_id, mention.person_id))
            now.add(mention.person_id)
            enqueue(mention.person_id, "thread.mentioned", mention.post_id)
    return now
