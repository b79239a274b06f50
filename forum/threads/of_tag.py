"""What a tag's page shows of threads: the newest, and what nobody has answered yet."""

from typing import Any

from flask import url_for

from forum.extensions import db
from forum.tags.panels import PARTS, Part, Sight
from forum.threads.lists import shown
from forum.threads.models import Thread
from forum.threads.queries import UNANSWERED, tagged, thread_rows

SHOWN = 5


def threads_of_tag(sight: Sight) -> Part:
    """Two statements. What waits for an answer stands first, and not once more below."""
    query = thread_rows(sight.actor).where(tagged(sight.tag_ids)).limit(SHOWN)
    if sight.township_id:
        query = query.where(Thread.township_id == sight.township_id)
    query = query.order_by(Thread.created_at.desc(), Thread.id.desc())
    unanswered = db.session.execute(query.where(UNANSWERED)).all()
    newest = db.session.execute(query.where(~UNANSWERED)).all()
    if not unanswered and not newest:
        return Part()
    here: dict[str, Any] = {"tag": sight.code, "unit": sight.township_id}
    return Part(
        "threads/_of_tag.html",
        {
            "unanswered": [shown(row) for row in unanswered],
            "newest": [shown(row) for row in newest],
            "unanswered_url": url_for("threads.index", state="unanswered", sort="new", **here),
            "newest_url": url_for("threads.index", sort="new", **here),
        },
    )


PARTS.append(threads_of_tag)
