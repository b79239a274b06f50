"""What a member types of a trip, and what became of it at home."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, ValidationError
from wtforms.validators import DataRequired, NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.clock import today
from forum.forms import LineField, LongTextField, VersionField, WritingForm
from forum.learning.trips.forms import DAY_NOT_READ, FARTHEST, at_most, rows_sent
from forum.learning.trips.models import REASON_LENGTH, WORDS_LENGTH, TripNote, TripUse, UseResult
from forum.learning.trips.noting import Answer, Line
from forum.media.forms import PictureForm
from forum.paging import LARGEST_ID

LONGEST_SAW = 8000
MOST_LINES = 8
USUAL = timedelta(days=60)


class NoteLine:
    """The fields of one thing that fits the member's village."""

    def __init__(self, form: "NoteForm", number: int) -> None:
        parts = [form[f"{name}_{number}"] for name in ("what", "plan", "who", "due", "use")]
        self.what, self.plan, self.who, self.due, self.use = parts

    @property
    def is_begun(self) -> bool:
        return bool(self.what.data or self.plan.data or self.who.data)

    def is_whole(self, kept: TripUse | None) -> bool:
        """Whether nothing is missing in it; else says what is. A day that stood before may have come meanwhile."""
        if not self.is_begun:
            return True
        if not self.what.data:
            self.what.errors = [_("写一句：哪条用得上。")]
        if not self.plan.data:
            self.plan.errors = [_("写一句：打算怎么用。")]
        if self.due.data is None:
            self.due.errors = self.due.errors or [_("请选哪天用上，到时候问您一声。")]
        elif not (kept is not None and kept.due == self.due.data) and not (
            today() < self.due.data <= today() + FARTHEST
        ):
            self.due.errors = [_("请选明天以后、两年以内的一天。")]
        return not any(field.errors for field in (self.what, self.plan, self.who, self.due))

    def line(self) -> Line:
        return Line(
            what=str(self.what.data),
            plan=str(self.plan.data),
            who=str(self.who.data or ""),
            due=self.due.data,
            use_id=self.use.data,
        )


class NoteForm(PictureForm):
    """The three questions; made with its rows by ``note_form``."""

    saw = LongTextField(
        _l("看到什么"),
        [DataRequired(_l("先写几句看到了什么。")), at_most(LONGEST_SAW)],
        description=_l("人家怎么干的，哪里跟我们不一样。"),
    )
    version = VersionField(default=0)

    def __init__(self, *args: Any, lines: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [NoteLine(self, n) for n in range(lines)]
        self.may_grow = lines < MOST_LINES
        self.standing: dict[int, TripUse] = {}

    def show(self, note: TripNote, waiting: Sequence[TripUse], pictures: Sequence[Any]) -> None:
        """Fill in what stands."""
        self.saw.data, self.version.data = note.saw, note.post.version
        self.pictures.data = [picture.id for picture in pictures]
        for row, use in zip(self.lines, waiting, strict=False):
            row.what.data, row.plan.data, row.who.data = use.what, use.plan, use.who
            row.due.data, row.use.data = use.due, use.id

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: no line half told."""
        is_valid = super().validate(extra_validators)
        wholes = [line.is_whole(self.standing.get(line.use.data or 0)) for line in self.lines]
        return is_valid and (all(wholes) or self.first_result() is not None)

    def told(self) -> list[Line]:
        """The lines that were typed, once the form is valid."""
        return [line.line() for line in self.lines if line.is_begun]


def note_form(about: object, *, waiting: int = 0) -> NoteForm:
    """The form with rows for the lines that stand and one more, or for as many as were sent."""
    number = rows_sent("what", max(1, min(waiting, MOST_LINES)), MOST_LINES)
    fields: dict[str, Any] = {}
    for n in range(number):
        fields |= {
            f"what_{n}": LineField(_l("哪条我们村用得上"), [at_most(REASON_LENGTH)]),
            f"plan_{n}": LongTextField(_l("打算怎么用"), [at_most(WORDS_LENGTH)]),
            f"who_{n}": LineField(_l("谁来办"), [at_most(60)]),
            f"due_{n}": DateField(_l("哪天用上"), [Optional()], invalid_value_message=DAY_NOT_READ),
            f"use_{n}": IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(1, LARGEST_ID)]),
        }
    made: type[NoteForm] = type("NoteForm", (NoteForm,), {**fields, "__module__": __name__})
    return made(about=about, lines=number)


class AnswerForm(WritingForm):
    """用上了吗: ``version`` is how often it was answered before."""

    result = HiddenField()
    words = LongTextField(_l("说两句"), [at_most(WORDS_LENGTH)])
    again = DateField(_l("哪天再问您"), [Optional()], invalid_value_message=DAY_NOT_READ)
    version = VersionField()

    @property
    def chosen(self) -> UseResult | None:
        """What became of it, once that was chosen."""
        return UseResult(self.result.data) if self.result.data in set(UseResult) else None

    def validate_result(self, field: HiddenField) -> None:
        if self.chosen is None:
            raise ValidationError(_l("请选一个：用上了、正在办，还是不合适。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: what does not fit says why, what is being done names another day."""
        is_valid = super().validate(extra_validators)
        if self.first_result() is not None:
            return True
        if self.chosen is UseResult.UNFIT and not self.words.data:
            self.words.errors = [_("写一句为什么不合适，别的村好少走弯路。")]
        if self.chosen is UseResult.DOING and not self.again.errors:
            if self.again.data is None:
                self.again.errors = [_("请选哪天再问您。")]
            elif not today() < self.again.data <= today() + FARTHEST:
                self.again.errors = [_("请选明天以后、两年以内的一天。")]
        return is_valid and not self.words.errors and not (self.chosen is UseResult.DOING and self.again.errors)

    def answer(self) -> Answer:
        """What was said, once the form is valid."""
        assert self.chosen is not None
        again = self.again.data if self.chosen is UseResult.DOING else None
        return Answer(self.chosen, str(self.words.data or ""), again)
