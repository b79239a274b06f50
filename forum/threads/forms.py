"""What people type into threads."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.forms import LineField, LongTextField, VersionField, WritingForm
from forum.markup import MAX_TYPED
from forum.media.forms import PictureForm
from forum.paging import LARGEST_ID
from forum.tags.forms import TagsField
from forum.threads.models import ASKED, TITLE_LENGTH, Reach, ThreadKind

KIND_LABELS = {
    ThreadKind.QUESTION: _l("提问题"),
    ThreadKind.TOPIC: _l("提议题"),
    ThreadKind.SHARE: _l("讲经验"),
    ThreadKind.NOTICE: _l("发通知"),
}
REACH_LABELS = {
    Reach.DISTRICT: _l("全区都能看"),
    Reach.TOWNSHIP: _l("只给本镇看"),
    Reach.PANEL: _l("只给请到的人看"),
}
TOO_LONG = _l("太长了，请在两万字以内；可以分成几条发。")


class AskForm(PictureForm):
    """One big text field; everything else has an answer already."""

    kind = RadioField(_l("想做什么"), coerce=ThreadKind, default=ThreadKind.QUESTION)
    body = LongTextField(
        _l("说说是什么事"),
        [DataRequired(_l("先写几句，说说是什么事。")), Length(max=MAX_TYPED, message=TOO_LONG)],
        description=_l("想到哪写到哪，第一行就是标题。"),
    )
    title = LineField(
        _l("标题"),
        [Length(max=TITLE_LENGTH, message=_l("标题太长了，请在 %(max)d 字以内。"))],
        description=_l("不填就用第一行。"),
    )
    tags = TagsField()
    reach = RadioField(_l("谁能看"), coerce=Reach, default=Reach.DISTRICT)

    def __init__(self, *args: Any, kinds: tuple[ThreadKind, ...], tags: Any, may_narrow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind.value, KIND_LABELS[kind]) for kind in kinds]
        self.tags.choices = tags
        reaches = list(Reach) if may_narrow else [Reach.DISTRICT]
        self.reach.choices = [(reach.value, REACH_LABELS[reach]) for reach in reaches]

    def validate_reach(self, field: RadioField) -> None:
        """People are called to help with what was asked; a notice or a story for nobody says nothing."""
        if field.data is Reach.PANEL and self.kind.data not in ASKED:
            raise ValidationError(_l("只有提问题、提议题才能只给请到的人看。"))


class ReplyForm(PictureForm):
    body = LongTextField(_l("我来答"), [DataRequired(_l("先写几句再发。")), Length(max=MAX_TYPED, message=TOO_LONG)])
    parent = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST_ID)])


class EditForm(WritingForm):
    title = LineField(_l("标题"), [Length(max=TITLE_LENGTH, message=_l("标题太长了，请在 %(max)d 字以内。"))])
    body = LongTextField(_l("内容"), [DataRequired(_l("内容不能空着。")), Length(max=MAX_TYPED, message=TOO_LONG)])
    version = VersionField()


class HideForm(WritingForm):
    reason = LineField(
        _l("为什么隐藏"),
        [DataRequired(_l("请写明原因，作者会看到。")), Length(max=200, message=_l("请在 200 字以内。"))],
        description=_l("作者会看到这个原因。"),
    )


class SwitchForm(WritingForm):
    """A one-button form: on or off. Setting what is set already changes nothing, so it needs no token of its own."""

    once_token = None
    on = HiddenField()

    def refresh_token(self) -> None:
        """There is none."""

    @property
    def is_on(self) -> bool:
        return self.on.data == "1"
