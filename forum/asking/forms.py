"""What people send when they found their problem."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from forum.forms import WritingForm


class FoundForm(WritingForm):
    """就是这个, of a thread."""

    follow = BooleanField(_l("有新回复告诉我"), default=True)


class FoundCardForm(WritingForm):
    """就是这个, of a card: only the button."""
