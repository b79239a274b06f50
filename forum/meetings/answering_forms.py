"""Who comes instead, and what somebody answered by telephone."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, ValidationError
from wtforms.validators import InputRequired, Length

from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm, choice_field
from forum.meetings.models import Answer


class SubstituteForm(WritingForm):
    """代替: somebody in office in the same village, or a name."""

    person = choice_field(_l("谁代您来"), default=0)
    name = LineField(_l("名单里没有的，写名字"), [Length(max=40, message=_l("请在 40 字以内。"))])

    def __init__(self, *args: Any, colleagues: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = [(0, _l("别的人")), *((c.id, c.name) for c in colleagues)]

    def validate_name(self, field: LineField) -> None:
        if self.needs_somebody and not field.data and not self.person.data:
            raise ValidationError(_l("请选一位，或者写上名字。"))

    @property
    def needs_somebody(self) -> bool:
        """Whether a substitute has to be named."""
        return True


class AnswerForForm(SubstituteForm):
    """What somebody said who telephoned: 来, 请假 and why, or who comes instead."""

    answer = RadioField(
        _l("他说"),
        [InputRequired(_l("请选他怎么说的。"))],
        coerce=Answer,
        choices=[
            (Answer.COMING.value, _l("来")),
            (Answer.LEAVE.value, _l("请假")),
            (Answer.SUBSTITUTE.value, _l("让别人代替")),
        ],
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    reason = LineField(_l("为什么来不了"), [Length(max=200, message=_l("请在 200 字以内。"))])

    @property
    def needs_somebody(self) -> bool:
        return self.answer.data is Answer.SUBSTITUTE

    def validate_reason(self, field: LineField) -> None:
        if self.answer.data is Answer.LEAVE and not field.data:
            raise ValidationError(_l("写一句为什么来不了。"))
