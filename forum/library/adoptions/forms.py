"""What is typed when a village tries a card, and when it says how it went."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from forum.clock import today
from forum.forms import NOT_ON_THE_LIST, LongTextField, VersionField, WritingForm, choice_field
from forum.library.adoptions.labels import RESULTS
from forum.library.adoptions.models import CHANGE_LENGTH, RESULT_LENGTH, AdoptionResult
from forum.library.adoptions.queries import Choice

LATEST_DAYS = 3 * 366


def _at_most(length: int) -> Length:
    return Length(max=length, message=_l("太长了，请在 %(max)d 字以内。"))


class AdoptForm(WritingForm):
    """我们村试试."""

    speaker = choice_field(_l("哪个村，谁说的"), validators=[InputRequired(_l("请选一个村。"))])
    change = LongTextField(
        _l("我们村打算怎么做"),
        [DataRequired(_l("写一两句：照着做哪几样，哪里要改一改。")), _at_most(CHANGE_LENGTH)],
    )
    due = DateField(_l("到哪天看结果"), [DataRequired(_l("请选一个日期，到时候问您一声。"))])

    def __init__(self, *args: Any, choices: dict[int, Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speaker.choices = [(posting_id, choice.label) for posting_id, choice in choices.items()]

    def validate_due(self, field: DateField) -> None:
        """A day to come, and not one that nobody remembers."""
        if field.data <= today():
            raise ValidationError(_l("这一天已经过了，请选今天以后的日子。"))
        if field.data > today() + timedelta(days=LATEST_DAYS):
            raise ValidationError(_l("日期太远了，请选三年以内的。"))


class ResultForm(WritingForm):
    """试得怎么样."""

    result = RadioField(
        _l("试得怎么样"),
        [InputRequired(_l("请选一个：成了、部分成了，还是没成。"))],
        choices=list(RESULTS.items()),
        coerce=AdoptionResult,
        invalid_value_message=NOT_ON_THE_LIST,
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    why = LongTextField(
        _l("为什么"),
        [DataRequired(_l("写一两句为什么；没成的道理，别的村一样用得上。")), _at_most(RESULT_LENGTH)],
    )
    caution = LongTextField(_l("别的村要当心什么"), [_at_most(RESULT_LENGTH)])
    version = VersionField()


class WithdrawForm(WritingForm):
    """One button: not trying any more."""
