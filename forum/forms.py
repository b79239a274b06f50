"""The base of every form that writes: CSRF, a one-time token, and messages a farmer understands."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from forum.language import is_english
from forum.markup import MAX_TYPED
from forum.once import Done, digest_of, first_result, is_genuine, issue_token, once
from forum.paging import LARGEST_ID
from forum.text import clean, shows_nothing

NOT_ON_THE_LIST = _l("名单里没有这一项，请重新选。")
_NOT_CONTENT = {"csrf_token", "once", "carried", "submit"}


class WritingForm(FlaskForm):
    """A form whose sending does something.

    ``about`` names what it is about (a thread's id, say), so that a token cannot be carried to another object's form.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            """The field library's own words; its extension would read their catalogue from the disk for every page."""
            return _words_of_fields(is_english())

    once_token = HiddenField(name="once")

    def __init__(self, *args: Any, about: object = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = self.purpose_of(about)
        if not self.is_submitted():
            self.refresh_token()

    @classmethod
    def purpose_of(cls, about: object) -> str:
        """What tokens of this form about something are issued for."""
        return f"{cls.__module__}.{cls.__name__}:{about}"

    def refresh_token(self) -> None:
        """Give the form a fresh token, as a new form has."""
        self.once_token.data = issue_token(current_user.id, self.purpose)

    def validate_once_token(self, field: HiddenField) -> None:
        """Refuse a missing or foreign token and put a fresh one in its place: sending again will work."""
        if not is_genuine(field.data or "", current_user.id, self.purpose):
            self.refresh_token()
            raise ValidationError(_l("这个页面放得太久了，您写的都还在，请再点一次发送。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also valid is what was taken before: the deed itself may since have made it impossible (a village tries a card once)."""
        return super().validate(extra_validators) or self.first_result() is not None

    def first_result(self) -> Done | None:
        """What came of this form when the very same was sent before, for views whose object the deed has taken away."""
        token = str(self.once_token.data or "") if self.once_token is not None else ""
        if not self.is_submitted() or not is_genuine(token, current_user.id, self.purpose):
            return None
        return first_result(token, current_user.id, self.digest())

    def digest(self) -> str:
        """A digest of everything the browser sent but the tokens."""
        return digest_of([(k, v) for k, values in request.form.lists() if k not in _NOT_CONTENT for v in values])

    def once(self) -> AbstractContextManager[Done]:
        """Spend the form's token: ``with form.once() as done: if not done: done.record(url_of(act(...)))``."""
        return once(str(self.once_token.data), current_user.id, self.purpose, self.digest())


@cache
def _words_of_fields(english: bool) -> Any:
    return get_translations(["en" if english else "zh"])


def on_one_line(value: str | None) -> str | None:
    """A filter for lines: through the one door, without blanks at the ends, its line ends made blanks."""
    return _seen(clean(value).replace("\n", " ").strip()) if isinstance(value, str) else value


def tidied(value: str | None) -> str | None:
    """A filter for long texts: leading full-width blanks of the first line are kept, the rest of the edge is not."""
    return _seen(clean(value).strip("\n \t")) if isinstance(value, str) else value


def _seen(text: str) -> str:
    # A name of joiners alone is no name: the field counts as empty and says so.
    return "" if shows_nothing(text) else text


def sent_text(name: str) -> str:
    """A long text that was just sent, as its field will have it, for what must be done before anything is loaded; cut where no form takes it."""
    return str(tidied(request.form.get(name, "")))[:MAX_TYPED]


def between(least: Any, most: Any, message: Any) -> Callable[[Form, Field], None]:
    """A validator for values that could be read: what could not has its own message already."""

    def check(form: Form, field: Field) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise ValidationError(message)

    return check


def choice_field(label: Any, **kwargs: Any) -> SelectField:
    """One of a list of ids; 0 stands for none."""
    return SelectField(
        label, coerce=int, invalid_value_message=NOT_ON_THE_LIST, invalid_choice_message=NOT_ON_THE_LIST, **kwargs
    )


def tick_field(label: Any, validators: Any = None, **kwargs: Any) -> SelectMultipleField:
    """Any number of ids, to be ticked."""
    return SelectMultipleField(
        label,
        validators,
        coerce=int,
        invalid_value_message=NOT_ON_THE_LIST,
        invalid_choice_message=NOT_ON_THE_LIST,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        **kwargs,
    )


class LineField(StringField):
    """One line of text."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=(on_one_line, *kwargs.pop("filters", ())), **kwargs)


class LongTextField(TextAreaField):
    """A text of many lines."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=(tidied, *kwargs.pop("filters", ())), **kwargs)


class VersionField(IntegerField):
    """The version that stood on the page when it was opened, sent along unseen.

    It shows its data, not what was sent: once a conflict was shown, sending again replaces what is there now.
    """

    widget = HiddenInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        message = _l("这个页面放得太久了，您写的都还在，请再点一次发送。")
        given = (InputRequired(message), NumberRange(0, LARGEST_ID, message))
        super().__init__(label, validators or given, invalid_value_message=message, **kwargs)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)
