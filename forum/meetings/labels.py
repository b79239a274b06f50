"""What states, kinds, months and times of meetings are called."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from forum.clock import day, local, utcnow
from forum.language import is_english
from forum.meetings.models import AgendaKind, Answer, MeetingState, SittingKind
from forum.meetings.signing import is_open
from forum.threads.lists import reach_label
from forum.threads.models import ThreadKind


def kind_label(kind: AgendaKind) -> str:
    """What a line of the agenda is called."""
    return {
        AgendaKind.CASE: _("书记带领书记学"),
        AgendaKind.QUESTION: _("书记提问书记答"),
        AgendaKind.LECTURE: _("专家授课"),
        AgendaKind.VISIT: _("现场观摩"),
        AgendaKind.TOPIC: _("议题研讨"),
        AgendaKind.REVIEW: _("上期落实情况"),
        AgendaKind.OTHER: _("其他"),
    }[kind]


def state_label(state: MeetingState) -> str:
    """A meeting's state in a word."""
    return {
        MeetingState.DRAFT: _("草稿"),
        MeetingState.ANNOUNCED: _("已通知"),
        MeetingState.HELD: _("已开，没办结"),
        MeetingState.CLOSED: _("已办结"),
        MeetingState.POSTPONED: _("推迟"),
        MeetingState.CANCELLED: _("取消"),
    }[state]


def state_colour(state: MeetingState) -> str:
    """The kind of badge for a state."""
    return {
        MeetingState.DRAFT: "plain",
        MeetingState.ANNOUNCED: "now",
        MeetingState.HELD: "wait",
        MeetingState.CLOSED: "done",
        MeetingState.POSTPONED: "wait",
        MeetingState.CANCELLED: "plain",
    }[state]


def month_label(month: date) -> str:
    """A month as people say it: ``2026年8月``."""
    if is_english():
        return f"{month:%Y-%m}"
    return f"{month.year}年{month.month}月"


def hour(moment: datetime) -> str:
    """A time on a Beijing clock: ``9:05``."""
    on = local(moment)
    return f"{on.hour}:{on.minute:02d}"


def when(starts_at: datetime, ends_at: datetime | None) -> str:
    """Day, weekday and hours of a sitting: ``8月26日（周三）9:00–11:20``."""
    on = local(starts_at).date()
    hours = f"{hour(starts_at)}–{hour(ends_at)}" if ends_at else hour(starts_at)
    if ends_at and local(ends_at).date() != on:
        hours = _("%(begins)s–次日%(ends)s", begins=hour(starts_at), ends=hour(ends_at))
    return _("%(day)s（%(weekday)s）%(hours)s", day=day(on), weekday=weekday_label(on.weekday()), hours=hours)


def weekday_label(weekday: int) -> str:
    """A weekday, 0 being Monday."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[weekday]


def sitting_label(kind: SittingKind) -> str:
    """What kind of place a sitting is."""
    return {
        SittingKind.HALL: _("会场"),
        SittingKind.SITE: _("现场"),
        SittingKind.VILLAGE: _("先进村"),
        SittingKind.ONLINE: _("线上"),
    }[kind]


def place_label(sitting: Any) -> str:
    """A sitting's place, with its name where it has one: ``东片会场（前柳村大棚）``. A row of ``meeting_rows`` or of a sitting."""
    name = sitting.sitting_name if hasattr(sitting, "sitting_name") else sitting.name
    return _("%(name)s（%(place)s）", name=name, place=sitting.place) if name else sitting.place


def theme_of(meeting: Any) -> str:
    """Its theme, or that it has none yet."""
    return meeting.theme or _("主题待定")


def thread_hint(thread: Any) -> str:
    """What tells threads apart when some are chosen for an agenda: whose it is, how many villages have it, who answered."""
    parts = [thread.unit_name]
    if thread.reach.is_narrow:
        parts.append(reach_label(thread.reach))
    if thread.kind is ThreadKind.QUESTION and not thread.reply_count:
        parts.append(_("没人答"))
    if thread.same_count:
        parts.append(ngettext("%(num)s 个村也有", "%(num)s 个村也有", thread.same_count))
    if thread.reply_count:
        parts.append(ngettext("%(num)s 条回复", "%(num)s 条回复", thread.reply_count))
    return " · ".join([*parts, day(thread.created_at)])


def answer_hint(attendance: Any) -> str:
    """What somebody on the list answered beforehand, with his reason; or when he signed in."""
    if attendance.signed_at is not None:
        return _("%(time)s 自己签到", time=hour(attendance.signed_at))
    if attendance.is_walk_in:
        return _("没请也来了")
    said = {
        None: _("没回"),
        Answer.COMING: _("回过：来"),
        Answer.LEAVE: _("请假：%(reason)s", reason=attendance.reason),
        Answer.SUBSTITUTE: _("%(name)s代替他来", name=attendance.substitute),
    }[attendance.answer]
    return _("%(said)s（%(name)s代录）", said=said, name=attendance.entered_by) if attendance.entered_by else said


def is_on(meeting: Any) -> bool:
    """Whether it is the hour of the meeting: people sign in, and the hall is at something."""
    return meeting.state in (MeetingState.ANNOUNCED, MeetingState.HELD) and is_open(meeting, utcnow())


def is_signing(meeting: Any) -> bool:
    """Whether the reader should be asked to sign in now: it is the hour, and he has not yet."""
    return meeting.my_signed_at is None and is_on(meeting)
