"""What people type into threads."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, HiddenField, IntegerField, RadioField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.forms import NOT_ON_THE_LIST, LineField, LongTextField, VersionField, WritingForm, choice_field
from forum.markup import MAX_TYPED
from forum.media.forms import AttachmentForm
from forum.paging import LARGEST_ID, id_from
from forum.screening.forms import ScreenedForm
from forum.tags.forms import TagsField
from forum.threads.entering import Speaker
from forum.threads.mentions import MOST_CALLED, Named, TooManyCalled, Unclear, who_is_meant
from forum.threads.models import ASKED, TITLE_LENGTH, WHY_LENGTH, Post, Reach, Stance, ThreadKind
from forum.threads.policies import ThreadFacts
from forum.threads.prescriptions import compose, parts_of

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
TOO_LONG_A_HALF = _l("太长了，请在九千字以内；可以分成几条发。")
HALF = 9000  # of a post's text, with room for the words between
PRESCRIPTION = "prescription"


class NamedField(Field):
    """People pointed out where several have the name: every field that begins with this one's name and a dash holds an id."""

    data: list[int]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what was sent; what is no id is passed over."""
        self.process_errors = list[str]()
        names = [name for name in formdata or () if name.startswith(f"{self.name}-")]
        sent = [id_from(value) for name in names for value in formdata.getlist(name)]
        self.data = list(dict.fromkeys(ident for ident in sent if ident is not None))[:MOST_CALLED]


class NamingForm(ScreenedForm):
    """A form whose text names people by an @. After ``knows_people`` they are in ``people``; of whom is not clear the page asks."""

    named = NamedField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: list[Named] = []
        self.unclear: list[Unclear] = []

    @property
    def text(self) -> str:
        return str(self["body"].data)

    def knows_people(self, thread: ThreadFacts | None, before: Mapping[str, int] | None = None) -> bool:
        """Whether it is clear whom the text names of those who may read the thread; else says so at the field. After ``validate``."""
        try:
            self.people, self.unclear = who_is_meant(self.text, thread, chosen=self.named.data, before=before)
        except TooManyCalled:
            self._say_at_text("", _("一次最多提到 %(most)d 个人，请去掉几个。", most=MOST_CALLED))
            return self.first_result() is not None
        for one in self.unclear:
            count = len(one.readers)
            self._say_at_text(
                one.words, _("有 %(count)d 位“%(words)s”，请在下面点一位。", count=count, words=one.words)
            )
        return not self.unclear or self.first_result() is not None

    def _say_at_text(self, words: str, message: str) -> None:
        parts = [field for name in self.looked_at if name not in ("title", "why") and (field := self._fields.get(name))]
        part = next(
            (field for field in parts if words in str(field.data)), parts[0]
        )  # typed with signs that are not shown
        part.errors = [*part.errors, message]


class AskForm(NamingForm, AttachmentForm):
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


class ReplyForm(NamingForm, AttachmentForm):
    body = LongTextField(
        _l("我来答"),
        [DataRequired(_l("先写几句再发。")), Length(max=MAX_TYPED, message=TOO_LONG)],
        description=_l("想请谁来看看，打个 @，再写他的名字。"),
    )
    parent = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST_ID)])
    stance = RadioField(
        _l("您是想"),
        choices=[("", _l("接着说")), (Stance.SUPPLEMENT.value, _l("补充")), (Stance.OBJECTION.value, _l("不同意见"))],
        default="",
        invalid_choice_message=NOT_ON_THE_LIST,
    )

    @property
    def chosen_stance(self) -> Stance | None:
        return Stance(self.stance.data) if self.stance.data else None


class _TwoParts(Form):
    """诊断 and 开方, which together are the text of a post."""

    looked_at: ClassVar[tuple[str, ...]] = ("diagnosis", "remedy")

    diagnosis = LongTextField(
        _l("诊断"),
        [DataRequired(_l("先说说您看是怎么回事。")), Length(max=HALF, message=TOO_LONG_A_HALF)],
        description=_l("您看是怎么回事，毛病出在哪。"),
    )
    remedy = LongTextField(
        _l("开方"),
        [DataRequired(_l("再说说该怎么办。")), Length(max=HALF, message=TOO_LONG_A_HALF)],
        description=_l("分几步办，谁来办，花多少钱，要多久。"),
    )

    @property
    def text(self) -> str:
        return compose(str(self.diagnosis.data), str(self.remedy.data))

    @property
    def chosen_stance(self) -> None:
        """A prescription answers the question, not another reply."""


def _speaker_field() -> Field:
    return choice_field(_l("替谁写"), validators=[NumberRange(1, LARGEST_ID, _l("请选一位。"))], default=0)


def _offered(speakers: Sequence[Speaker]) -> list[tuple[int, Any]]:
    return [(0, _l("请选")), *((one.posting_id, one.label) for one in speakers)]


class AskForForm(AskForm):
    """A question for somebody who cannot type."""

    speaker = _speaker_field()

    def __init__(self, *args: Any, speakers: Sequence[Speaker], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.speaker.choices = _offered(speakers)


class AnswerForForm(NamingForm, AttachmentForm):
    """An answer for somebody who cannot type."""

    speaker = _speaker_field()
    body = LongTextField(_l("他说"), [DataRequired(_l("先写几句再发。")), Length(max=MAX_TYPED, message=TOO_LONG)])
    parent = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST_ID)])

    def offer(self, speakers: Sequence[Speaker]) -> None:
        """Those of whom he is one."""
        self.speaker.choices = _offered(speakers)


class PrescriptionForm(_TwoParts, NamingForm, AttachmentForm):
    """A reply in two parts; ``shape`` says in what was sent that it is one."""

    shape = HiddenField(default=PRESCRIPTION)
    parent = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST_ID)])


class _WhyForm(NamingForm):
    looked_at = (*ScreenedForm.looked_at, "why")

    why = LineField(
        _l("为什么改"),
        [Length(max=WHY_LENGTH, message=_l("请在 %(max)d 字以内。"))],
        description=_l("例如：数字写错了。不填也行。"),
    )


class EditForm(_WhyForm):
    title = LineField(_l("标题"), [Length(max=TITLE_LENGTH, message=_l("标题太长了，请在 %(max)d 字以内。"))])
    body = LongTextField(_l("内容"), [DataRequired(_l("内容不能空着。")), Length(max=MAX_TYPED, message=TOO_LONG)])
    version = VersionField()

    def show(self, post: Post) -> None:
        """Fill in what stands."""
        self.body.data, self.version.data = post.body, post.version
        self.title.data = post.thread.title if post.is_opening else ""


class PrescriptionEditForm(_TwoParts, _WhyForm):
    looked_at = (*_TwoParts.looked_at, "why")

    title = None
    version = VersionField()

    def show(self, post: Post) -> None:
        """Fill in what stands."""
        self.diagnosis.data, self.remedy.data = parts_of(post.body) or ("", "")
        self.version.data = post.version


def edit_form_of(post: Post) -> type[EditForm] | type[PrescriptionEditForm]:
    """What was written in two parts is corrected in two parts."""
    return PrescriptionEditForm if not post.is_opening and parts_of(post.body) else EditForm


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
