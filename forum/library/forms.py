"""What people type into a card."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, Length

from forum.forms import LineField, LongTextField, VersionField, WritingForm
from forum.library.actions import PARTS
from forum.tags.forms import TagsField
from forum.threads.models import TITLE_LENGTH

PART_LENGTH = 5000
_TOO_LONG = _l("太长了，请在五千字以内；卡片越短越有人看。")


class CardForm(WritingForm):
    """The six questions of a card."""

    title = LineField(
        _l("一句话说清楚这条经验"),
        [
            DataRequired(_l("请写一句话的标题。")),
            Length(max=TITLE_LENGTH, message=_l("标题太长了，请在 %(max)d 字以内。")),
        ],
    )
    unit = SelectField(_l("哪个村的经验"), coerce=int)
    problem = LongTextField(
        _l("遇到的问题"), [DataRequired(_l("请写当时遇到了什么问题。")), Length(max=PART_LENGTH, message=_TOO_LONG)]
    )
    practice = LongTextField(
        _l("怎么做的"),
        [DataRequired(_l("请写是怎么做的，别的村好照着做。")), Length(max=PART_LENGTH, message=_TOO_LONG)],
    )
    result = LongTextField(_l("成效"), [Length(max=PART_LENGTH, message=_TOO_LONG)])
    suitable = LongTextField(_l("什么样的村合适"), [Length(max=PART_LENGTH, message=_TOO_LONG)])
    caution = LongTextField(_l("要当心"), [Length(max=PART_LENGTH, message=_TOO_LONG)])
    cost = LongTextField(_l("花了多少"), [Length(max=PART_LENGTH, message=_TOO_LONG)])
    tags = TagsField()
    version = VersionField(default=0)

    def __init__(self, *args: Any, units: list[tuple[int, str]], tags: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit.choices = units
        self.tags.choices = tags

    @property
    def parts(self) -> dict[str, str]:
        """The six texts by column."""
        return {name: getattr(self, name).data or "" for name in PARTS}


class ReturnForm(WritingForm):
    reason = LineField(
        _l("退回的原因"),
        [DataRequired(_l("请写明原因，作者好改。")), Length(max=200, message=_l("请在 200 字以内。"))],
    )


class StepForm(WritingForm):
    """One button: nominate, publish, agree."""
