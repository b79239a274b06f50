"""What is typed when a card is put on the shelf."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import Length

from forum.forms import LineField, WritingForm
from forum.library.shelves.models import NOTE_LENGTH


class ShelveForm(WritingForm):
    """A word on why a new secretary should read it first."""

    note = LineField(
        _l("为什么新任书记该先看这一条"), [Length(max=NOTE_LENGTH, message=_l("太长了，请在 %(max)d 字以内。"))]
    )
