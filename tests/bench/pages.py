"""What a signed-in thread page of twenty posts costs beside the same page drawn from plain SQL rows."""

import gzip
import random
import sqlite3
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask, g, render_template

from forum.extensions import db
from forum.threads import lists
from forum.threads.forms import ReplyForm
from tests.bench.place import application, median, sentences, text_of
from tests.factories import make_post, make_thread, make_world

ROUNDS = 300
POSTS = """
SELECT post.*, person.name author_name, unit.name unit_name, posting.title office, posting.until office_until,
       NULL answers_name, 1 is_shown, 0 is_useful, 0 is_same
FROM post JOIN person ON person.id = post.author_id JOIN unit ON unit.id = post.unit_id
JOIN posting ON posting.id = post.posting_id WHERE post.thread_id = ? ORDER BY post.created_at, post.id
"""
HEAD = """
SELECT thread.*, unit.name unit_name, person.name author_name, township.name township_name, '' tag_lines, 0 is_followed
FROM thread JOIN unit ON unit.id = thread.unit_id JOIN person ON person.id = thread.author_id
JOIN unit township ON township.id = thread.township_id WHERE thread.id = ?
"""


def pages() -> None:
    """Print CPU milliseconds, their ratio, and the weight of the page."""
    with application() as (app, folder):
        world, choose, parts = make_world(), random.Random(1), sentences()
        thread = make_thread(world.secretary, body=text_of(choose, parts))
        for _ in range(20):
            make_post(
                thread,
                choose.choice([world.neighbour_secretary, world.far_secretary, world.expert]),
                text_of(choose, parts),
            )
        browser = app.test_client()
        browser.sign_in_as(world.district_staff)
        thread_id, actor = thread.id, world.district_staff
        plain = _Plain(app, str(folder / "forum.db"), thread_id, actor)
        ours: list[float] = []
        theirs: list[float] = []
        html = b""
        for turn in range(ROUNDS + 20):
            began = time.process_time()
            html = browser.get(f"/threads/{thread_id}").data
            middle = time.process_time()
            plain.page()
            if turn >= 20:
                ours.append(1000 * (middle - began))
                theirs.append(1000 * (time.process_time() - middle))
        ratio = median([a / b for a, b in zip(ours, theirs, strict=True)])
        print(
            f"thread page, 20 replies, signed in: {median(ours):.2f} ms CPU; plain rows {median(theirs):.2f} ms; ratio {ratio:.2f}"
        )
        print(f"weight {len(html) / 1024:.1f} KB, {len(gzip.compress(html)) / 1024:.1f} KB compressed")


class _Plain:
    """The same template over rows of the database driver: no session, no rights, no forms beyond what is drawn."""

    def __init__(self, app: Flask, path: str, thread_id: int, actor: Any) -> None:
        self.app, self.thread_id, self.actor = app, thread_id, actor
        self.connection = sqlite3.connect(path)
        self.connection.row_factory = sqlite3.Row

    def page(self) -> str:
        """Draw the page."""
        with self.app.test_request_context(f"/threads/{self.thread_id}"):
            g._login_user = self.actor
            head = self._row(self.connection.execute(HEAD, (self.thread_id,)).fetchone())
            head.direct_count = 20
            rows = [self._row(row) for row in self.connection.execute(POSTS, (self.thread_id,))]
            unread = self.connection.execute(
                "SELECT count(*) FROM inbox_item WHERE person_id = ?", (self.actor.id,)
            ).fetchone()[0]
            branches = [SimpleNamespace(reply=row, answers=(), more=0) for row in rows[1:]]
            page = SimpleNamespace(opening=rows[0], accepted=None, branches=branches, page=1, pages=1)
            form = ReplyForm(about=self.thread_id)
            html = render_template(
                "threads/show.html",
                head=head,
                page=page,
                form=form,
                pictures={},
                panels=[],
                marks={},
                steps=lists.steps_of(head, []),
                tags=[],
                narrowed=False,
                may={"reply": True, "accept": True, "react": True, "same": False, "moderate": True},
                unread_count=lambda: unread,
            )
            db.session.remove()
            return html

    @staticmethod
    def _row(row: sqlite3.Row) -> SimpleNamespace:
        values = dict(row)
        for name in ("created_at", "last_post_at"):
            if values.get(name):
                values[name] = datetime.fromisoformat(values[name]).replace(tzinfo=UTC)
        return SimpleNamespace(**values)
