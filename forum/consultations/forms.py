"""What is typed about an action."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, Length

from forum.forms import LongTextField, WritingForm


class FinishForm(WritingForm):
    """One sentence on how it went."""

    note = LongTextField(
        _l("办得怎么样"),
        [
            DataRequired(_l("写一句话：怎么办的，办成什么样。")),
            Length(max=500, message=_l("太长了，请在 500 字以内。")),
        ],
        description=_l("写一句话就行，大家在帖子里看得到。"),
    )
