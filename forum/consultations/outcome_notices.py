"""How notices about follow-ups, rounds and actions read; they speak of their thread, so a page of them costs one statement."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.notices.kinds import Shown, Topic, register_notice
from forum.threads.notices import load_threads


def _asked(row: Any) -> Shown:
    text = _("“%(title)s”后来怎样了？请说一声。", title=row.title)
    where = "threads.show" if row.followup_due is None else "consultations.later"
    return Shown(text, url_for(where, thread_id=row.id), row.id)


def _reopened(row: Any) -> Shown:
    text = _("“%(title)s”还没解决，请大家再出主意。", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id), row.id)


def _given(row: Any) -> Shown:
    text = _("“%(title)s”定下了要您办的事，请看看什么时候办完。", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor="outcome"), row.id)


def _due(row: Any) -> Shown:
    text = _("“%(title)s”里要您办的事，三天内到日子。办好了请说一声。", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor="outcome"), row.id)


def _late(row: Any) -> Shown:
    text = _("“%(title)s”里要您办的事过了日子。办好了请说一声。", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor="outcome"), row.id)


def _undone(row: Any) -> Shown:
    text = _("“%(title)s”里您办的事还不算办好，收回了，请看原因。", title=row.title)
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor="outcome"), row.id)


register_notice("followup.due", load_threads, _asked, topic=Topic.DUE)
register_notice("thread.reopened", load_threads, _reopened, topic=Topic.DECISIONS)
register_notice("action.given", load_threads, _given, topic=Topic.DECISIONS)
register_notice("action.due", load_threads, _due, topic=Topic.DUE)
register_notice("action.late", load_threads, _late, topic=Topic.DUE)
register_notice("action.undone", load_threads, _undone, topic=Topic.DECISIONS)
