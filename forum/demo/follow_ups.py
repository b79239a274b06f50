"""What became of the demo's conclusions, on which day, and the rounds that followed."""

from typing import Any

from forum.changes import note_change
from forum.consultations.actions import count_open_actions
from forum.consultations.models import FollowUp, FollowUpResult
from forum.demo.cast import Cast
from forum.demo.clock import Days
from forum.demo.threads import Threads, conclude
from forum.extensions import db
from forum.markup import render
from forum.threads.models import Post, Thread


def load_follow_ups(entries: list[dict[str, Any]], threads: Threads, cast: Cast, days: Days) -> None:
    """Write the looks back, and count what is still to be done of every conclusion."""
    for entry in entries:
        thread = threads.threads[entry["thread"]]
        for look in entry["looks"]:
            _look_back(look, thread, threads, cast, days)
    for thread_id in threads.outcomes:
        count_open_actions(thread_id)


def _look_back(look: dict[str, Any], thread: Thread, threads: Threads, cast: Cast, days: Days) -> None:
    due = days.on(look["due_days_ago"])
    asked = FollowUp(outcome_id=threads.outcomes[thread.id].id, thread_id=thread.id, due=due)
    db.session.add(asked)
    if due <= days.today:
        asked.asked_at = days.moment(due, "08:00")
    if said := look.get("said"):
        _answer(said, asked, thread, cast, days)
    else:
        thread.followup_due = due
    if again := look.get("then"):
        conclude(again, thread, threads, cast, days)
    db.session.flush()


def _answer(said: dict[str, Any], asked: FollowUp, thread: Thread, cast: Cast, days: Days) -> None:
    at = days.at(said)
    asker = cast.posting(said["by"], days.on(said["days_ago"]))
    writer = cast.posting(said.get("entered_by", said["by"]), days.on(said["days_ago"]))
    post = Post(
        thread=thread,
        author_id=writer.person_id,
        posting_id=writer.id,
        unit_id=writer.unit_id,
        body=said["sentence"],
        body_html=render(said["sentence"]),
        created_at=at,
    )
    db.session.add(post)
    db.session.flush()
    thread.reply_count += 1
    thread.last_post_at = max(thread.last_post_at, at)
    asked.result, asked.sentence, asked.answered_at = FollowUpResult(said["result"]), said["sentence"], at
    asked.answered_by_id, asked.posting_id, asked.post_id = asker.person_id, asker.id, post.id
    asked.entered_by_id = writer.person_id if "entered_by" in said else None
    if asked.result is FollowUpResult.SOLVED:
        thread.solved_at = at
    elif asked.result is FollowUpResult.UNSOLVED:
        asked.accepted_post_id = thread.accepted_post_id
        thread.accepted_post_id = thread.accepted_at = thread.concluded_at = thread.panel_due = None
        thread.round, thread.reopened_at = thread.round + 1, at
    note_change("thread", thread.id)
