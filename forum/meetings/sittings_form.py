"""The form in which a meeting is set: month, number, theme, and a part for each of its sittings.

The first sitting's fields have plain names (``place``), those of further ones end in their number (``place_1``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, IntegerField, MonthField, SelectField, TimeField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import HiddenInput

from forum.clock import from_local, local, today
from forum.forms import (
    NOT_ON_THE_LIST,
    LineField,
    LongTextField,
    VersionField,
    WritingForm,
    between,
    choice_field,
    tick_field,
)
from forum.meetings.forms import EIGHTY, person_label
from forum.meetings.labels import month_label, sitting_label
from forum.meetings.models import Meeting, SittingKind
from forum.meetings.sittings import MOST_SITTINGS, Plan, SittingPlan
from forum.paging import LARGEST_ID

FARTHEST = timedelta(days=730)
MORNING = (time(9), time(11))
# The fields of a sitting; the last two only further ones have.
NAMES = (
    "sitting",
    "name",
    "kind",
    "place",
    "link",
    "day",
    "starts",
    "ends",
    "next_day",
    "chair",
    "note_taker",
    "villages",
    "gone",
)


class MeetingForm(WritingForm):
    """A month's meeting. Made for so many sittings by ``meeting_form``; ``parts`` holds the fields of each."""

    month = MonthField(
        _l("哪个月的论坛"),
        [InputRequired(_l("请选月份。"))],
        invalid_value_message=_l("月份没看懂，请写成 2026-08 这样。"),
    )
    number = IntegerField(
        _l("第几期"),
        [InputRequired(_l("请填第几期。")), between(1, 9999, _l("期数请填 1 到 9999。"))],
        invalid_value_message=_l("期数请填数字。"),
    )
    theme = LineField(_l("主题"), [Length(max=80, message=EIGHTY)])
    theme_tag = SelectField(
        _l("主题归哪一类"),
        coerce=int,
        default=0,
        invalid_choice_message=NOT_ON_THE_LIST,
        description=_l("选了，下回才知道这类事哪期谈过。"),
    )
    brief = LongTextField(
        _l("要说明的话"),
        [Length(max=2000, message=_l("太长了，请在 2000 字以内。"))],
        description=_l("会前要准备什么、看什么。"),
    )
    version = VersionField()
    parts: Sequence["SittingPart"] = ()
    may_grow = True
    theme_may_wait = False
    known: frozenset[int] = frozenset()  # the sittings that the meeting has

    def propose(self, number: int, month: date) -> None:
        """Fill in what is likely for a new meeting; the hours stand there already."""
        self.month.data, self.number.data, self.version.data = month, number, 0

    def show(self, meeting: Meeting, sittings: Sequence[SittingPlan]) -> None:
        """Fill in what stands."""
        self.month.data, self.number.data, self.version.data = meeting.month, meeting.number, meeting.version
        self.theme.data, self.theme_tag.data, self.brief.data = meeting.theme, meeting.theme_tag_id or 0, meeting.brief
        self.show_sittings(sittings)

    def show_sittings(self, sittings: Sequence[SittingPlan]) -> None:
        """Fill in where and when."""
        for part, sitting in zip(self.parts, sittings, strict=True):
            part.show(sitting)

    def take_up(self, proposal: Any) -> None:
        """Fill in a theme that the district proposed; what it is about, where that is still in use."""
        self.theme.data = proposal.theme
        offered = {value for group in self.theme_tag.choices.values() for value, _name in group}
        if proposal.tag_id in offered:
            self.theme_tag.data = proposal.tag_id

    def validate_theme(self, field: LineField) -> None:
        if not field.data and not self.theme_may_wait:
            raise ValidationError(_l("请写主题。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: each sitting is whole, no village at two of them, nobody leading two at once."""
        super().validate(extra_validators)
        kept = [part for part in self.parts if not part.is_gone]
        for part in self.parts:
            if part.is_gone:
                part.forgive()
            else:
                part.check(self.month.data)
        for n, part in enumerate(kept):
            part.check_against([other for other in kept[:n] if other.is_whole])
        return not self.errors or self.first_result() is not None

    def plan(self) -> Plan:
        """What was typed, once it is valid."""
        sittings: list[SittingPlan] = []
        for sitting in (part.plan() for part in self.parts if not part.is_gone):
            is_known = sitting.sitting_id in self.known - {other.sitting_id for other in sittings}
            sittings.append(sitting if is_known else replace(sitting, sitting_id=None))
        return Plan(
            month=self.month.data,
            number=self.number.data,
            theme=self.theme.data or "",
            theme_tag_id=self.theme_tag.data or None,
            brief=self.brief.data or "",
            sittings=tuple(sittings),
        )


def meeting_form(
    about: object,
    parts: int,
    *,
    people: Sequence[Any],
    villages: Sequence[Any],
    tags: Mapping[str, Any],
    meeting: Meeting | None = None,
    left: Mapping[int, str] | None = None,
) -> MeetingForm:
    """The form with so many sittings. ``left`` names people who lead or take notes by the plan and are in office no more."""
    left = left or {}
    offered = [(0, _l("先不定")), *((p.id, person_label(p)) for p in people)]
    offered += [(person_id, _("%(name)s（已不在任）", name=name)) for person_id, name in left.items()]
    of_villages = [(v.id, v.name) for v in villages]
    fields = {k: v for n in range(parts) for k, v in _sitting_fields(n, offered, of_villages).items()}
    form: MeetingForm = type("MeetingForm", (MeetingForm,), fields)(about=about)
    form.theme_tag.choices = {_("还没定"): [(0, _("先不选"))], **tags}
    form.parts = [SittingPart(form, n, left) for n in range(parts)]
    form.may_grow = parts < MOST_SITTINGS
    if meeting is not None:
        form.known = frozenset(sitting.id for sitting in meeting.sittings)
        form.theme_may_wait = meeting.announced_at is None and not meeting.theme
    return form


def parts_sent() -> int:
    """As many sittings as the page had that was sent, and one more when that was asked for."""
    sent = 1
    while sent < MOST_SITTINGS and f"place_{sent}" in request.form:
        sent += 1
    return min(sent + wants_more(), MOST_SITTINGS)


def wants_more() -> bool:
    """Whether the page was sent only to have room for one more sitting."""
    return "more" in request.form


def _sitting_fields(number: int, chairs: Any, villages: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "sitting": IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST_ID)], default=0),
        "name": LineField(
            _l("会场叫什么"),
            [Length(max=40, message=_l("请在 40 字以内。"))],
            description=_l("比如：东片会场。只有一个会场，不用填。"),
        ),
        "kind": SelectField(
            _l("什么样的会场"),
            coerce=SittingKind,
            choices=[(kind.value, sitting_label(kind)) for kind in SittingKind],
            default=SittingKind.HALL.value,
            invalid_value_message=NOT_ON_THE_LIST,
            invalid_choice_message=NOT_ON_THE_LIST,
        ),
        "place": LineField(_l("在哪里开"), [DataRequired(_l("请写在哪里开。")), Length(max=80, message=EIGHTY)]),
        "link": LineField(
            _l("线上会议的链接"),
            [
                Optional(),
                Length(max=500, message=_l("链接太长了，请在 500 字以内。")),
                Regexp(r"https?://\S+\Z", message=_l("链接没看懂，要以 https:// 开头。")),
            ],
            description=_l("线上开的才要填。"),
        ),
        "day": DateField(
            _l("哪天开"),
            [InputRequired(_l("请选日期。"))],
            invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
        ),
        "starts": TimeField(
            _l("几点开始"),
            [InputRequired(_l("请填几点开始。"))],
            default=MORNING[0],
            invalid_value_message=_l("时间没看懂，请写成 09:00 这样。"),
        ),
        "ends": TimeField(
            _l("几点结束"),
            [InputRequired(_l("请填几点结束。"))],
            default=MORNING[1],
            invalid_value_message=_l("时间没看懂，请写成 11:30 这样。"),
        ),
        "next_day": BooleanField(_l("过了半夜才散会"), description=_l("结束的时间算第二天的。")),
        "chair": choice_field(
            _l("主持人"),
            default=0,
            choices=chairs,
            description=_l("他可以记签到、投大屏；只有一个会场的，还可以办结。"),
        ),
        "note_taker": choice_field(_l("记录人"), default=0, choices=chairs, description=_l("他可以写会议记录。")),
    }
    if number:
        fields["villages"] = tick_field(
            _l("哪些村来这个会场"), choices=villages, description=_l("没点的村，都在第一个会场。")
        )
        fields["gone"] = BooleanField(_l("不要这个会场了"))
    return {f"{name}{_suffix(number)}": field for name, field in fields.items()}


