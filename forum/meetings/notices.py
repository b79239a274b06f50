"""How notices about meetings read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from forum.clock import day
from forum.extensions import db
from forum.meetings.agenda_labels import Sources, name_of
from forum.meetings.agenda_lines import readable_sources
from forum.meetings.labels import hour, month_label, place_label, when
from forum.meetings.models import AgendaItem, AgendaVersion, Meeting, MeetingState, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.programme import Programme
from forum.meetings.sitting_queries import meeting_rows
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.robots.announcements import register_announcement
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor


def _meetings(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    """Each with the sitting that concerns the reader."""
    return {row.id: row for row in db.session.execute(meeting_rows(actor).where(Meeting.id.in_(ids)))}


def _stood_in_for(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    """Those at which he still stands in for somebody."""
    return {meeting_id: row for meeting_id, row in _meetings(actor, ids).items() if row.stands_in_for}


def _meetings_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    """What a group reads: meetings ever announced to its township, with all their sittings."""
    rows = db.session.execute(
        select(
            Meeting.id,
            Meeting.month,
            Meeting.theme,
            Meeting.state,
            Meeting.reason,
            Sitting.name,
            Sitting.place,
            Sitting.starts_at,
            Sitting.ends_at,
        )
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .where(Meeting.id.in_(ids), Meeting.township_id == township_id, Meeting.announced_at.is_not(None))
        .order_by(Sitting.position, Sitting.id)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return {
        first.id: _OfAll(first.id, first.month, first.theme, first.state, first.reason, sittings)
        for first, *sittings in ((rows[0], *rows) for rows in found.values())
    }


@dataclass(frozen=True)
class _OfAll:
    """A meeting as a whole township reads of it: with all the places where it is held."""

    id: int
    month: date
    theme: str
    state: MeetingState
    reason: str
    sittings: Sequence[Any]


def _where(row: Any) -> str:
    """When and where: of one's own sitting, or of each."""
    sittings = row.sittings if isinstance(row, _OfAll) else [row]
    told = (
        _("%(when)s，%(place)s", when=when(each.starts_at, each.ends_at), place=place_label(each)) for each in sittings
    )
    return _("；").join(told)


def _announced(row: Any) -> Shown:
    text = _(
        "%(month)s的论坛定了：%(theme)s。%(where)s，请回一声来不来。",
        month=month_label(row.month),
        theme=row.theme,
        where=_where(row),
    )
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


def _changed(row: Any) -> Shown:
    """Says how it stands now: of two changes one after the other, the last counts."""
    month = month_label(row.month)
    if row.state is MeetingState.POSTPONED:
        text = _("%(month)s的论坛推迟了：%(reason)s", month=month, reason=row.reason)
    elif row.state is MeetingState.CANCELLED:
        text = _("%(month)s的论坛取消了：%(reason)s", month=month, reason=row.reason)
    else:
        text = _("%(month)s的论坛改了，现在是：%(theme)s，%(where)s。", month=month, theme=row.theme, where=_where(row))
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


def _closed(row: Any) -> Shown:
    text = _("%(month)s的论坛办结了：%(theme)s。结论和会议记录在这里。", month=month_label(row.month), theme=row.theme)
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


def _corrected(row: Any) -> Shown:
    text = _("%(month)s论坛的会议纪要印发后改了一处，请看改了什么。", month=month_label(row.month))
    return Shown(text, url_for("meetings.minutes_versions", meeting_id=row.id))


def _unclosed(row: Any) -> Shown:
    text = _("%(month)s的论坛开过了，还没办结：%(theme)s。", month=month_label(row.month), theme=row.theme)
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


def _presented(actor: Actor, ids: Collection[int]) -> Mapping[int, Shown]:
    """What somebody presents as it was published last; of a thread that he cannot open he reads only that there is one."""
    any_version = aliased(AgendaVersion)
    last = select(func.max(any_version.number)).where(any_version.meeting_id == Meeting.id).scalar_subquery()
    rows = db.session.execute(
        select(Meeting.id, Meeting.month, Meeting.state, Meeting.reason, AgendaVersion.programme)
        .join(AgendaVersion, and_(AgendaVersion.meeting_id == Meeting.id, AgendaVersion.number == last))
        .where(Meeting.id.in_(ids), seen_meetings(actor))
    ).all()
    called_off = (MeetingState.POSTPONED, MeetingState.CANCELLED)
    programmes = {row.id: Programme.from_json(row.programme) for row in rows}
    readable = readable_sources(actor, [e for p in programmes.values() for e in p.entries if e.person_id == actor.id])
    return {
        row.id: _changed(row)
        if row.state in called_off
        else Shown(_presents(actor, row.month, programmes[row.id], readable), _to_meeting(row.id))
        for row in rows
    }


