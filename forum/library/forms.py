"""What people type into a card."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, Length

from forum.forms import LineField, LongTextField, VersionField, WritingForm, choice_field
from forum.library.actions import PARTS
from forum.library.models import REASON_LENGTH
from forum.screening.forms import OnHold, ScreenedForm
from forum.tags.forms import TagsField
from forum.threads.models import TITLE_LENGTH

PART_LENGTH = 5000
_NOT_LONG = Length(max=REASON_LENGTH, message=_l("请在 200 字以内。"))
_TOO_LONG = _l("太长了，请在五千字以内；卡片越短越有人看。")


class CardForm(ScreenedForm):
    """The six questions of a card."""

    looked_at = ("title", *PARTS)
    on_hold = OnHold.REFUSED

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


class ReasonForm(WritingForm):
    """A step that needs a reason. A card's page has several of them, so each field has an id of its own."""

    reason = LineField(_l("原因"), [DataRequired(_l("请写明原因，作者好改。")), _NOT_LONG])


class ReturnForm(ReasonForm):
    reason = LineField(_l("退回的原因"), [DataRequired(_l("请写明原因，作者好改。")), _NOT_LONG], id="return-reason")


class RetireForm(ReasonForm):
    reason = LineField(
        _l("为什么停用"),
        [DataRequired(_l("请写明哪里不对，用过的村要知道。")), _NOT_LONG],
        description=_l("卡片还搜得到，上面写着这个原因。"),
        id="retire-reason",
    )


class ConfirmForm(ReasonForm):
    """For an organiser who says it for a village."""

    reason = LineField(
        _l("代村里确认，怎么核实的"),
        [DataRequired(_l("请写是怎么核实的，例如：打电话问过柳书记。")), _NOT_LONG],
        id="confirm-reason",
    )


class StepForm(WritingForm):
    """One button: nominate, publish, agree."""


class CompleterForm(WritingForm):
    person = choice_field(_l("请谁来补充"))

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = people


class SourceForm(WritingForm):
    """One more thread for one of one's own cards."""

    card = choice_field(_l("加到哪张卡片"))

    def __init__(self, *args: Any, cards: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.card.choices = cards
