"""What a person says about how he wants to be told."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, ValidationError
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm
from forum.notices.kinds import Topic
from forum.notices.labels import MAIL_LABELS, TOPIC_LABELS
from forum.notices.mail.models import LONGEST_ADDRESS
from forum.notices.models import MailWhen
from forum.notices.wishes import ALWAYS_TOLD, Wish

BAD_ADDRESS = _l("这不像一个邮箱地址，请核对，比如 name@example.com。")


class WishesForm(WritingForm):
    """How one wants to be told of each topic; of mail only who has an address is asked."""

    topics = SelectMultipleField(
        _l("这些事，在“消息”里告诉我"),
        choices=[(topic.value, label) for topic, label in TOPIC_LABELS.items() if topic not in ALWAYS_TOLD],
        invalid_choice_message=NOT_ON_THE_LIST,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )

    def __init__(self, wishes: Mapping[Topic, Wish], *args: Any, has_mail: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_mail = has_mail
        if not has_mail:
            for field in self.mail_fields().values():
                del self[field.name]
        if not self.is_submitted():
            self.topics.data = [topic.value for topic, wish in wishes.items() if wish.in_inbox]
            for topic, field in self.mail_fields().items():
                field.data = wishes[topic].mail.value

    def mail_fields(self) -> dict[Topic, SelectField]:
        """The choice of each topic, as far as there are any."""
        return {topic: self[f"mail_{topic}"] for topic in Topic if f"mail_{topic}" in self}

    def wishes(self, before: Mapping[Topic, Wish]) -> dict[Topic, Wish]:
        """What was chosen; what was not asked stays as before."""
        ticked, mail = self.topics.data or [], self.mail_fields()
        return {
            topic: Wish(
                topic in ALWAYS_TOLD or topic.value in ticked,
                MailWhen(mail[topic].data) if topic in mail else before[topic].mail,
            )
            for topic in Topic
        }


for _topic, _label in TOPIC_LABELS.items():
    setattr(
        WishesForm,
        f"mail_{_topic}",
        SelectField(
            _label,
            choices=[(when.value, label) for when, label in MAIL_LABELS.items()],
            invalid_choice_message=NOT_ON_THE_LIST,
        ),
    )


class MailForm(WritingForm):
    """The address for one's letters."""

    address = LineField(
        _l("邮箱地址"),
        [DataRequired(_l("请填邮箱地址。")), Length(max=LONGEST_ADDRESS, message=BAD_ADDRESS)],
        description=_l("会先给它发一封信，点了信里的链接才算数。"),
    )

    def validate_address(self, field: LineField) -> None:
        """One plain address and nothing else: what is in it goes into the head of a letter."""
        if not re.fullmatch(r"[A-Za-z0-9._%+'-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", field.data or ""):
            raise ValidationError(BAD_ADDRESS)
