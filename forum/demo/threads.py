"""The demo's threads, as they would have come about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from forum.changes import note_change
from forum.clock import local
from forum.consultations.models import ActionItem, Outcome, OutcomeReply
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.extensions import db
from forum.markup import render
from forum.notices.models import InboxItem, OutboxMessage
from forum.tags.models import Tag
from forum.threads.mentions import who_is_meant
from forum.threads.models import (
    HeldFor,
    Mention,
    Post,
    PostRevision,
    Reach,
    Reaction,
    ReactionKind,
    Stance,
    Thread,
    ThreadFollow,
    ThreadKind,
    ThreadTag,
)

SEEN_DAYS = 60  # older words that another typed have been looked at by their author
CONFIRMED_AFTER = timedelta(hours=3)
UNREAD_DAYS = 21  # younger answers to one's own thread lie unread in the inbox


@dataclass
class Threads:
    """What was loaded, by key: a thread's key also means its opening post."""

    threads: dict[str, Thread] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)  # by thread


def load_threads(entries: list[dict[str, Any]], cast: Cast, days: Days) -> Threads:
    """Write the threads with everything that hangs on them."""
    tags = dict(db.session.execute(select(Tag.code, Tag.id)).tuples().all())
    loaded = Threads()
    for entry in sorted(entries, key=lambda e: days.at(e)):
        _Loading(entry, loaded, cast, days).load([tags[code] for code in entry["tags"]])
    return loaded


class _Loading:
    """One thread."""

    def __init__(self, entry: dict[str, Any], loaded: Threads, cast: Cast, days: Days) -> None:
        self.entry, self.loaded, self.cast, self.days = entry, loaded, cast, days
        self.posts: list[Post] = []

    def load(self, tag_ids: Iterable[int]) -> None:
        entry, at = self.entry, self.days.at(self.entry)
        posting = self.cast.posting(entry["author"], self.days.on(entry["days_ago"]), entry.get("unit"))
        unit = self.cast.unit_of(posting)
        self.thread = Thread(
            kind=ThreadKind(entry["kind"]),
            title=entry["title"],
            author_id=posting.person_id,
            posting_id=posting.id,
            unit_id=unit.id,
            township_id=unit.township_id,
            district_id=unit.district_id,
            reach=Reach(entry["reach"]),
            created_at=at,
            last_post_at=at,
        )
        db.session.add(self.thread)
        db.session.flush()
        self.loaded.threads[entry["key"]] = self.thread
        db.session.add_all(ThreadTag(thread_id=self.thread.id, tag_id=tag_id) for tag_id in tag_ids)
        opening = self._post(entry, is_opening=True)
        for name in entry.get("same", ()):
            self._react(opening, name, ReactionKind.SAME)
        for reply in entry.get("replies", ()):
            self._reply(reply, None)
        self._close()
        note_change("thread", self.thread.id)
        db.session.flush()

    def _post(self, entry: dict[str, Any], **values: Any) -> Post:
        posting = self.cast.posting(entry["author"], self.days.on(entry["days_ago"]), entry.get("unit"))
        scribe = (
            self.cast.posting(entry["entered_by"], self.days.on(entry["days_ago"])) if "entered_by" in entry else None
        )
        post = Post(
            thread=self.thread,
            author_id=posting.person_id,
            posting_id=posting.id,
            unit_id=posting.unit_id,
            entered_by_id=scribe.person_id if scribe else None,
            entered_posting_id=scribe.id if scribe else None,
            confirmed_at=self.days.at(entry) + CONFIRMED_AFTER if scribe and entry["days_ago"] > SEEN_DAYS else None,
            body=entry["body"],
            body_html=render(entry["body"]),
            created_at=self.days.at(entry),
            **values,
        )
        db.session.add(post)
        db.session.flush()
        self.posts.append(post)
        named, _unclear = who_is_meant(post.body, self.thread)
        told = {"post_id": post.id, "told_at": post.created_at}
        db.session.add_all(Mention(words=words, person_id=person_id, **told) for words, person_id in named)
        if "key" in entry:
            self.loaded.posts[entry["key"]] = post
        for name in entry.get("useful", ()):
            self._react(post, name, ReactionKind.USEFUL)
        self._revise(post, entry.get("revisions", ()))
        return post

    def _reply(self, entry: dict[str, Any], parent: Post | None) -> None:
        root = (parent.root_id or parent.id) if parent else None
        stance = Stance(entry["stance"]) if "stance" in entry else None
        post = self._post(entry, parent_id=parent.id if parent else None, root_id=root, stance=stance)
        if accepted := entry.get("accepted"):
            self.thread.accepted_post_id, self.thread.accepted_at = post.id, self.days.at(accepted)
        if hidden := entry.get("hidden"):
            post.hidden_at, post.hidden_reason = self.days.at(hidden), hidden["reason"]
            post.hidden_by_id = self.cast.person(hidden["by"]).id
        if held := entry.get("held"):
            post.hidden_at, post.held_at, post.held_for = post.created_at, post.created_at, HeldFor(held)
        else:
            self._tell(post)
        for answer in entry.get("replies", ()):
            self._reply(answer, post)

    def _react(self, post: Post, name: str, kind: ReactionKind) -> None:
        posting = self.cast.latest_posting(name)
        db.session.add(Reaction(post_id=post.id, person_id=posting.person_id, kind=kind, unit_id=posting.unit_id))
        db.session.flush()

    def _revise(self, post: Post, revisions: Iterable[dict[str, Any]]) -> None:
        written: datetime = post.created_at
        for version, earlier in enumerate(revisions, 1):
            title = self.thread.title if post.is_opening else ""
            db.session.add(
                PostRevision(post_id=post.id, version=version, title=title, body=earlier["body"], written_at=written)
            )
            written = post.edited_at = self.days.at(earlier, "replaced_days_ago", "replaced_time")
        db.session.flush()

    def _tell(self, reply: Post) -> None:
        """Recent answers lie unread in the asker's inbox, so that home has something to show."""
        if (
            reply.author_id == self.thread.author_id
            or (self.days.today - local(reply.created_at).date()).days > UNREAD_DAYS
        ):
            return
        to, at = self.thread.author_id, reply.created_at
        message = OutboxMessage(
            recipient_id=to,
            kind="thread.replied",
            subject_id=reply.id,
            created_at=at,
            due_at=at,
            sent_at=at,
            attempts=1,
        )
        db.session.add(message)
        db.session.flush()
        told = {"kind": "thread.replied", "subject_id": reply.id, "thread_id": self.thread.id, "created_at": at}
        db.session.add(InboxItem(message_id=message.id, person_id=to, **told))

    def _close(self) -> None:
        """Counters, followers, outcome and lock: what the replies made of the thread."""
        replies = [post for post in self.posts if not post.is_opening]
        self.thread.reply_count = sum(post.hidden_at is None for post in replies)
        self.thread.last_post_at = max(post.created_at for post in self.posts)
        for post in self.posts:
            counted = select(Reaction.unit_id).where(Reaction.post_id == post.id)
            villages = list(db.session.scalars(counted.where(Reaction.kind == ReactionKind.SAME)))
            post.useful_count = len(list(db.session.scalars(counted.where(Reaction.kind == ReactionKind.USEFUL))))
            if post.is_opening:
                self.thread.same_count = len(set(villages))
        for person_id in {post.author_id for post in self.posts}:
            db.session.add(
                ThreadFollow(thread_id=self.thread.id, person_id=person_id, created_at=self.thread.created_at)
            )
        if locked := self.entry.get("locked"):
            self.thread.locked_at = self.days.at(locked)
        if outcome := self.entry.get("outcome"):
            db.session.flush()
            conclude(outcome, self.thread, self.loaded, self.cast, self.days)


