"""Threads from another system: one JSON object a line, in batches, each batch whole or not at all.

Only ``external_id`` and ``body`` are required. What is missing is filled in the same way every time, so that an import that was
killed goes on where it stopped and the same ``external_id`` never comes twice.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update

from forum.changes import Change
from forum.clock import from_local, today, utcnow
from forum.extensions import db
from forum.markup import MAX_IMPORTED, render
from forum.tags.models import Tag, TagSynonym
from forum.text import clean
from forum.threads.models import TITLE_LENGTH, Post, Reach, Thread, ThreadKind, ThreadTag
from forum.units.models import Person, Posting, Role, Unit, UnitKind

BATCH = 500
TITLE_FROM_BODY = 20
UNKNOWN_AUTHOR = "佚名"
EMPTY_DISTRICT = "本区"


class BadLine(ValueError):
    """A line that cannot be taken, with the reason in plain words."""


@dataclass
class Report:
    """What became of the lines read so far."""

    threads: int = 0
    posts: int = 0
    known: int = 0
    unknown_tags: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedPost:
    """The opening or a reply."""

    body: str
    author: str
    created_at: datetime
    accepted: bool = False


@dataclass(frozen=True)
class ImportedThread:
    """A line of the file, checked and complete."""

    external_id: str
    kind: ThreadKind
    title: str
    unit: str
    tags: tuple[str, ...]
    opening: ImportedPost
    replies: tuple[ImportedPost, ...]

    @property
    def posts(self) -> tuple[ImportedPost, ...]:
        """The opening and the replies."""
        return (self.opening, *self.replies)


def import_threads(
    lines: Iterable[str], tell: Callable[[Report], None] = lambda report: None, batch: int = BATCH
) -> Report:
    """Read JSON lines into threads, committing each batch; ``tell`` is called after each. Returns what became of every line."""
    report = Report()
    places = _Places()
    db.session.commit()
    numbered = enumerate(lines, 1)
    while chunk := list(islice(numbered, batch)):
        parsed = list(_parsed(chunk, report))
        known = set(
            db.session.scalars(
                select(Thread.external_id).where(Thread.external_id.in_([t.external_id for t in parsed]))
            )
        )
        fresh: dict[str, ImportedThread] = {}
        for thread in parsed:
            if thread.external_id in known or thread.external_id in fresh:
                report.known += 1
            else:
                fresh[thread.external_id] = thread
        db.session.commit()
        if fresh:
            # Five hundred threads take seconds to render: nobody waits for a lock meanwhile.
            html = {(t.external_id, n): render(post.body) for t in fresh.values() for n, post in enumerate(t.posts)}
            _write(list(fresh.values()), html, places, report)
            db.session.commit()
        tell(report)
    return report


def parse_line(line: str) -> ImportedThread:
    """One line as a thread. Raises BadLine with the reason."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("not a JSON object") from None
    if not isinstance(found, dict):
        raise BadLine("not a JSON object")
    external_id = found.get("external_id")
    if isinstance(external_id, int) and not isinstance(external_id, bool):
        external_id = str(external_id)
    external_id = clean(external_id).strip() if isinstance(external_id, str) else ""
    if not 0 < len(external_id) <= 100:
        raise BadLine("external_id is missing or longer than 100 characters")
    kind = _text(found, "kind", 20) or ThreadKind.SHARE.value
    if kind not in set(ThreadKind):
        raise BadLine("kind is none of " + ", ".join(ThreadKind))
    opening = _post(found)
    replies = found.get("replies") or []
    if not isinstance(replies, list) or not all(isinstance(reply, dict) for reply in replies):
        raise BadLine("replies is not a list of objects")
    tags = found.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise BadLine("tags is not a list of words")
    return ImportedThread(
        external_id,
        ThreadKind(kind),
        (_text(found, "title", 1000) or " ".join(opening.body.split())[:TITLE_FROM_BODY])[:TITLE_LENGTH],
        _text(found, "unit", 60),
        tuple(dict.fromkeys(clean(tag).strip() for tag in tags)),
        opening,
        tuple(_post(reply, not_before=opening.created_at) for reply in replies),
    )


def _parsed(chunk: list[tuple[int, str]], report: Report) -> Iterator[ImportedThread]:
    for number, line in chunk:
        if not line.strip():
            continue
        try:
            yield parse_line(line)
        except BadLine as reason:
            report.bad.append((number, str(reason)))


def _post(found: dict[str, Any], not_before: datetime | None = None) -> ImportedPost:
    body = _text(found, "body", MAX_IMPORTED)
    if not body:
        raise BadLine("a body is missing or empty")
    return ImportedPost(
        body,
        _text(found, "author", 40),
        _moment(found.get("created_at")) or not_before or utcnow(),
        found.get("accepted") is True,
    )


def _text(found: dict[str, Any], name: str, longest: int) -> str:
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(f"{name} is not text")
    value = clean(value).strip("\n \t")
    if len(value) > longest:
        raise BadLine(f"{name} is longer than {longest} characters")
    return value


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.astimezone(UTC) if moment.tzinfo else from_local(moment)
    except (TypeError, ValueError, OverflowError):
        raise BadLine("created_at is no ISO 8601 time") from None
    if not 1990 <= moment.year <= 2100:
        raise BadLine("created_at lies outside 1990 to 2100")
    return moment


