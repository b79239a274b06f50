"""Forms whose texts are looked at before they are sent, and the forms of those who say what is looked for."""

import hashlib
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import Field, RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired, Length

from forum.access import me
from forum.forms import NOT_ON_THE_LIST, LineField, WritingForm
from forum.once import digest_of
from forum.screening.matching import Match, key_of, masked
from forum.screening.models import MOST_FIRST, WHY_LENGTH, WORD_LENGTH, Degree
from forum.screening.personal import PersonalKind, find_personal, mask_personal
from forum.screening.queries import Listed, words_for

PERSONAL_LABELS = {
    PersonalKind.IDENTITY: _l("身份证号"),
    PersonalKind.BANK_CARD: _l("银行卡号"),
    PersonalKind.MOBILE: _l("手机号"),
    PersonalKind.BIRTH: _l("出生日期"),
}
DEGREE_LABELS = {
    Degree.MASK: _l("打上星号再发"),
    Degree.HOLD: _l("先等人看一眼"),
    Degree.REFUSE: _l("不能发"),
}
MOST_WORDS = 20_000
LARGEST_LIST = 400_000


class OnHold(Enum):
    """What becomes of a text with a word for which it would have to wait."""

    WAITS = auto()
    REFUSED = auto()  # where nobody could look in time
    PASSES = auto()  # where it is read by those who would look, and nobody else


class LookField(Field):
    """What of people was found in the texts, and which of two buttons was pressed after that: ``mask`` or the digest of what was found."""

    found: list[tuple[Any, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, widget=_draw_nothing, **kwargs)
        self.found = []


def _draw_nothing(field: Field, **kwargs: Any) -> str:
    return ""


class ScreenedForm(WritingForm):
    """A writing form that looks at its texts: what of people stands in them is shown once before it is sent, listed words are dealt with.

    ``looked_at`` names the fields. After ``validate``, their data is what may be sent, and ``is_held`` says whether it has to wait.
    """

    looked_at: ClassVar[tuple[str, ...]] = ("title", "body")
    on_hold: ClassVar[OnHold] = OnHold.WAITS
    is_held = False

    personal = LookField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Also look at the texts, once all else is right."""
        return super().validate(extra_validators) and (self._may_be_sent() or self.first_result() is not None)

    def _may_be_sent(self) -> bool:
        fields = [field for name in self.looked_at if (field := self._fields.get(name)) and field.data]
        found = words_for(me())
        matches = [(field, found.find(field.data)) for field in fields]
        return self._takes_words(matches) and self._takes_personal(fields)

    def _takes_words(self, matches: list[tuple[Field, list[Match[Listed]]]]) -> bool:
        for field, found in matches:
            refused = [match.listed for match in found if self._refuses(match.listed)]
            field.errors = [*field.errors, *dict.fromkeys(self._refusal(listed) for listed in refused)]
            field.data = masked(field.data, [m[:2] for m in found if m.listed.degree is Degree.MASK])
            self.is_held |= any(match.listed.degree is Degree.HOLD for match in found)
        self.is_held &= self.on_hold is OnHold.WAITS
        return not any(field.errors for field, _found in matches)

    def _refuses(self, listed: Listed) -> bool:
        is_late = listed.degree is Degree.HOLD and self.on_hold is OnHold.REFUSED
        return listed.degree is Degree.REFUSE or is_late

    def _refusal(self, listed: Listed) -> str:
        if listed.reason:
            return _("“%(word)s”不能发：%(reason)s。请换个说法。", word=listed.word, reason=listed.reason)
        return _("“%(word)s”不能发，请换个说法。", word=listed.word)

    def _takes_personal(self, fields: list[Field]) -> bool:
        found = list(_personal_in(fields))
        answer = self.personal.raw_data[-1] if self.personal.raw_data else ""
        if answer == "mask":
            for field in fields:
                field.data = mask_personal(field.data)
        elif found and answer != self.personal_digest(found):
            self.personal.found = found
            names = _("、").join(str(label) for label in dict.fromkeys(label for label, _text in found))
            self.personal.errors = [_("里面好像有%(what)s，发出前请看一眼。", what=names)]
            return False
        return True

    @staticmethod
    def personal_digest(found: list[tuple[Any, str]]) -> str:
        """What “just send it” stands for: if more is found the next time, it is asked about anew."""
        return hashlib.sha256("\n".join(sorted(text for _label, text in found)).encode()).hexdigest()[:16]


def _personal_in(fields: list[Field]) -> Iterator[tuple[Any, str]]:
    seen = set()
    for field in fields:
        for start, end, kind in find_personal(field.data):
            text = field.data[start:end]
            if text not in seen:
                seen.add(text)
                yield PERSONAL_LABELS[kind], text


def _with_letters(form: Any, field: LineField) -> None:
    if field.data and not key_of(field.data):
        raise ValidationError(_l("只有标点不行，请写字。"))


class _DegreeForm(WritingForm):
    degree = RadioField(
        _l("碰到了怎么办"),
        coerce=Degree,
        choices=[(degree.value, label) for degree, label in DEGREE_LABELS.items()],
        default=Degree.HOLD,
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    reason = LineField(
        _l("原因"),
        [Length(max=WHY_LENGTH, message=_l("请在 %(max)d 字以内。"))],
        description=_l("不让发的时候，写的人会看到。"),
    )


class WordForm(_DegreeForm):
    word = LineField(
        _l("词"),
        [
            DataRequired(_l("请写一个词。")),
            Length(max=WORD_LENGTH, message=_l("请在 %(max)d 字以内。")),
            _with_letters,
        ],
        description=_l("中间加空格、加符号、写成全角的也认得出，不用另写。"),
    )


class WordFileForm(_DegreeForm):
    """A text file, one word a line."""

    words: Sequence[str] = ()

    file = FileField(
        _l("词表"), [FileRequired(_l("请选一个 .txt 文件。"))], description=_l("一行一个词，UTF-8 或 GB18030 编码。")
    )

    def validate_file(self, field: FileField) -> None:
        """Read it; what cannot be read is said in plain words."""
        data = b""
        if field.data:
            data = field.data.stream.read(LARGEST_LIST + 1)
            field.data.close()
        if len(data) > LARGEST_LIST:
            raise ValidationError(_l("文件太大了，请在 400 KB 以内。"))
        text = _decoded(data)
        if text is None:
            raise ValidationError(_l("这个文件读不出字来，请另存成 UTF-8 编码的 .txt。"))
        self.words = words_in(text)
        if not self.words:
            raise ValidationError(_l("文件里没有词，请一行写一个。"))
        if len(self.words) > MOST_WORDS:
            raise ValidationError(_l("词太多了，一次请在两万个以内。"))

    def digest(self) -> str:
        """Another file under the same token is another deed."""
        return digest_of([("form", super().digest()), ("words", "\n".join(self.words))])


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def words_in(text: str) -> list[str]:
    """The words of a list, one a line; what is too long to be a word, or has no letters, is passed over."""
    lines = (on_line.strip() for on_line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if 0 < len(line) <= WORD_LENGTH and key_of(line)))


class FirstPostsForm(WritingForm):
    number = SelectField(
        _l("新账号发的头几条，先等我们看一眼"),
        coerce=int,
        choices=[(0, _l("不用等")), *((n, _l("头 %(n)s 条", n=n)) for n in (1, 2, 3, 5, MOST_FIRST))],
        invalid_choice_message=NOT_ON_THE_LIST,
    )
