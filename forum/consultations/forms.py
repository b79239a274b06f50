"""What is typed to conclude a thread, about an action, and about what became of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, ValidationError
from wtforms.validators import DataRequired, Length

from forum.clock import today
from forum.consultations.choices import Doer
from forum.consultations.concluding import (
    OutcomePart,
    day_chosen,
    day_fields,
    outcome_fields,
    rows_sent,
    says_which_day,
)
from forum.consultations.models import NOTE_LENGTH, SENTENCE_LENGTH, FollowUpResult
from forum.forms import LongTextField, VersionField, WritingForm
from forum.media.forms import PictureForm


class FinishForm(PictureForm):
    """One sentence on how it went, or a picture."""

    note = LongTextField(
        _l("办得怎么样"),
        [Length(max=NOTE_LENGTH, message=_l("太长了，请在 500 字以内。"))],
        description=_l("写一句话就行，大家都看得到。"),
    )

    def validate_note(self, field: LongTextField) -> None:
        if not field.data and not self.pictures.data:
            raise ValidationError(_l("写一句话：怎么办的，办成什么样。"))


class UndoForm(WritingForm):
    """Why it is not done after all."""

    reason = LongTextField(
        _l("为什么不算办好"),
        [
            DataRequired(_l("写一句为什么，办的人会看到。")),
            Length(max=NOTE_LENGTH, message=_l("太长了，请在 500 字以内。")),
        ],
    )


class ConcludeForm(WritingForm):
    """An outcome for one thread; made by ``conclude_form``. ``version`` is the id of the outcome in force, 0 for none."""

    version = VersionField()
    part: OutcomePart

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: a statement, and no task half told."""
        is_valid = super().validate(extra_validators)
        if not self.part.statement.data and not self.part.statement.errors:
            self.part.statement.errors = [_("先写一句结论：打算怎么办。")]
            is_valid = False
        return self.part.is_whole() and is_valid


def conclude_form(thread_id: int, replies: Sequence[Any], doers: Sequence[Doer], most_tasks: int) -> ConcludeForm:
    """The form for a thread: ``replies`` it may rest on, ``doers`` who may be given one of so many tasks."""
    rows = rows_sent("", most_tasks)
    fields = outcome_fields("", rows, today(), doers)
    form: ConcludeForm = type("ConcludeForm", (ConcludeForm,), fields)(about=thread_id)
    form.part = OutcomePart(form, "", replies, doers, rows, most_tasks)
    return form


class LaterForm(PictureForm):
    """后来怎样了: made by ``later_form``. ``version`` is the id of the open follow-up, 0 for none."""

    result = HiddenField()
    sentence = LongTextField(
        _l("说一句后来怎样了"),
        [
            DataRequired(_l("写一句话：后来怎样了。")),
            Length(max=SENTENCE_LENGTH, message=_l("太长了，请在 500 字以内。")),
        ],
        description=_l("会发到帖子里，大家都看得到。"),
    )
    version = VersionField()

    @property
    def chosen(self) -> FollowUpResult | None:
        """What became of it, once that was chosen."""
        return FollowUpResult(self.result.data) if self.result.data in set(FollowUpResult) else None

    def validate_result(self, field: HiddenField) -> None:
        if self.chosen is None:
            raise ValidationError(_l("请选一个：解决了、好一些，还是没解决。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: the day to ask on again, where it only got better."""
        is_valid = super().validate(extra_validators)
        is_told = self.chosen is not FollowUpResult.BETTER or says_which_day(self["after"], self["after_day"])
        return is_valid and is_told

    @property
    def again(self) -> Any:
        """The day to ask on again, once the form is valid."""
        return day_chosen(self["after"], self["after_day"]) if self.chosen is FollowUpResult.BETTER else None


def later_form(thread_id: int) -> LaterForm:
    """The form about what became of a thread."""
    return type("LaterForm", (LaterForm,), day_fields())(about=thread_id)
