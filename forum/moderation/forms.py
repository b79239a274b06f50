"""What is typed when pointing something out."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, ValidationError
from wtforms.validators import AnyOf, DataRequired, Length

from forum.forms import LineField, LongTextField, WritingForm
from forum.moderation.models import (
    ANSWER_LENGTH,
    PAGE_LENGTH,
    REASON_LENGTH,
    SUGGESTION_LENGTH,
    ReportKind,
    Verdict,
)
from forum.screening.forms import OnHold, ScreenedForm

KIND_LABELS = {
    ReportKind.ADVERT: _l("广告、骗人的"),
    ReportKind.INSULT: _l("骂人、伤人的话"),
    ReportKind.PRIVACY: _l("说了别人的隐私"),
    ReportKind.FALSE: _l("说的不是实情"),
    ReportKind.UNRELATED: _l("跟村里的工作没关系"),
    ReportKind.OTHER: _l("别的原因"),
}

# A path of this site. Browsers take //host and /\host for other sites, and skip blanks within.
_OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")


def own_path(value: str | None) -> str:
    """The value if it is a path of this site that fits its column, else nothing."""
    return value if value and len(value) <= PAGE_LENGTH and _OWN_PATH.fullmatch(value) else ""


class ReportForm(WritingForm):
    """What is wrong with a post: one of a few plain reasons, and words if one likes."""

    kind = RadioField(
        _l("哪里不合适"),
        [AnyOf(tuple(ReportKind), _l("请选一个原因。"))],
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items()],
        validate_choice=False,  # the field's own message for a foreign choice cannot be translated
    )
    reason = LongTextField(_l("再说两句"), [Length(max=REASON_LENGTH, message=_l("太长了，请在 %(max)d 字以内。"))])

    def validate_reason(self, field: LongTextField) -> None:
        """Another reason must be said in words."""
        if self.kind.data == ReportKind.OTHER and not field.data:
            raise ValidationError(_l("选了“别的原因”，请写一写是什么原因。"))


VERDICT_LABELS = {
    Verdict.HIDDEN: _l("隐藏它"),
    Verdict.ASKED: _l("请写的人改一改"),
    Verdict.LEFT: _l("没有不妥，留着"),
}


class AnswerForm(WritingForm):
    """What becomes of a post that was pointed out."""

    verdict = RadioField(
        _l("怎么办"),
        [AnyOf(tuple(Verdict), _l("请选怎么办。"))],
        choices=[(verdict.value, label) for verdict, label in VERDICT_LABELS.items()],
        validate_choice=False,
    )
    words = LineField(
        _l("对写的人说"),
        [Length(max=ANSWER_LENGTH, message=_l("请在 %(max)d 字以内。"))],
        description=_l("隐藏的原因，或者请他改哪里。写的人会看到；谁举报的他不会知道。"),
    )
    answer = LineField(
        _l("对举报的人说"),
        [Length(max=ANSWER_LENGTH, message=_l("请在 %(max)d 字以内。"))],
        description=_l("结果会告诉他，想多说一句写在这里。"),
    )

    def validate_words(self, field: LineField) -> None:
        """Nobody is hidden, or asked, without a word of why."""
        if self.verdict.data == Verdict.HIDDEN and not field.data:
            raise ValidationError(_l("请写明为什么隐藏，写的人会看到。"))
        if self.verdict.data == Verdict.ASKED and not field.data:
            raise ValidationError(_l("请写明请他改哪里。"))


class SuggestionForm(ScreenedForm):
    """What should be better; the page on which it was thought of goes along."""

    on_hold = OnHold.PASSES

    page = HiddenField(filters=(own_path,))
    body = LongTextField(
        _l("您的意见"),
        [
            DataRequired(_l("先写几句，再交给我们。")),
            Length(max=SUGGESTION_LENGTH, message=_l("太长了，请在 %(max)d 字以内。")),
        ],
        description=_l("哪里不好用、哪里看不懂、还想要什么，都可以写。"),
    )
