"""What note-takers type: the text of a part, what is marked in it, and how the minutes are issued."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional
from wtforms.widgets import TextArea

from forum.clock import today
from forum.consultations.choices import Doer
from forum.consultations.concluding import DAY_NOT_READ, FARTHEST
from forum.consultations.models import WHAT_LENGTH
from forum.forms import NOT_ON_THE_LIST, LineField, LongTextField, VersionField, WritingForm, between, tick_field
from forum.markup import MAX_TYPED
from forum.meetings.minutes.actions import Marked
from forum.meetings.minutes.models import MARK_LENGTH, REASON_LENGTH, MarkKind, MinutesMark, MinutesPart

LONGEST_ITEM = 10_000
KINDS = [kind.value for kind in MarkKind]


class PartForm(WritingForm):
    """What was said under one line of the agenda. Made by ``part_form``."""

    version = VersionField()
    hand = HiddenField(validators=[Length(max=24)])
    selected = HiddenField()  # the words that were selected when one of the marking buttons was pressed
    body: LongTextField
    reason: LineField | None = None

    def show(self, part: MinutesPart | None) -> None:
        """Fill in what stands."""
        self.body.data, self.version.data = (part.body, part.version) if part else (None, 0)
        self.hand.data = secrets.token_urlsafe(12)


def _fits(item_id: int) -> Length:
    """An item takes ten thousand characters, and what belongs to none twice as many: former minutes are there as one text."""
    if item_id:
        return Length(max=LONGEST_ITEM, message=_l("太长了，一项请在一万字以内。"))
    return Length(max=MAX_TYPED, message=_l("太长了，请在两万字以内。"))


def part_form(meeting_id: int, item_id: int, *, is_published: bool, is_issued: bool) -> PartForm:
    """The form for a line of the agenda (0: for what belongs to none); with a reason for minutes that others read already."""
    fields: dict[str, Any] = {"body": LongTextField(_l("记录"), [_fits(item_id)])}
    if is_published:
        needed = [DataRequired(_l("纪要已经印发，请写明改了什么、为什么改。"))] if is_issued else []
        length = Length(max=REASON_LENGTH, message=_l("请在 300 字以内。"))
        fields["reason"] = LineField(_l("改了什么，为什么"), [*needed, length])
    form: PartForm = type("PartForm", (PartForm,), fields)(about=f"{meeting_id}-{item_id}")
    return form


class KeptPart(PartForm):
    """A part as it is saved while it is typed: nothing is done but keeping it, so it may come twice."""

    once_token = None
    body = LongTextField()

    def __init__(self, item_id: int) -> None:
        super().__init__()
        self.body.validators = [_fits(item_id)]

    def refresh_token(self) -> None:
        """There is none."""


class SentencesForm(WritingForm):
    """The sentences to be marked, and as what."""

    sentences = tick_field(_l("哪几句"), [DataRequired(_l("请先点上要标的句子。"))])
    kind = StringField(validators=[AnyOf(KINDS, _l("请点“标成结论”或者“标成落实事项”。"))])
    version = VersionField()

    def __init__(self, *args: Any, sentences: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sentences.choices = list(enumerate(sentences))

    @property
    def chosen(self) -> list[str]:
        """The sentences that were ticked."""
        words = dict(self.sentences.choices)
        return [words[number] for number in self.sentences.data or ()]


class MarkForm(WritingForm):
    """A conclusion, or with ``unit`` and ``due`` an action. Made by ``mark_form``."""

    text: LongTextField
    unit: SelectField | None = None
    due: DateField | None = None
    doers: dict[str, Doer]

    def show(self, mark: MinutesMark) -> None:
        """Fill in what stands."""
        self.text.data = mark.text
        if self.unit is not None and self.due is not None:
            self.unit.data = f"p{mark.person_id}" if mark.person_id else f"{mark.unit_id or ''}"
            self.due.data = mark.due

    def marked(self) -> Marked:
        """What was typed, once it is valid."""
        if self.unit is None or self.due is None:
            return Marked(self.text.data)
        doer = self.doers.get(self.unit.data)
        if doer is None:
            return Marked(self.text.data, due=self.due.data)
        return Marked(self.text.data, doer.unit_id, doer.person_id, self.due.data)


def mark_form(mark: MinutesMark, first_day: Any, doers: Sequence[Doer]) -> MarkForm:
    """The form for a mark: an action also says who (one of the ``doers``) and by when, not before ``first_day``."""
    if mark.kind is MarkKind.CONCLUSION:
        length = Length(max=MARK_LENGTH, message=_l("太长了，请在 2000 字以内。"))
        fields: dict[str, Any] = {"text": LongTextField(_l("结论"), [DataRequired(_l("先写一句结论。")), length])}
    else:
        length = Length(max=WHAT_LENGTH, message=_l("太长了，请在 300 字以内。"))
        last = today() + FARTHEST
        fields = {
            "text": LineField(_l("要办的事"), [DataRequired(_l("请写要办什么。")), length], widget=TextArea()),
            "unit": SelectField(
                _l("谁来办"),
                default="",
                choices=[("", _l("还没定")), *((d.value, d.label) for d in doers)],
                invalid_choice_message=NOT_ON_THE_LIST,
            ),
            "due": DateField(
                _l("什么时候办完"),
                [Optional(), between(first_day, last, _l("期限要在商量这件事之后、两年以内。"))],
                invalid_value_message=DAY_NOT_READ,
            ),
        }
    form: MarkForm = type("MarkForm", (MarkForm,), fields)(about=mark.id)
    form.doers = {d.value: d for d in doers}
    return form


class IssueForm(WritingForm):
    """印发: the day. The number has its own form."""

    on = DateField(
        _l("哪天印发"),
        [InputRequired(_l("请选日期。"))],
        invalid_value_message=DAY_NOT_READ,
    )

    def validate_on(self, field: DateField) -> None:
        """Refuse days to come, and those of another year."""
        between(today() - timedelta(days=365), today(), _l("请选今天或者一年以内的一天。"))(self, field)
