"""What an organiser types about a year of meetings."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm, between
from forum.meetings.forms import EIGHTY
from forum.meetings.labels import month_label, weekday_label
from forum.meetings.yearly import LAST_WEEK, Rule


class RuleForm(WritingForm):
    """Every month's which weekday, at what hour, how long, where."""

    week = SelectField(_l("每月第几个"), coerce=int, invalid_choice_message=NOT_ON_THE_LIST)
    weekday = SelectField(_l("星期几"), coerce=int, invalid_choice_message=NOT_ON_THE_LIST)
    starts = TimeField(
        _l("几点开始"),
        [InputRequired(_l("请填几点开始。"))],
        default=time(9),
        invalid_value_message=_l("时间没看懂，请写成 09:00 这样。"),
    )
    minutes = IntegerField(
        _l("开多少分钟"),
        [InputRequired(_l("请填开多少分钟。")), between(15, 720, _l("请填 15 到 720 分钟。"))],
        default=120,
        invalid_value_message=_l("分钟请填数字。"),
    )
    place = LineField(_l("在哪里开"), [DataRequired(_l("请写在哪里开。")), Length(max=80, message=EIGHTY)])

    def __init__(self, *args: Any, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.week.choices = [(n, _("第 %(n)s 个", n=n)) for n in range(1, LAST_WEEK)] + [(LAST_WEEK, _("最后一个"))]
        self.weekday.choices = [(n, weekday_label(n)) for n in range(7)]
        if rule is not None and not self.is_submitted():
            self.show(rule)

    def show(self, rule: Rule) -> None:
        """Fill in what stands."""
        self.week.data, self.weekday.data, self.starts.data = rule.week, rule.weekday, rule.starts
        self.minutes.data, self.place.data = rule.minutes, rule.place

    def rule(self) -> Rule:
        """What was typed, once it is valid."""
        return Rule(self.week.data, self.weekday.data, self.starts.data, self.minutes.data, self.place.data)


class DraftsForm(WritingForm):
    """A day for each month that has no meeting yet. Made for certain months by ``drafts_form``."""

    months: Mapping[str, date] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: each day lies in its month."""
        super().validate(extra_validators)
        for name, month in self.months.items():
            day = self[name].data
            if day is not None and day.replace(day=1) != month:
                self[name].errors = [
                    *self[name].errors,
                    _("这一天不在%(month)s里。", month=month_label(month)),
                ]
        return not self.errors or self.first_result() is not None

    def days(self) -> dict[date, date]:
        """The days by month; a month whose day was taken out gets no draft."""
        return {month: self[name].data for name, month in self.months.items() if self[name].data}


def drafts_form(about: object, days: Mapping[date, date], sent: Iterable[str] | None) -> DraftsForm:
    """The form for these proposed days by month, and for months that were sent though they have a meeting by now.

    ``sent`` is None beside another form that was sent.
    """
    months = {f"day_{month:%Y_%m}": month for month in days}
    for name in sent or ():
        if name not in months and (month := _month_of(name)) is not None:
            months[name] = month
    fields = {
        name: DateField(
            month_label(month),
            [Optional()],
            default=days.get(month),
            invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
        )
        for name, month in sorted(months.items())
    }
    made = type("DraftsForm", (DraftsForm,), fields)
    form: DraftsForm = made(about=about) if sent is not None else made(about=about, formdata=None)
    form.months = months
    if sent is None:
        form.refresh_token()
    return form


def _month_of(name: str) -> date | None:
    year, _underscore, month = name.removeprefix("day_").partition("_")
    if not (name.startswith("day_") and year.isdecimal() and month.isdecimal() and len(year) == 4 and len(month) == 2):
        return None
    return date(int(year), int(month), 1) if 2000 <= int(year) <= 2200 and 1 <= int(month) <= 12 else None
