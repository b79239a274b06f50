"""Choosing tags in a form."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget


class TagsField(SelectMultipleField):
    """Leaves of the taxonomy as check boxes, in their groups."""

    def __init__(self, **kwargs: Any) -> None:
        widgets = {"option_widget": CheckboxInput(), "widget": ListWidget(prefix_label=False)}
        super().__init__(_l("标签"), coerce=int, **widgets, **kwargs)

    def pre_validate(self, form: FlaskForm) -> None:
        """Refuse what is not, or no longer, a tag."""
        offered = {value for value, *_rest in self.iter_choices()}
        if not set(self.data or ()) <= offered:
            raise ValidationError(_l("有的标签已经停用了，请重新选一选。"))
