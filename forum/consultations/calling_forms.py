"""What is typed to call a panel, and by whoever cannot answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from forum.clock import today
from forum.consultations.calling import MOST_CALLED
from forum.consultations.models import WORD_LENGTH
from forum.forms import LineField, WritingForm, between, tick_field
from forum.paging import LARGEST_ID

FIRST_DAY, LAST_DAY = timedelta(days=1), timedelta(days=60)
USUAL = timedelta(days=7)
LONGEST_FIND = 40
TOO_LONG = _l("太长了，请在 %(max)d 字以内。")


class CallForm(WritingForm):
    """Whom to ask, by when, what to look at."""

    find = LineField(
        _l("找人"),
        [Length(max=LONGEST_FIND, message=TOO_LONG)],
        description=_l("写村名、镇名、单位或人名，找到以后打勾。"),
    )
    people = tick_field(_l("请谁来"))
    due = DateField(
        _l("请在哪天前答"),
        [InputRequired(_l("请写哪天前答。"))],
        invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
    )
    note = LineField(
        _l("请他们看什么"),
        [Length(max=WORD_LENGTH, message=TOO_LONG)],
        description=_l("比如：请农技站看看是不是缺肥，请王书记说说当时怎么调的。"),
    )
    narrow = BooleanField(_l("从现在起，这个帖子只给请到的人看"))

    def __init__(self, *args: Any, is_new: bool, may_narrow: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new = is_new
        if not may_narrow:
            del self.narrow

    @property
    def chosen(self) -> list[int]:
        """Who is ticked, as far as it can be somebody's id."""
        return [ident for ident in (self.people.data or ()) if 0 < ident <= LARGEST_ID][: 2 * MOST_CALLED]

    @property
    def is_narrowing(self) -> bool:
        return "narrow" in self and bool(self.narrow.data)

    def offer(self, people: Sequence[Any]) -> None:
        """Let these people be chosen from."""
        self.people.choices = [(person.id, f"{person.unit_name} · {person.name}") for person in people]

    def validate_people(self, field: Any) -> None:
        """A panel has somebody on it, and not a crowd."""
        if self.is_new and not field.data:
            raise ValidationError(_("至少请一位。"))
        if len(field.data or ()) > MOST_CALLED:
            raise ValidationError(_("一次最多请 %(most)s 位，再多就开会商量吧。", most=MOST_CALLED))

    def validate_due(self, field: DateField) -> None:
        """Tomorrow at the earliest: who is called needs a night to think it over. The day that stands may stay."""
        if field.data == field.object_data and not self.is_new:
            return
        between(today() + FIRST_DAY, today() + LAST_DAY, _l("期限要从明天起、两个月以内。"))(self, field)


class DeclineForm(WritingForm):
    note = LineField(
        _l("为什么答不了"),
        [DataRequired(_l("请说一句为什么。")), Length(max=WORD_LENGTH, message=TOO_LONG)],
        description=_l("比如：在外地开会，或者这事没经过。请您的人看得到。"),
    )