def conclude(entry: dict[str, Any], thread: Thread, loaded: Threads, cast: Cast, days: Days) -> Outcome:
    """Write what the thread came to in the round it is in."""
    at = days.at(entry)
    posting = cast.posting(entry["by"], days.on(entry["days_ago"]))
    outcome = Outcome(
        thread_id=thread.id,
        round=thread.round,
        statement=entry["statement"],
        statement_html=render(entry["statement"]),
        concluded_by_id=posting.person_id,
        posting_id=posting.id,
        concluded_at=at,
    )
    db.session.add(outcome)
    db.session.flush()
    thread.concluded_at = at
    loaded.outcomes[thread.id] = outcome
    for key in entry["rests_on"]:
        db.session.add(OutcomeReply(outcome_id=outcome.id, post_id=loaded.posts[key].id))
    db.session.add_all(_actions(entry["actions"], outcome.id, cast, days))
    return outcome


def _actions(entries: Iterable[dict[str, Any]], outcome_id: int, cast: Cast, days: Days) -> Iterator[ActionItem]:
    for action in entries:
        done = action.get("done_days_ago")
        yield ActionItem(
            outcome_id=outcome_id,
            what=action["what"],
            unit_id=cast.unit(action["unit"]).id,
            person_id=cast.person(action["person"]).id if "person" in action else None,
            due=days.on(action["due_days_ago"]),
            done_at=days.moment(days.on(done), "17:00") if done is not None else None,
            note=action.get("note", ""),
        )
