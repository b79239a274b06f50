"""How notices about meetings read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, select

from forum.extensions import db
from forum.meetings.labels import month_label, when
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.meetings.policies import seen_meetings
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.robots.announcements import register_announcement
from forum.units.actors import Actor


def _meetings(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    return _rows(ids, seen_meetings(actor))


def _meetings_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    """What a group reads: meetings ever announced to its township."""
    return _rows(ids, and_(Meeting.township_id == township_id, Meeting.announced_at.is_not(None)))


def _rows(ids: Collection[int], seen: ColumnElement[bool]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(
            Meeting.id,
            Meeting.month,
            Meeting.theme,
            Meeting.state,
            Meeting.reason,
            Sitting.place,
            Sitting.starts_at,
            Sitting.ends_at,
        )
        .join(Sitting, Sitting.meeting_id == Meeting.id)
        .where(Meeting.id.in_(ids), seen)
    )
    return {row.id: row for row in rows}


def _announced(row: Any) -> Shown:
    text = _(
        "%(month)s的论坛定了：%(theme)s。%(when)s，%(place)s，请回一声来不来。",
        month=month_label(row.month),
        theme=row.theme,
        when=when(row.starts_at, row.ends_at),
        place=row.place,
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
        text = _(
            "%(month)s的论坛改了时间地点：%(when)s，%(place)s。",
            month=month,
            when=when(row.starts_at, row.ends_at),
            place=row.place,
        )
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


register_notice("meeting.announced", _meetings, _announced, topic=Topic.MEETINGS)
register_notice("meeting.changed", _meetings, _changed, topic=Topic.MEETINGS)
register_notice("meeting.closed", _meetings, _closed, topic=Topic.MEETINGS)
register_notice("meeting.corrected", _meetings, _corrected, topic=Topic.MEETINGS)
register_notice("meeting.unclosed", _meetings, _unclosed, topic=Topic.MEETINGS)
register_announcement("meeting.announced", _meetings_of, _announced)
register_announcement("meeting.changed", _meetings_of, _changed)