def _presents(actor: Actor, month: date, programme: Programme, readable: Sources) -> str:
    mine = [entry for entry in programme.entries if entry.person_id == actor.id]
    if not mine:
        return _("%(month)s论坛的议程改了，没有要您讲的了。", month=month_label(month))
    parts = []
    for entry in mine:
        begins = [f"{day(begun)} {hour(begun)}" for begun in programme.beginnings(entry)]
        length = [_("%(minutes)s 分钟", minutes=entry.minutes)] if entry.minutes else []
        parts.append(" ".join([name_of(entry, readable), *begins, *length]))
    return _("%(month)s的论坛请您讲：%(what)s。", month=month_label(month), what=_("；").join(parts))


def _taken_up(actor: Actor, ids: Collection[int]) -> Mapping[int, Shown]:
    """Lines of an agenda that take up what the reader asked."""
    rows = db.session.execute(
        select(AgendaItem.id, AgendaItem.meeting_id, Meeting.month, Thread.title)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Thread, Thread.id == AgendaItem.thread_id)
        .where(AgendaItem.id.in_(ids), seen_meetings(actor), readable_threads(actor))
    )
    return {
        row.id: Shown(
            _("您提的《%(title)s》上了%(month)s论坛的议程。", title=row.title, month=month_label(row.month)),
            _to_meeting(row.meeting_id),
        )
        for row in rows
    }


def _to_meeting(meeting_id: int) -> str:
    return url_for("meetings.show", meeting_id=meeting_id)


register_notice("meeting.presents", _presented, topic=Topic.MEETINGS)
register_notice("meeting.takes_up", _taken_up, topic=Topic.MEETINGS)


def _substitute(row: Any) -> Shown:
    text = _(
        "请您代%(unit)s去开%(month)s的论坛：%(theme)s。%(where)s。",
        unit=row.stands_in_for,
        month=month_label(row.month),
        theme=row.theme,
        where=_where(row),
    )
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


register_notice("meeting.substitute", _stood_in_for, _substitute, topic=Topic.MEETINGS)
register_notice("meeting.announced", _meetings, _announced, topic=Topic.MEETINGS)
register_notice("meeting.changed", _meetings, _changed, topic=Topic.MEETINGS)


def _task(text: str, row: Any) -> Shown:
    return Shown(text, url_for("meetings.show", meeting_id=row.id))


def _task_given(row: Any) -> Shown:
    return _task(_("%(month)s的论坛定了要您办的事，请看看什么时候办完。", month=month_label(row.month)), row)


def _task_due(row: Any) -> Shown:
    return _task(_("%(month)s的论坛定下要您办的事，三天内到日子。办好了请说一声。", month=month_label(row.month)), row)


def _task_late(row: Any) -> Shown:
    return _task(_("%(month)s的论坛定下要您办的事过了日子。办好了请说一声。", month=month_label(row.month)), row)


def _task_undone(row: Any) -> Shown:
    return _task(_("%(month)s的论坛定下、您办的事还不算办好，收回了，请看原因。", month=month_label(row.month)), row)


register_notice("task.given", _meetings, _task_given, topic=Topic.DECISIONS)
register_notice("task.due", _meetings, _task_due, topic=Topic.DUE)
register_notice("task.late", _meetings, _task_late, topic=Topic.DUE)
register_notice("task.undone", _meetings, _task_undone, topic=Topic.DECISIONS)
register_notice("meeting.closed", _meetings, _closed, topic=Topic.MEETINGS)
register_notice("meeting.corrected", _meetings, _corrected, topic=Topic.MEETINGS)
register_notice("meeting.unclosed", _meetings, _unclosed, topic=Topic.MEETINGS)
register_announcement("meeting.announced", _meetings_of, _announced)
register_announcement("meeting.changed", _meetings_of, _changed)
