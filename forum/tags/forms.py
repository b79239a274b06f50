"""Choosing tags in a form."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forum.paging import LARGEST_ID
from forum.tags.queries import successors


class TagsField(SelectMultipleField):
    """Leaves of the taxonomy as check boxes, in their groups."""

    data: Any

    def __init__(self, **kwargs: Any) -> None:
        widgets = {"option_widget": CheckboxInput(), "widget": ListWidget(prefix_label=False)}
        super().__init__(_l("标签"), coerce=int, **widgets, **kwargs)

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what is not, or no longer, a tag. One that was merged since the page was opened stands for the one that stays."""
        offered = {value for value, *_rest in self.iter_choices()}
        if gone := set(self.data or ()) - offered:
            now = successors(ident for ident in gone if 0 < ident <= LARGEST_ID)
            self.data = list(dict.fromkeys(now.get(ident, ident) for ident in self.data or ()))
        if not set(self.data or ()) <= offered:
            raise ValidationError(_l("有的标签已经停用了，请重新选一选。"))
