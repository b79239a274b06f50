"""What is typed and chosen when tags are kept in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.fields import SelectField
from wtforms.validators import DataRequired, Length

from forum.forms import LineField, WritingForm, choice_field
from forum.tags.models import ENGLISH_LENGTH, NAME_LENGTH

TOO_LONG = _l("这个名称太长了，请在 %(max)d 字以内。")


class WordForm(WritingForm):
    word = LineField(
        _l("还叫什么"), [DataRequired(_l("请写大伙儿平时怎么叫它。")), Length(max=NAME_LENGTH, message=TOO_LONG)]
    )


class RenameForm(WritingForm):
    name = LineField(_l("名称"), [DataRequired(_l("请写名称。")), Length(max=NAME_LENGTH, message=TOO_LONG)])
    name_en = LineField(_l("英文名"), [Length(max=ENGLISH_LENGTH, message=TOO_LONG)])


class MergeForm(WritingForm):
    into = choice_field(_l("并到哪一个标签"))

    def __init__(self, *args: Any, tags: Mapping[str, Sequence[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into.choices = {"": [(0, _l("请选一个"))], **tags}

    def validate_into(self, field: SelectField) -> None:
        """One must be chosen."""
        if not field.data:
            raise ValidationError(_l("请选并到哪一个标签。"))
