"""What this room holds of a person: meetings, themes and minutes that he wrote, and how he answered when he was invited."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, literal, null

from forum.belongings import Via, belongs, of_office
from forum.meetings.minutes.models import Minutes, MinutesMark, MinutesPart, MinutesVersion
from forum.meetings.models import AgendaVersion, Attendance, CalendarLink, Meeting, MeetingRule, Sitting
from forum.meetings.policies import seen_meetings
from forum.meetings.proposals.models import ThemeOffer, ThemeProposal
from forum.units.actors import Actor

_MEETING_OF_PART = ((Meeting, Meeting.id == MinutesPart.meeting_id),)


def _theme(actor: Actor) -> ColumnElement[str | None]:
    return case((seen_meetings(actor), Meeting.theme), else_=null()).label("theme")


def _proposed_theme(actor: Actor) -> ColumnElement[str | None]:
    return case((literal(actor.is_member), ThemeProposal.theme), else_=null()).label("theme")


belongs(
    "meetings",
    _l("我排的论坛"),
    Meeting.created_by_id,
    Meeting.created_at,
    Meeting.theme,
    Meeting.brief,
    Meeting.reason,
)
belongs(
    "attendance",
    _l("我参加的论坛"),
    Attendance.person_id,
    Meeting.month,
    _theme,
    Attendance.answer,
    Attendance.reason,
    Attendance.substitute_name,
    Attendance.came,
    Attendance.signed_at,
    via=Via(Attendance, ((Meeting, Meeting.id == Attendance.meeting_id),)),
)
belongs(
    "minutes",
    _l("我写的纪要"),
    MinutesPart.written_by_id,
    MinutesPart.written_at,
    _theme,
    MinutesPart.body,
    via=Via(MinutesPart, _MEETING_OF_PART),
)
belongs(
    "minutes_marks",
    _l("我在纪要里划出来的"),
    MinutesMark.made_by_id,
    MinutesMark.made_at,
    MinutesMark.text,
    MinutesMark.kind,
)
belongs(
    "minutes_corrected",
    _l("我更正纪要的原因"),
    MinutesVersion.written_by_id,
    MinutesVersion.written_at,
    MinutesVersion.reason,
)
belongs(
    "minutes_issued",
    _l("我印发的纪要，没印的部分为什么"),
    Minutes.issued_by_id,
    Minutes.issued_at,
    Minutes.left_out,
)
belongs(
    "themes_proposed",
    _l("我给各镇出的主题"),
    ThemeProposal.proposed_by_id,
    ThemeProposal.proposed_at,
    ThemeProposal.theme,
    ThemeProposal.why,
)
belongs(
    "themes_answered",
    _l("区里出的主题，我怎么答的"),
    ThemeOffer.answered_by_id,
    ThemeOffer.answered_at,
    _proposed_theme,
    ThemeOffer.answer,
    ThemeOffer.word,
    via=Via(ThemeOffer, ((ThemeProposal, ThemeProposal.id == ThemeOffer.proposal_id),)),
)
belongs("calendar", _l("会议进手机日历"), CalendarLink.person_id, CalendarLink.made_at)
of_office(
    Sitting.chair_id,
    Sitting.note_taker_id,
    Attendance.substitute_id,
    Attendance.entered_by_id,
    AgendaVersion.published_by_id,
    MeetingRule.changed_by_id,
    MinutesMark.person_id,
)
