"""The form of 办结: for every thread on the agenda what came of it, on which replies that rests, and who does what by when."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import Length, Optional

from forum.clock import local, today
from forum.consultations.actions import Task
from forum.forms import LineField, LongTextField, WritingForm, between, choice_field, tick_field
from forum.markup import excerpt
from forum.meetings.afterwards import Conclusion
from forum.meetings.forms import FARTHEST
from forum.meetings.queries import AgendaRow
from forum.threads.models import Thread

MOST_TASKS = 10  # of one outcome
LONGEST_STATEMENT = 2000


class ClosingForm(WritingForm):
    """Made for one meeting by ``closing_form``; ``sections`` holds the fields of each thread."""

    sections: Sequence["Section"] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: no task and no reply without a statement, and no task half told."""
        is_valid = super().validate(extra_validators)
        wholes = [section.is_whole() for section in self.sections]  # each says what is missing in it
        return is_valid and all(wholes)

    def conclusions(self, threads: Mapping[int, Thread]) -> list[Conclusion]:
        """What was typed, once it is valid; threads without a statement are left as they are."""
        return [s.conclusion(threads) for s in self.sections if s.statement.data and s.item.thread_id in threads]


class Section:
    """The fields of one thread on the agenda."""

    def __init__(self, form: ClosingForm, item: AgendaRow, replies: Sequence[Any], rows: int) -> None:
        self.item = item
        self.statement = form[f"statement_{item.id}"]
        self.replies = form[f"replies_{item.id}"]
        self.replies.choices = [(r.id, f"{r.unit_name} · {r.author_name}") for r in replies]
        self.excerpts = {r.id: excerpt(r.body, 80) for r in replies}
        self.tasks = [tuple(form[f"{part}_{item.id}_{n}"] for part in ("what", "unit", "due")) for n in range(rows)]
        self.may_grow = rows < MOST_TASKS

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed about tasks: then they stand open."""
        return any(f.data or f.errors for task in self.tasks for f in task) or len(self.tasks) > 1

    def is_whole(self) -> bool:
        """Whether nothing is missing beside what was typed; says what, at its field."""
        faults = []
        for what, unit, due in self.tasks:
            if not (what.data or unit.data or due.data):
                continue
            faults += [
                (field, message)
                for field, message in (
                    (what, _("请写要办什么。")),
                    (unit, _("请选谁来办。")),
                    (due, _("请写什么时候办完。")),
                )
                if not field.data and not field.errors
            ]
        if not self.statement.data and (self.replies.data or any(what.data for what, _unit, _due in self.tasks)):
            faults.append((self.statement, _("先写一句结论，再写谁来办。")))
        for field, message in faults:
            field.errors = [*field.errors, message]
        return not faults

    def conclusion(self, threads: Mapping[int, Thread]) -> Conclusion:
        """What was typed about this thread."""
        assert self.item.thread_id is not None
        tasks = [Task(what.data, unit.data, due.data) for what, unit, due in self.tasks if what.data]
        return Conclusion(
            threads[self.item.thread_id], self.statement.data, tuple(self.replies.data or ()), tuple(tasks)
        )


def closing_form(
    meeting: Any, items: Sequence[AgendaRow], replies: Mapping[int, Sequence[Any]], places: Sequence[Any]
) -> ClosingForm:
    """The form for a meeting: ``items`` are the lines with threads, ``replies`` by thread, ``places`` who may be given a task."""
    rows = {item.id: _rows_sent(item.id) for item in items}
    fields: dict[str, Any] = {}
    for item in items:
        fields |= _fields(item.id, rows[item.id], local(meeting.starts_at).date(), places)
    form: ClosingForm = type("ClosingForm", (ClosingForm,), fields)(about=meeting.id)
    form.sections = [Section(form, i, replies.get(i.thread_id or 0, ()), rows[i.id]) for i in items]
    return form


def _fields(item_id: int, rows: int, first_day: Any, places: Sequence[Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f"statement_{item_id}": LongTextField(
            _l("结论"),
            [Length(max=LONGEST_STATEMENT, message=_l("太长了，请在 2000 字以内。"))],
            description=_l("大家商量下来怎么办，写给没到场的人看。"),
        ),
        f"replies_{item_id}": tick_field(_l("听了哪些办法")),
    }
    for n in range(rows):
        fields |= {
            f"what_{item_id}_{n}": LineField(
                _l("要办的事"), [Length(max=300, message=_l("太长了，请在 300 字以内。"))]
            ),
            f"unit_{item_id}_{n}": choice_field(
                _l("谁来办"), default=0, choices=[(0, _l("请选")), *((p.id, p.name) for p in places)]
            ),
            f"due_{item_id}_{n}": DateField(
                _l("什么时候办完"),
                [Optional(), between(first_day, today() + FARTHEST, _l("期限要在开会之后、两年以内。"))],
                invalid_value_message=_l("日期没看懂，请写成 2026-08-26 这样。"),
            ),
        }
    return fields


def _rows_sent(item_id: int) -> int:
    """As many rows for tasks as the page had that was sent, and one more when that was asked for."""
    sent = 1
    while sent < MOST_TASKS and f"what_{item_id}_{sent}" in request.form:
        sent += 1
    return min(sent + (request.form.get("more") == str(item_id)), MOST_TASKS)
