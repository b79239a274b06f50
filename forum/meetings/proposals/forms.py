"""What the district types to propose a theme, and a township to leave one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import MonthField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from forum.forms import LineField, LongTextField, WritingForm, choice_field, tick_field
from forum.meetings.proposals.actions import Theme, this_month

FARTHEST_YEARS = 2


class ProposalForm(WritingForm):
    """A theme, for when and for whom."""

    month = MonthField(
        _l("哪个月的论坛"),
        [InputRequired(_l("请选月份。"))],
        invalid_value_message=_l("月份没看懂，请写成 2026-08 这样。"),
    )
    theme = LineField(
        _l("主题"), [DataRequired(_l("请写主题。")), Length(max=80, message=_l("太长了，请在 80 字以内。"))]
    )
    why = LongTextField(
        _l("为什么议这个"),
        [DataRequired(_l("请写几句为什么。")), Length(max=1000, message=_l("太长了，请在 1000 字以内。"))],
        description=_l("各镇看了好决定用不用。"),
    )
    tag = choice_field(_l("是哪一类的事"), default=0)
    townships = tick_field(_l("建议给哪些镇"), [DataRequired(_l("请至少选一个镇。"))])

    def __init__(
        self, *args: Any, tags: Mapping[str, Sequence[tuple[int, str]]], townships: Sequence[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tag.choices = {"": [(0, _("先不选"))], **tags}
        self.townships.choices = [(each.id, each.name) for each in townships]

    def propose(self) -> None:
        """Fill in what is likely: next month, all townships."""
        month = this_month()
        self.month.data = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        self.townships.data = [value for value, _name in self.townships.choices]

    def validate_month(self, field: MonthField) -> None:
        if field.data is None:
            return
        if field.data < this_month():
            raise ValidationError(_("这个月已经过了，请选本月或者以后的月份。"))
        if field.data.year > this_month().year + FARTHEST_YEARS:
            raise ValidationError(_("太远了，请选两年以内的月份。"))

    def proposed(self) -> Theme:
        """What was typed, once it is valid."""
        return Theme(self.month.data, self.theme.data, self.why.data, self.tag.data or None)


class DeclineForm(WritingForm):
    word = LineField(
        _l("为什么不用"),
        [DataRequired(_l("请写一句为什么，区里看得到。")), Length(max=300, message=_l("请在 300 字以内。"))],
    )
