"""What an organiser says about a robot."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm, on_one_line
from forum.notices.robots.labels import HEARS_LABELS, KIND_LABELS
from forum.notices.robots.models import Hears, RobotKind
from forum.notices.robots.webhooks import read_address


def _hears_field() -> SelectMultipleField:
    return SelectMultipleField(
        _l("哪些事告诉群里"),
        choices=[(what.value, label) for what, label in HEARS_LABELS.items()],
        invalid_choice_message=NOT_ON_THE_LIST,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class HearsForm(WritingForm):
    """What the group is told of."""

    hears = _hears_field()

    def chosen(self) -> set[Hears]:
        """What was ticked."""
        return {Hears(value) for value in self.hears.data or []}


class RobotForm(HearsForm):
    """A robot as the chat shows it. Address and secret are never sent back: when something is wrong they are pasted once more."""

    kind = RadioField(
        _l("哪里的群"),
        [DataRequired(_l("请选是哪里的群。"))],
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items()],
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    name = LineField(
        _l("群的名字"),
        [DataRequired(_l("请填群的名字。")), Length(max=40, message=_l("群的名字太长，请在 40 字以内。"))],
    )
    address = PasswordField(
        _l("机器人的 Webhook 地址"), [DataRequired(_l("请贴上机器人的地址。"))], filters=(on_one_line,)
    )
    secret = PasswordField(
        _l("钉钉的加签密钥"),
        filters=(on_one_line,),
        description=_l("钉钉机器人请在“安全设置”里选“加签”，把 SEC 开头的密钥贴过来。企业微信没有，不用填。"),
    )

    key = ""

    def validate_address(self, field: PasswordField) -> None:
        """Only an address of the robot's own host."""
        try:
            self.key = read_address(RobotKind(self.kind.data), field.data or "")
        except ValueError:
            raise ValidationError(
                _l("这不是机器人的地址。请在群里打开机器人，把它的 Webhook 地址整个复制过来。")
            ) from None

    def validate_secret(self, field: PasswordField) -> None:
        """DingTalk signs; WeCom has nothing to sign with."""
        text = field.data or ""
        if self.kind.data != RobotKind.DINGTALK:
            field.data = ""
        elif not (text.startswith("SEC") and text.isascii() and text.isalnum() and 20 <= len(text) <= 100):
            raise ValidationError(_l("钉钉的密钥以 SEC 开头，请整个复制过来。"))
