"""The fields in which an outcome is written, on a thread's own page and where a meeting is closed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.validators import Length, Optional

from forum.clock import day, today
from forum.consultations.actions import Task, Written
from forum.consultations.choices import MOST_REPLIES, Doer
from forum.consultations.models import WHAT_LENGTH
from forum.forms import NOT_ON_THE_LIST, LineField, LongTextField, WritingForm, between, tick_field
from forum.markup import excerpt
from forum.paging import id_from

MOST_TASKS = 10  # of one outcome
MOST_OFFERED = 3000  # replies on one page
LONGEST_STATEMENT = 2000
FARTHEST = timedelta(days=730)
KEPT_DAY, OWN_DAY, NO_DAY, USUAL_DAYS = "kept", "own", "none", "90"
DAYS = (
    ("30", _l("一个月以后")),
    (USUAL_DAYS, _l("三个月以后")),
    ("180", _l("半年以后")),
    (OWN_DAY, _l("自己定日子")),
    (NO_DAY, _l("不用回头看")),
)
DAY_NOT_READ = _l("日期没看懂，请写成 2026-08-26 这样。")


def day_fields(suffix: str = "") -> dict[str, Any]:
    """When to ask what became of it: one of the usual spans, or a day of one's own."""
    return {
        f"after{suffix}": SelectField(
            _l("什么时候回头看"),
            choices=list(DAYS),
            default=USUAL_DAYS,
            invalid_choice_message=NOT_ON_THE_LIST,
            description=_l("到那天问一句提问的人：后来怎样了？"),
        ),
        f"after_day{suffix}": DateField(
            _l("哪一天回头看"),
            [
                Optional(),
                between(today() + timedelta(days=1), today() + FARTHEST, _l("请选明天以后、两年以内的一天。")),
            ],
            invalid_value_message=DAY_NOT_READ,
            description=_l("上面选了“自己定日子”才用填。"),
        ),
    }


def day_chosen(after: Any, after_day: Any, kept: date | None = None) -> date | None:
    """The day that these two fields say; None for none."""
    if after.data in (KEPT_DAY, NO_DAY):
        return kept if after.data == KEPT_DAY else None
    return after_day.data if after.data == OWN_DAY else today() + timedelta(days=int(after.data))


def says_which_day(after: Any, after_day: Any) -> bool:
    """Whether a day is there where one's own was chosen; else says so at its field."""
    if after.data != OWN_DAY or after_day.data or after_day.errors:
        return True
    after_day.errors = [_("请选哪一天回头看。")]
    return False


def outcome_fields(suffix: str, rows: int, first_day: date, doers: Sequence[Doer]) -> dict[str, Any]:
    """The fields of one outcome with so many rows for tasks; ``suffix`` sets them apart from another's on the same page."""
    fields: dict[str, Any] = {
        f"statement{suffix}": LongTextField(
            _l("结论"),
            [Length(max=LONGEST_STATEMENT, message=_l("太长了，请在 2000 字以内。"))],
            description=_l("大家商量下来怎么办，写给没到场的人看。"),
        ),
        f"replies{suffix}": tick_field(_l("听了哪些办法")),
        f"villages{suffix}": tick_field(
            _l("一起办的村"), choices=_villages(doers), description=_l("几个村合起来办的，都点上。")
        ),
        **day_fields(suffix),
    }
    return fields | task_fields(suffix, rows, first_day, doers)


def task_fields(suffix: str, rows: int, first_day: date, doers: Sequence[Doer]) -> dict[str, Any]:
    """So many rows for what somebody is to do by when; due not before ``first_day``."""
    fields: dict[str, Any] = {}
    for n in range(rows):
        fields |= {
            f"what{suffix}_{n}": LineField(
                _l("要办的事"), [Length(max=WHAT_LENGTH, message=_l("太长了，请在 300 字以内。"))]
            ),
            f"unit{suffix}_{n}": SelectField(
                _l("谁来办"),
                default="",
                choices=[("", _l("请选")), *((d.value, d.label) for d in doers)],
                invalid_choice_message=NOT_ON_THE_LIST,
            ),
            f"due{suffix}_{n}": DateField(
                _l("什么时候办完"),
                [Optional(), between(first_day, today() + FARTHEST, _l("期限要在商量这件事之后、两年以内。"))],
                invalid_value_message=DAY_NOT_READ,
            ),
        }
    return fields


def _villages(doers: Sequence[Doer]) -> dict[Any, list[tuple[int, str]]]:
    concerned = [(d.unit_id, d.label) for d in doers if d.is_village and d.is_concerned]
    others = [(d.unit_id, d.label) for d in doers if d.is_village and not d.is_concerned]
    return {group: list(of) for group, of in ((_l("也有这件事的村"), concerned), (_l("别的村"), others)) if of}


def rows_sent(suffix: str, most: int = MOST_TASKS) -> int:
    """As many rows for tasks as the page had that was sent, and one more when that was asked for."""
    sent = 1
    while sent < most and f"what{suffix}_{sent}" in request.form:
        sent += 1
    return min(sent + (request.form.get("more") == (suffix.removeprefix("_") or "1")), most)


