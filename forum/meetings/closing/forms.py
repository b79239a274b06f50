"""The form of 办结: for every thread on the agenda what came of it, on which replies that rests, and who does what by when.

It begins with what the note-taker marked in the minutes.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field
from wtforms.validators import Length

from forum.clock import local
from forum.consultations.choices import Doer
from forum.consultations.concluding import MOST_TASKS, OutcomePart, TaskRows, outcome_fields, rows_sent, task_fields
from forum.forms import LineField, VersionField, WritingForm
from forum.meetings.agenda_lines import AgendaRow
from forum.meetings.closing.actions import Closing, Conclusion
from forum.meetings.closing.queries import Readiness
from forum.meetings.minutes.models import REASON_LENGTH
from forum.meetings.minutes.queries import MarkRow
from forum.meetings.models import AgendaKind
from forum.threads.models import Thread

REST = "_rest"
MOST_OTHER_TASKS = 30


class ClosingForm(WritingForm):
    """Made for one meeting by ``closing_form``; ``sections`` holds the fields of each thread, ``rest`` tasks that belong to none."""

    left_out = LineField(
        _l("还缺的，为什么不补了"),
        [Length(max=REASON_LENGTH, message=_l("请在 300 字以内。"))],
        description=_l("比如：时间不够，这一项没议。上面都齐了就不用写。"),
    )
    seen = VersionField()  # the last mark that was on the page
    sections: Sequence["Section"] = ()
    rest: TaskRows

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: no task and no reply without a statement, and no task half told."""
        is_valid = super().validate(extra_validators)
        wholes = [section.part.is_whole() for section in self.sections]  # each says what is missing in it
        return self.rest.are_whole() and is_valid and all(wholes)

    def closing(self, threads: Mapping[int, Thread]) -> Closing:
        """What was typed, once it is valid; threads without a statement are left as they are."""
        told = [section for section in self.sections if section.part.statement.data]
        found = [(threads.get(section.item.thread_id or 0), section.part) for section in told]
        return Closing(
            conclusions=[Conclusion(thread, part.outcome()) for thread, part in found if thread is not None],
            tasks=self.rest.written(),
            continued=[s.item.id for s in self.sections if s.is_continued],
            left_out=self.left_out.data or "",
            seen=self.seen.data,
        )


class Section:
    """The fields of one thread on the agenda; ``later`` is there for questions: 继续研究."""

    def __init__(self, item: AgendaRow, part: OutcomePart, later: Field | None) -> None:
        self.item, self.part, self.later = item, part, later

    @property
    def is_continued(self) -> bool:
        """Whether it is to be studied on; a conclusion says more than that."""
        return bool(self.later and self.later.data and not self.part.statement.data)


def closing_form(
    head: Any,
    ready: Readiness,
    replies: Mapping[int, Sequence[Any]],
    doers: Sequence[Doer],
    seen: int | None = None,
) -> ClosingForm:
    """The form for a meeting: ``replies`` by thread, ``doers`` who may be given a task.

    It begins with what was marked; with ``seen``, what was sent is added to by what was marked after that mark.
    """
    new = ready.since(seen or 0)
    first_day = local(head.starts_at).date()
    items = [item for item in ready.agenda if item.is_open_thread]
    threadless = [None, *(item.id for item in ready.agenda if not item.is_open_thread)]
    rows = {i.id: _rows(f"_{i.id}", len(new.actions_of(i.id)), seen is not None) for i in items}
    others = _rows(REST, len(new.actions_of(*threadless)), seen is not None, MOST_OTHER_TASKS)
    fields = task_fields(REST, others, first_day, doers)
    for item in items:
        fields |= outcome_fields(f"_{item.id}", rows[item.id], first_day, doers)
        if item.kind is AgendaKind.QUESTION:
            fields[f"later_{item.id}"] = BooleanField(_l("没有结论，继续研究"))
    form: ClosingForm = type("ClosingForm", (ClosingForm,), fields)(about=head.id)
    form.rest = TaskRows(form, REST, doers, others, MOST_OTHER_TASKS)
    form.sections = [
        Section(
            i,
            OutcomePart(form, f"_{i.id}", replies.get(i.thread_id or 0, ()), doers, rows[i.id]),
            form[f"later_{i.id}"] if i.kind is AgendaKind.QUESTION else None,
        )
        for i in items
    ]
    if seen is not None or not form.is_submitted():
        form.seen.data = ready.last_mark
        form.rest.fill([_task(m) for m in new.actions_of(*threadless)])
        for section in form.sections:
            said = [m.text for m in new.conclusions_of(section.item.id)]
            section.part.statement.data = "\n".join(filter(None, [section.part.statement.data, *said])) or None
            section.part.fill([_task(m) for m in new.actions_of(section.item.id)])
    return form


def _rows(suffix: str, marked: int, is_more: bool, most: int = MOST_TASKS) -> int:
    """As many rows as were sent or marked; where marks came in since, as many more."""
    sent = rows_sent(suffix, most)
    return min(sent + marked if is_more else max(sent, marked), most)


def _task(mark: MarkRow) -> tuple[str, str, date | None]:
    who = f"p{mark.person_id}" if mark.person_id else f"{mark.unit_id or ''}"
    return mark.text, who, mark.due
