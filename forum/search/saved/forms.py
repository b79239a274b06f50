"""What is sent to keep a search and to let one go."""

from wtforms import HiddenField

from forum.forms import WritingForm


class SaveForm(WritingForm):
    """Keep the search of an address."""

    text = HiddenField()
    arguments = HiddenField()


class DropForm(WritingForm):
    """Let a search go: only the button."""