def replies_sent() -> set[int]:
    """The replies that were ticked on the page that was sent: they stay on it, however many come before them."""
    ticked = (value for name in request.form if name.startswith("replies") for value in request.form.getlist(name))
    return {ident for value in ticked if (ident := id_from(value)) is not None}


def replies_offered() -> int:
    """How many replies of a thread the page shows: as many as the one that was sent, and more when that was asked for."""
    sent = id_from(request.form.get("offered")) or MOST_REPLIES
    return min(sent + MOST_REPLIES * is_looking_on(), MOST_OFFERED)


def is_looking_on() -> bool:
    """Whether more replies were asked for, so that nothing is to be done yet."""
    return "further" in request.form


class TaskRows:
    """The rows of a form in which tasks are written: what, who, by when."""

    def __init__(
        self, form: WritingForm, suffix: str, doers: Sequence[Doer], rows: int, most: int = MOST_TASKS
    ) -> None:
        self.tasks = [tuple(form[f"{part}{suffix}_{n}"] for part in ("what", "unit", "due")) for n in range(rows)]
        self.more = suffix.removeprefix("_") or "1"
        self.may_grow = rows < most
        self.doers = {d.value: d for d in doers}

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed about tasks: then they stand open."""
        return any(f.data or f.errors for task in self.tasks for f in task) or len(self.tasks) > 1

    def fill(self, told: Sequence[tuple[str, str, date | None]]) -> None:
        """Fill in what was said elsewhere, a row each from the first that is empty: what, who (a value of the doers), by when."""
        empty = [task for task in self.tasks if not any(field.data for field in task)]
        for (what, unit, due), values in zip(empty, told, strict=False):
            what.data, due.data, due.raw_data = (
                values[0],
                values[2],
                None,
            )  # a date shows what was sent, if anything was
            unit.data = values[1] if values[1] in self.doers else ""

    def are_whole(self) -> bool:
        """Whether no task is half told; says what is missing, at its field."""
        is_whole = True
        for what, unit, due in self.tasks:
            if not (what.data or unit.data or due.data):
                continue
            for field, message in (
                (what, _("请写要办什么。")),
                (unit, _("请选谁来办。")),
                (due, _("请写什么时候办完。")),
            ):
                if not field.data and not field.errors:
                    field.errors, is_whole = [message], False
        return is_whole

    def written(self) -> tuple[Task, ...]:
        """What was typed, once it is valid."""
        told = [(what.data, self.doers[unit.data], due.data) for what, unit, due in self.tasks if what.data]
        return tuple(Task(what, doer.unit_id, due, doer.person_id) for what, doer, due in told)


class OutcomePart(TaskRows):
    """The fields of one outcome in a form."""

    def __init__(
        self,
        form: WritingForm,
        suffix: str,
        replies: Sequence[Any],
        doers: Sequence[Doer],
        rows: int,
        most: int = MOST_TASKS,
    ) -> None:
        super().__init__(form, suffix, doers, rows, most)
        self.statement = form[f"statement{suffix}"]
        self.replies = form[f"replies{suffix}"]
        self.replies.choices = [(r.id, f"{r.unit_name} · {r.author_name}") for r in replies]
        self.offered, self.unseen = replies_offered(), replies[0].among - len(replies) if replies else 0
        self.excerpts = {r.id: excerpt(r.body, 80) for r in replies}
        self.villages = form[f"villages{suffix}"]
        self.after, self.after_day = form[f"after{suffix}"], form[f"after_day{suffix}"]
        self.kept_day: date | None = None

    def correct(self, statement: str, reply_ids: Sequence[int], village_ids: Sequence[int]) -> None:
        """Fill in what stands."""
        self.statement.data, self.replies.data, self.villages.data = statement, list(reply_ids), list(village_ids)
        self.after.data = KEPT_DAY if self.kept_day else NO_DAY

    def keep_day(self, due: date | None) -> None:
        """Offer to leave the day as it is, which may have come by now."""
        self.kept_day = due
        if due is not None:
            self.after.choices = [(KEPT_DAY, _("照旧：%(day)s", day=day(due))), *DAYS]

    def is_whole(self) -> bool:
        """Whether nothing is missing beside what was typed; says what, at its field."""
        is_whole = self.are_whole()
        told = self.replies.data or self.villages.data or any(what.data for what, _unit, _due in self.tasks)
        if not self.statement.data and told:
            self.statement.errors, is_whole = [*self.statement.errors, _("先写一句结论，再写谁来办。")], False
        return says_which_day(self.after, self.after_day) and is_whole

    def outcome(self) -> Written:
        """What was typed, once it is valid."""
        return Written(
            self.statement.data,
            tuple(self.replies.data or ()),
            tuple(self.villages.data or ()),
            self.written(),
            day_chosen(self.after, self.after_day, self.kept_day),
        )
