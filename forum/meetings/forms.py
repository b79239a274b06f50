"""What organisers, chairs and note-takers type."""

import unicodedata
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    MonthField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from forum.clock import from_local, local, today
from forum.forms import (
    LineField,
    LongTextField,
    VersionField,
    WritingForm,
    between,
    choice_field,
    tick_field,
)
from forum.meetings.actions import Plan
from forum.meetings.labels import month_label
from forum.meetings.models import Meeting
from forum.paging import LARGEST_ID

FARTHEST = timedelta(days=730)
EIGHTY = _l("太长了，请在 80 字以内。")


class MeetingForm(WritingForm):
    """A month's meeting with its one sitting."""

    month = MonthField(
        _l("哪个月的论坛"),
        [InputRequired(_l("请选月份。"))],
        invalid_value_message=_l("月份没看懂，请写成 2026-08 这样。"),
    )
    number = IntegerField(
        _l("第几期"),
        [InputRequired(_l("请填第几期。")), between(1, 9999, _l("期数请填 1 到 9999。"))],
        invalid_value_message=_l("期数请填数字。"),
    )
    theme = LineField(_l("主题"), [DataRequired(_l("请写主题。")), Length(max=80, message=EIGHTY)])
    brief = LongTextField(
        _l("要说明的话"),
        [Length(max=2000, message=_l("太长了，请在 2000 字以内。"))],
        description=_l("会前要准备什么、看什么。"),
    )
    day = DateField(
        _l("哪天开"),
        [InputRequired(_l("请选日期。"))],
        invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
    )
    starts = TimeField(
        _l("几点开始"),
        [InputRequired(_l("请填几点开始。"))],
        invalid_value_message=_l("时间没看懂，请写成 09:00 这样。"),
    )
    ends = TimeField(
        _l("几点结束"),
        [InputRequired(_l("请填几点结束。"))],
        invalid_value_message=_l("时间没看懂，请写成 11:30 这样。"),
    )
    place = LineField(_l("在哪里开"), [DataRequired(_l("请写在哪里开。")), Length(max=80, message=EIGHTY)])
    chair = choice_field(_l("主持人"), default=0, description=_l("他可以记签到、写记录、办结。"))
    note_taker = choice_field(_l("记录人"), default=0, description=_l("他可以写会议记录。"))
    version = VersionField()

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(0, _l("先不定")), *((p.id, person_label(p)) for p in people)]
        self.chair.choices = self.note_taker.choices = choices

    def propose(self, number: int, taken: Collection[date]) -> None:
        """Fill in what is likely: the next number, the first month without a meeting, a morning."""
        month = today().replace(day=1)
        while month in taken:
            month = (month + timedelta(days=31)).replace(day=1)
        self.month.data, self.number.data, self.version.data = month, number, 0
        self.starts.data, self.ends.data = time(9), time(11)

    def show(self, meeting: Meeting) -> None:
        """Fill in what stands."""
        sitting = meeting.sitting
        starts, ends = local(sitting.starts_at), local(sitting.ends_at or sitting.starts_at)
        self.month.data, self.number.data, self.version.data = meeting.month, meeting.number, meeting.version
        self.theme.data, self.brief.data, self.place.data = meeting.theme, meeting.brief, sitting.place
        self.day.data, self.starts.data, self.ends.data = starts.date(), starts.time(), ends.time()
        self.chair.data, self.note_taker.data = sitting.chair_id or 0, sitting.note_taker_id or 0

    def validate_day(self, field: DateField) -> None:
        if field.data is None:
            return
        if abs(field.data - today()) > FARTHEST:
            raise ValidationError(_l("日期离今天太远了，请看看年份对不对。"))
        if self.month.data is not None and field.data.replace(day=1) != self.month.data:
            raise ValidationError(_l("这一天不在%(month)s里，请改日期或者改月份。", month=month_label(self.month.data)))

    def validate_ends(self, field: TimeField) -> None:
        if field.data is not None and self.starts.data is not None and field.data <= self.starts.data:
            raise ValidationError(_l("结束要在开始之后。"))

    def plan(self) -> Plan:
        """What was typed, once it is valid."""
        return Plan(
            month=self.month.data,
            number=self.number.data,
            theme=self.theme.data,
            brief=self.brief.data or "",
            place=self.place.data,
            starts_at=from_local(datetime.combine(self.day.data, self.starts.data)),
            ends_at=from_local(datetime.combine(self.day.data, self.ends.data)),
            chair_id=self.chair.data or None,
            note_taker_id=self.note_taker.data or None,
        )


class ConfirmForm(WritingForm):
    """A step that needs no words."""


class ReasonForm(WritingForm):
    reason = LineField(
        _l("为什么"), [DataRequired(_l("请写明原因，大家会看到。")), Length(max=300, message=_l("请在 300 字以内。"))]
    )


class LeaveForm(WritingForm):
    reason = LineField(
        _l("为什么来不了"),
        [DataRequired(_l("写一句为什么来不了。")), Length(max=200, message=_l("请在 200 字以内。"))],
        description=_l("只有镇里组织的人看得到。"),
    )


class AttendanceForm(WritingForm):
    """Who came, ticked by hand."""

    came = tick_field(_l("谁来了"))
    walk_ins = tick_field(_l("还有谁来了"))
    version = VersionField()
    seen = IntegerField(
        widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST_ID)]
    )  # when the list was shown, in seconds

    def __init__(self, *args: Any, listed: Sequence[Any], people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.came.choices = [(a.person_id, f"{a.unit_name} · {a.name}") for a in listed]
        self.walk_ins.choices = [(p.id, person_label(p)) for p in people]

    def show(self, listed: Sequence[Any]) -> None:
        """Show those on the list to be ticked, and the rest of the township as those who may have walked in."""
        there = {a.person_id for a in listed}
        ticked = {*(self.came.data or ()), *(self.walk_ins.data or ())}
        self.came.choices = [(a.person_id, f"{a.unit_name} · {a.name}") for a in listed]
        self.walk_ins.choices = [(p.id, person_label(p)) for p in self.people if p.id not in there]
        self.came.data, self.walk_ins.data = sorted(ticked & there), sorted(ticked - there)


class CodeForm(FlaskForm):
    """The six digits from the wall. It writes nothing: what it leads to does."""

    code = LineField(
        _l("会场上的六位数字"),
        [
            DataRequired(_l("请输入墙上的六位数字。")),
            Regexp(r"[0-9]{6}\Z", message=_l("要六位数字，一个不多一个不少。")),
        ],
        filters=(lambda value: unicodedata.normalize("NFKC", value).replace(" ", "") if value else value,),
    )


class HereForm(WritingForm):
    """One button: I am here."""

    proof = HiddenField()


def person_label(person: Any) -> str:
    """A person of the township in a list: village, name, office."""
    if not person.title:
        return f"{person.unit_name} · {person.name}"
    return _("%(unit)s · %(name)s（%(title)s）", unit=person.unit_name, name=person.name, title=person.title)
