"""The button that makes the file."""

from forum.forms import WritingForm


class TakeoutForm(WritingForm):
    """There is nothing to choose: it is all of it."""
