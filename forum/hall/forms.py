"""What people type in the hall."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, Length

from forum.forms import LineField
from forum.hall.models import QUESTION_LENGTH
from forum.screening.forms import OnHold, ScreenedForm


class HallQuestionForm(ScreenedForm):
    on_hold = OnHold.REFUSED  # the meeting would be over before somebody has looked

    body = LineField(
        _l("提个问题"),
        [
            DataRequired(_l("先写一句想问什么。")),
            Length(max=QUESTION_LENGTH, message=_l("太长了，请在 %(max)d 字以内，细的当面说。")),
        ],
        description=_l("主持人看得到，会排着问。"),
    )