def _suffix(number: int) -> str:
    return f"_{number}" if number else ""


class SittingPart:
    """The fields of one sitting in the form; the first has no villages of its own and stays."""

    def __init__(self, form: MeetingForm, number: int, left: Mapping[int, str]) -> None:
        self.number, self.left = number, left
        self.fields = {name: form[f"{name}{_suffix(number)}"] for name in NAMES[: None if number else -2]}

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            return self.fields.get(name)
        raise AttributeError(name)

    @property
    def is_gone(self) -> bool:
        """Whether it was marked to be taken away."""
        return bool(self.gone is not None and self.gone.data)

    def forgive(self) -> None:
        """What is taken away need not be right."""
        for field in self.fields.values():
            field.errors = ()

    @property
    def is_whole(self) -> bool:
        """Whether there is enough to say when it is held."""
        return not any(field.errors for field in self.fields.values())

    def show(self, sitting: SittingPlan) -> None:
        """Fill in what a plan says."""
        starts, ends = local(sitting.starts_at), local(sitting.ends_at)
        self.sitting.data, self.name.data, self.kind.data = sitting.sitting_id or 0, sitting.name, sitting.kind
        self.place.data, self.link.data = sitting.place, sitting.link
        self.day.data, self.starts.data, self.ends.data = starts.date(), starts.time(), ends.time()
        self.next_day.data = ends.date() > starts.date()
        self.chair.data, self.note_taker.data = sitting.chair_id or 0, sitting.note_taker_id or 0
        if self.villages is not None:
            self.villages.data = sorted(sitting.villages)

    def check(self, month: date | None) -> None:
        """Say at its field what cannot be."""
        day, begins, ends = self.day, self.starts.data, self.ends.data
        if day.data is not None and abs(day.data - today()) > FARTHEST:
            _say(day, _("日期离今天太远了，请看看年份对不对。"))
        elif day.data is not None and month is not None and day.data.replace(day=1) != month:
            _say(day, _("这一天不在%(month)s里，请改日期或者改月份。", month=month_label(month)))
        if begins is not None and ends is not None:
            if not self.next_day.data and ends <= begins:
                _say(self.ends, _("结束要在开始之后。过了半夜才散的，请点“过了半夜才散会”。"))
            if self.next_day.data and ends >= begins:
                _say(self.ends, _("一场会开不了一整天，请看看几点结束。"))
        if self.kind.data is SittingKind.ONLINE and not self.link.data and not self.link.errors:
            _say(self.link, _("线上开的，请填链接，到时候点一下就进会。"))
        for field in (self.chair, self.note_taker):
            if field.data in self.left:
                _say(field, _("%(name)s已经不在任了，请另选一位。", name=self.left[field.data]))

    def check_against(self, others: Sequence["SittingPart"]) -> None:
        """Say at its field which villages, which chair or note-taker those before it have."""
        if not self.is_whole:
            return
        own = self.plan()
        for other, theirs in ((other, other.plan()) for other in others):
            shared = own.villages & theirs.villages
            if shared:
                names = dict(self.villages.choices)
                villages = _("、").join(names[village] for village in sorted(shared))
                _say(self.villages, _("%(villages)s已经在第 %(n)s 个会场了。", villages=villages, n=other.number + 1))
            if own.overlaps(theirs):
                for field, taken in ((self.chair, theirs.chair_id), (self.note_taker, theirs.note_taker_id)):
                    if field.data and field.data == taken:
                        _say(field, _("第 %(n)s 个会场同一时间也是他，请换人或者错开时间。", n=other.number + 1))

    def plan(self) -> SittingPlan:
        """What was typed, once it is whole."""
        last_day = self.day.data + timedelta(days=1) if self.next_day.data else self.day.data
        return SittingPlan(
            place=self.place.data,
            starts_at=from_local(datetime.combine(self.day.data, self.starts.data)),
            ends_at=from_local(datetime.combine(last_day, self.ends.data)),
            name=self.name.data or "",
            kind=self.kind.data,
            link=self.link.data or "",
            chair_id=self.chair.data or None,
            note_taker_id=self.note_taker.data or None,
            villages=frozenset(self.villages.data or ()) if self.villages is not None else frozenset(),
            sitting_id=self.sitting.data or None,
        )


def _say(field: Any, message: str) -> None:
    field.errors = [*field.errors, message]
