"""What organisers type to plan a trip, and whom they put down for it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forum.clock import today
from forum.forms import NOT_ON_THE_LIST, LineField, LongTextField, VersionField, WritingForm, between, tick_field
from forum.learning.trips.actions import Plan, Stop
from forum.learning.trips.models import MOST_SEATS, PLACE_LENGTH, REASON_LENGTH, StudyTrip
from forum.threads.models import TITLE_LENGTH, Reach

FARTHEST = timedelta(days=730)
LONGEST_BRIEF = 2000
FEWEST_STOPS, MOST_STOPS = 3, 20
DAY_NOT_READ = _l("日期没看懂，请写成 2026-08-26 这样。")
TOO_LONG = _l("太长了，请在 %(max)d 字以内。")


def at_most(length: int) -> Length:
    return Length(max=length, message=TOO_LONG)


def rows_sent(first_field: str, least: int, most: int) -> int:
    """As many rows as the page had that was sent, and one more when that was asked for."""
    sent = least
    while sent < most and f"{first_field}_{sent}" in request.form:
        sent += 1
    return min(sent + (request.form.get("as") == "more"), most)


class TripForm(WritingForm):
    """A trip; made with its rows for the programme by ``trip_form``."""

    title = LineField(_l("这次去学什么"), [DataRequired(_l("请写一句去学什么。")), at_most(TITLE_LENGTH)])
    destination = LineField(_l("去哪里"), [DataRequired(_l("请写去哪里。")), at_most(PLACE_LENGTH)])
    brief = LongTextField(
        _l("为什么去，看什么"), [at_most(LONGEST_BRIEF)], description=_l("人家好在哪，我们缺什么，去之前想好问什么。")
    )
    starts_on = DateField(_l("哪天去"), [InputRequired(_l("请选日期。"))], invalid_value_message=DAY_NOT_READ)
    ends_on = DateField(
        _l("哪天回"), [Optional()], invalid_value_message=DAY_NOT_READ, description=_l("当天来回的不用填。")
    )
    join_by = DateField(
        _l("哪天报名截止"), [Optional()], invalid_value_message=DAY_NOT_READ, description=_l("不填就是出发前一天。")
    )
    seats = IntegerField(
        _l("一共多少个名额"),
        [InputRequired(_l("请填多少个名额。")), between(1, MOST_SEATS, _l("名额请填 1 到 200。"))],
        invalid_value_message=_l("名额请填数字。"),
        description=_l("报满了，后面的人排队；有人不去，自动往前补。"),
    )
    townships = tick_field(_l("请哪些镇街的人去"), description=_l("一个都不选，就是全区都请。"))
    reach = RadioField(
        _l("谁能看"),
        coerce=Reach,
        default=Reach.DISTRICT,
        choices=[(Reach.DISTRICT.value, _l("全区都能看")), (Reach.TOWNSHIP.value, _l("只给本镇看"))],
        invalid_value_message=NOT_ON_THE_LIST,
        invalid_choice_message=NOT_ON_THE_LIST,
    )
    version = VersionField(default=0)

    def __init__(self, *args: Any, townships: Sequence[Any], may_narrow: bool, stops: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [tuple(self[f"{part}_{n}"] for part in ("at", "place", "what")) for n in range(stops)]
        self.may_grow = stops < MOST_STOPS
        if townships:
            self.townships.choices = [(t.id, t.name) for t in townships]
        else:
            del self.townships
        if not may_narrow:
            del self.reach

    def show(self, trip: StudyTrip, stops: Sequence[Any], township_ids: Sequence[int]) -> None:
        """Fill in what stands."""
        self.title.data, self.destination.data, self.brief.data = trip.title, trip.destination, trip.brief
        self.starts_on.data, self.ends_on.data, self.join_by.data = trip.starts_on, trip.ends_on, trip.join_by
        self.seats.data, self.version.data = trip.seats, trip.version
        if "reach" in self:
            self.reach.data = trip.reach
        if "townships" in self:
            self.townships.data = list(township_ids)
        for row, stop in zip(self.rows, stops, strict=False):
            for field, value in zip(row, (stop.at, stop.place, stop.what), strict=True):
                field.data = value

    def validate_starts_on(self, field: DateField) -> None:
        if field.data is not None and abs(field.data - today()) > FARTHEST:
            raise ValidationError(_l("日期离今天太远了，请看看年份对不对。"))

    def validate_ends_on(self, field: DateField) -> None:
        first = self.starts_on.data
        if field.data is not None and first is not None and not first <= field.data <= first + timedelta(days=30):
            raise ValidationError(_l("回来的日子要在去的那天以后、一个月以内。"))

    def validate_join_by(self, field: DateField) -> None:
        first = self.starts_on.data
        if field.data is not None and first is not None and not first - timedelta(days=365) <= field.data <= first:
            raise ValidationError(_l("报名截止要在出发以前。"))

    def plan(self) -> Plan:
        """What was typed, once it is valid."""
        first: date = self.starts_on.data
        lines = [Stop(*(str(field.data or "") for field in row)) for row in self.rows]
        return Plan(
            title=str(self.title.data),
            destination=str(self.destination.data),
            brief=str(self.brief.data or ""),
            starts_on=first,
            ends_on=self.ends_on.data or first,
            join_by=self.join_by.data or first - timedelta(days=1),
            seats=self.seats.data or 1,
            reach=self.reach.data if "reach" in self else Reach.DISTRICT,
            township_ids=list(self.townships.data or ()) if "townships" in self else [],
            stops=[line for line in lines if line.at or line.place or line.what],
        )


def trip_form(about: object, *, townships: Sequence[Any], may_narrow: bool, stops: int = FEWEST_STOPS) -> TripForm:
    """The form with rows for so many lines of the programme, or for as many as were sent."""
    number = rows_sent("what", max(FEWEST_STOPS, min(stops, MOST_STOPS)), MOST_STOPS)
    fields: dict[str, Any] = {}
    for n in range(number):
        fields |= {
            f"at_{n}": LineField(_l("几点"), [at_most(20)]),
            f"place_{n}": LineField(_l("到哪儿"), [at_most(PLACE_LENGTH)]),
            f"what_{n}": LineField(_l("看什么、听什么"), [at_most(REASON_LENGTH)]),
        }
    made: type[TripForm] = type("TripForm", (TripForm,), {**fields, "__module__": __name__})
    return made(about=about, townships=townships, may_narrow=may_narrow, stops=number)


class ConfirmForm(WritingForm):
    """A step that needs no words."""


class ReasonForm(WritingForm):
    reason = LineField(
        _l("为什么不去了"), [DataRequired(_l("请写明原因，报了名的人都会看到。")), at_most(REASON_LENGTH)]
    )


class PeopleForm(WritingForm):
    """Whom to put down for it."""

    people = tick_field(_l("给谁报名"), [DataRequired(_l("请先选人。"))])

    def __init__(self, *args: Any, people: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people.choices = [(p.id, _label(p)) for p in people]


def _label(person: Any) -> str:
    if not person.title:
        return f"{person.unit_name} · {person.name}"
    return _("%(unit)s · %(name)s（%(title)s）", unit=person.unit_name, name=person.name, title=person.title)
