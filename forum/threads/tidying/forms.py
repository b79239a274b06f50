"""What is chosen when a thread is put where it belongs."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length

from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm
from forum.threads.models import TITLE_LENGTH, ThreadKind


class MoveForm(WritingForm):
    kind = RadioField(_l("它是什么"), coerce=ThreadKind, invalid_choice_message=NOT_ON_THE_LIST)
    township = SelectField(
        _l("归哪个镇"), coerce=int, invalid_value_message=NOT_ON_THE_LIST, invalid_choice_message=NOT_ON_THE_LIST
    )

    def __init__(
        self, *args: Any, kinds: list[tuple[str, str]], townships: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices, self.township.choices = kinds, townships


class MergeForm(WritingForm):
    into = RadioField(
        _l("并到哪一个"),
        [InputRequired(_l("请选并到哪一个帖子。"))],
        coerce=int,
        invalid_choice_message=NOT_ON_THE_LIST,
        validate_choice=False,  # found by words that the next page may not have
    )


class SplitForm(WritingForm):
    title = LineField(
        _l("新帖子的标题"),
        [
            DataRequired(_l("请写一个标题。")),
            Length(max=TITLE_LENGTH, message=_l("标题太长了，请在 %(max)d 字以内。")),
        ],
    )