class _Places:
    """Units, people and tags by name, looked up once and made where they are missing."""

    def __init__(self) -> None:
        root = _district_root()
        self._district_name = root.name
        units = db.session.execute(
            select(Unit.id, Unit.name, Unit.township_id, Unit.district_id).where(
                Unit.district_id == root.id, Unit.closed_at.is_(None)
            )
        ).all()
        self._units: dict[str, Any] = {unit.name: unit for unit in units}
        self._authors: dict[tuple[str, int], int] = {}
        tags = db.session.execute(
            select(Tag.id, Tag.code, Tag.name, TagSynonym.word).outerjoin(TagSynonym, TagSynonym.tag_id == Tag.id)
        ).all()
        self._tags: dict[str, int] = {}
        for word in ("word", "name", "code"):  # a code wins over a name, a name over a synonym
            self._tags.update({getattr(tag, word): tag.id for tag in tags if getattr(tag, word)})

    def unit(self, name: str) -> Any:
        """The unit of that name, or the district itself."""
        return self._units.get(name, self._units[self._district_name])

    def author(self, name: str, unit_id: int) -> int:
        """The person of that name who holds or held a posting in the unit, else a named person who cannot sign in."""
        key = (name or UNKNOWN_AUTHOR, unit_id)
        if key not in self._authors:
            self._authors[key] = self._find(*key) or self._make(*key)
        return self._authors[key]

    def tag(self, word: str) -> int | None:
        """The tag with that code, name or synonym."""
        return self._tags.get(word)

    def _find(self, name: str, unit_id: int) -> int | None:
        holding = select(Posting.person_id).where(Posting.unit_id == unit_id)
        known = select(Person.id).where(Person.name == name, Person.id.in_(holding)).order_by(Person.id)
        return db.session.scalars(known.limit(1)).first()

    def _make(self, name: str, unit_id: int) -> int:
        person = Person(name=name)
        db.session.add(person)
        db.session.flush()
        # An ended posting ties the name to the unit, so that the next import finds it; it gives no rights.
        ended = today() - timedelta(days=1)
        db.session.add(Posting(person_id=person.id, unit_id=unit_id, role=Role.EXPERT, since=ended, until=ended))
        db.session.flush()
        return person.id


def _district_root() -> Unit:
    root = db.session.scalars(select(Unit).where(Unit.kind == UnitKind.DISTRICT).order_by(Unit.id).limit(1)).first()
    if root is None:
        root = Unit(kind=UnitKind.DISTRICT, name=EMPTY_DISTRICT)
        db.session.add(root)
        db.session.flush()
        root.district_id = root.id
        db.session.flush()
    return root


def _write(threads: list[ImportedThread], html: dict[tuple[str, int], str], places: _Places, report: Report) -> None:
    """Insert a batch in bulk: threads first, their ids read back by external_id, then posts, tags and change rows.

    ``html`` holds the rendered posts by external_id and place in the thread, the opening at 0.
    """
    scope = {t.external_id: places.unit(t.unit) for t in threads}
    authors = {
        (t.external_id, place): places.author(post.author, scope[t.external_id].id)
        for t in threads
        for place, post in enumerate(t.posts)
    }
    db.session.execute(
        insert(Thread),
        [
            {
                "external_id": t.external_id,
                "kind": t.kind,
                "title": t.title,
                "author_id": authors[t.external_id, 0],
                "unit_id": scope[t.external_id].id,
                "township_id": scope[t.external_id].township_id,
                "district_id": scope[t.external_id].district_id,
                "reach": Reach.DISTRICT,
                "created_at": t.opening.created_at,
                "last_post_at": max(post.created_at for post in t.posts),
                "reply_count": len(t.replies),
            }
            for t in threads
        ],
    )
    ids = {
        row.external_id: row.id
        for row in db.session.execute(
            select(Thread.external_id, Thread.id).where(Thread.external_id.in_([t.external_id for t in threads]))
        )
    }
    db.session.execute(
        insert(Post),
        [
            {
                "thread_id": ids[t.external_id],
                "is_opening": place == 0,
                "author_id": authors[t.external_id, place],
                "unit_id": scope[t.external_id].id,
                "body": post.body,
                "body_html": html[t.external_id, place],
                "created_at": post.created_at,
                "version": 1,
            }
            for t in threads
            for place, post in enumerate(t.posts)
        ],
    )
    _accept(threads, ids)
    tagged = []
    for t in threads:
        found = {places.tag(word) for word in t.tags}
        report.unknown_tags += sum(places.tag(word) is None for word in t.tags)
        tagged += [{"thread_id": ids[t.external_id], "tag_id": tag_id} for tag_id in found if tag_id is not None]
    if tagged:
        db.session.execute(insert(ThreadTag), tagged)
    db.session.execute(insert(Change), [{"kind": "thread", "object_id": ids[t.external_id]} for t in threads])
    report.threads += len(threads)
    report.posts += len(authors)


def _accept(threads: list[ImportedThread], ids: dict[str | None, int]) -> None:
    for t in threads:
        place = next((n for n, reply in enumerate(t.replies) if reply.accepted), None)
        if place is None:
            continue
        replies = select(Post.id).where(Post.thread_id == ids[t.external_id], Post.is_opening.is_(False))
        accepted = db.session.scalars(replies.order_by(Post.id).offset(place).limit(1)).one()
        db.session.execute(
            update(Thread)
            .where(Thread.id == ids[t.external_id])
            .values(accepted_post_id=accepted, accepted_at=t.replies[place].created_at)
        )
