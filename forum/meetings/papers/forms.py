"""What an organiser types about his township's papers."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField
from wtforms.validators import InputRequired, Length

from forum.forms import LineField, LongTextField, VersionField, WritingForm, between, on_one_line
from forum.meetings.papers.models import Letterhead

WORDS = ("heading", "issuer", "number_word", "signatory", "recipients", "copies")


def _line(label: Any, most: int, hint: Any, kind: type[LineField | LongTextField] = LineField) -> Field:
    """One line on paper, though a long one is given room to be typed in."""
    too_long = _l("太长了，请在 %(most)s 字以内。", most=most)
    return kind(label, [Length(max=most, message=too_long)], description=hint, filters=(on_one_line,))


class LetterheadForm(WritingForm):
    """How minutes begin and end; all of it may stay empty."""

    heading = _line(_l("红头"), 40, _l("纪要最上面的红字。不填就写“某某镇村书记论坛会议纪要”。"))
    issuer = _line(_l("发文机关"), 40, _l("例如：六户镇村书记论坛办公室。不填就写镇名。"))
    number_word = _line(_l("文号代字"), 20, _l("例如“六村论纪”，纪要上就是“六村论纪〔2026〕3号”。不填就只写第几期。"))
    signatory = _line(_l("签发人"), 40, _l("姓名。"))
    recipients = _line(_l("主送"), 300, _l("写在纪要最后，几个单位之间用顿号或逗号。"), LongTextField)
    copies = _line(_l("抄送"), 300, _l("写在主送下面。"), LongTextField)
    version = VersionField()

    @property
    def words(self) -> dict[str, str]:
        """What was typed, by column; the paper sets the closing stop itself."""
        said = {name: self[name].data or "" for name in WORDS}
        return said | {name: said[name].rstrip("。.") for name in ("recipients", "copies")}

    def show(self, letterhead: Letterhead | None) -> None:
        """Fill in what stands."""
        for name in WORDS:
            self[name].data = getattr(letterhead, name, "")
        self.version.data = letterhead.version if letterhead else 0


class PaperNumberForm(WritingForm):
    """The number of a meeting's minutes."""

    year = IntegerField(
        _l("哪一年"),
        [InputRequired(_l("请填年份。")), between(2000, 2100, _l("年份请填四位数字。"))],
        invalid_value_message=_l("年份请填四位数字。"),
    )
    number = IntegerField(
        _l("第几号"),
        [InputRequired(_l("请填第几号。")), between(1, 9999, _l("号数请填 1 到 9999。"))],
        invalid_value_message=_l("号数请填数字。"),
    )
