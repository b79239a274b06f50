"""What the thread of a lecture shows of it: who, when, where, and the way to its page; where its opening is edited."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.extensions import db
from forum.learning.lectures.models import Expert, Lecture
from forum.learning.lectures.policies import can_manage
from forum.threads.models import Post, ThreadKind
from forum.threads.panels import EDITED_ELSEWHERE, PANELS, Panel
from forum.threads.references import holds
from forum.units.actors import Actor


def lecture_panel(actor: Actor, head: Any) -> Panel:
    """Who may open the thread may open the lecture."""
    if head.kind is not ThreadKind.LECTURE:
        return Panel()
    query = db.select(Lecture, Expert).join(Expert, Expert.id == Lecture.expert_id)
    found = db.session.execute(query.where(Lecture.thread_id == head.id)).one_or_none()
    if found is None:  # brought in from elsewhere
        return Panel()
    return Panel("learning/lectures/_of_thread.html", {"lecture": found[0], "expert": found[1]})


def edited_with_its_lecture(actor: Actor, post: Post) -> str | None:
    """An opening is edited with its lecture; other posts as everywhere."""
    if post.thread.kind is not ThreadKind.LECTURE or not post.is_opening:
        return None
    lecture = db.session.scalars(db.select(Lecture).where(Lecture.thread_id == post.thread_id)).one_or_none()
    if lecture is None or not can_manage(actor, lecture):
        return None
    return url_for("lectures.edit", lecture_id=lecture.id)


PANELS.append(lecture_panel)
EDITED_ELSEWHERE.append(edited_with_its_lecture)
holds(Lecture.thread_id, lambda: _("这是一次专家授课的帖子"))
