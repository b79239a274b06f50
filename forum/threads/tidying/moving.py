"""Moving a thread: of another kind, or to another township; and taking that back. The caller commits."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from forum.threads.models import ASKED, Reach, Thread, ThreadKind
from forum.threads.references import what_holds
from forum.threads.tidying.deeds import CannotTidy, hold_threads, note_deed, note_undone
from forum.threads.tidying.models import DeedKind, ThreadDeed
from forum.units.actors import Actor

MOVABLE = (ThreadKind.QUESTION, ThreadKind.TOPIC, ThreadKind.SHARE, ThreadKind.NOTICE)


def why_not_move(thread: Thread, kind: ThreadKind, township_id: int | None) -> str | None:
    """The reason for which a thread cannot be of that kind in that township; None when it can."""
    if kind is not thread.kind:
        if not {kind, thread.kind} <= set(MOVABLE):
            return _("这一类帖子不能换类别。")
        if thread.kind in ASKED and kind not in ASKED:
            if thread.accepted_post_id is not None:
                return _("已经采纳了回答，它就是一个提问。")
            if reason := what_holds("thread", [thread.id]):
                return _("%(reason)s，不能换类别。", reason=reason)
    if township_id != thread.township_id and thread.reach is not Reach.DISTRICT:
        return _("它只给本镇的人看，挪到别的镇，看的人就变了。")
    return None


def move(actor: Actor, thread: Thread, kind: ThreadKind, township_id: int | None) -> ThreadDeed | None:
    """Let a thread be of another kind, or in another township's care; None when nothing changes. Raises CannotTidy with the reason."""
    [thread] = hold_threads(thread.id)
    if (kind, township_id) == (thread.kind, thread.township_id):
        return None
    if reason := why_not_move(thread, kind, township_id):
        raise CannotTidy(reason)
    before = _facts(thread) | {"to": [kind.value, township_id]}
    if township_id != thread.township_id:
        thread.pinned_at = None  # it was pinned in the other township's list
    thread.kind, thread.township_id = kind, township_id
    return note_deed(actor, DeedKind.MOVE, thread, None, before)


def undo_move(actor: Actor, deed: ThreadDeed) -> None:
    """Put a thread back where it was. Raises CannotTidy when it was moved on, or became what it cannot be there."""
    [thread] = hold_threads(deed.thread_id)
    before = deed.before
    if [thread.kind.value, thread.township_id] != before["to"] or thread.merged_post_id is not None:
        raise CannotTidy(_("后来又挪过，请先撤回后面那一次。"))
    kind = ThreadKind(before["kind"])
    if reason := why_not_move(thread, kind, before["township_id"]):
        raise CannotTidy(reason)
    thread.kind, thread.township_id = kind, before["township_id"]
    thread.pinned_at = thread.pinned_at or (before["pinned_at"] and datetime.fromisoformat(before["pinned_at"]))
    note_undone(actor, deed, thread)


def _facts(thread: Thread) -> dict[str, Any]:
    pinned = thread.pinned_at.isoformat() if thread.pinned_at else None
    return {"kind": thread.kind.value, "township_id": thread.township_id, "pinned_at": pinned}
