"""The form of 办结: for every thread on the agenda what came of it, on which replies that rests, and who does what by when."""

from collections.abc import Mapping, Sequence
from typing import Any

from forum.clock import local
from forum.consultations.choices import Doer
from forum.consultations.concluding import OutcomePart, outcome_fields, rows_sent
from forum.forms import WritingForm
from forum.meetings.afterwards import Conclusion
from forum.meetings.queries import AgendaRow
from forum.threads.models import Thread


class ClosingForm(WritingForm):
    """Made for one meeting by ``closing_form``; ``sections`` holds the fields of each thread."""

    sections: Sequence["Section"] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: no task and no reply without a statement, and no task half told."""
        is_valid = super().validate(extra_validators)
        wholes = [section.part.is_whole() for section in self.sections]  # each says what is missing in it
        return is_valid and all(wholes)

    def conclusions(self, threads: Mapping[int, Thread]) -> list[Conclusion]:
        """What was typed, once it is valid; threads without a statement are left as they are."""
        told = [section for section in self.sections if section.part.statement.data]
        found = [(threads.get(section.item.thread_id or 0), section.part) for section in told]
        return [Conclusion(thread, part.written()) for thread, part in found if thread is not None]


class Section:
    """The fields of one thread on the agenda."""

    def __init__(self, item: AgendaRow, part: OutcomePart) -> None:
        self.item, self.part = item, part


def closing_form(
    meeting: Any, items: Sequence[AgendaRow], replies: Mapping[int, Sequence[Any]], doers: Sequence[Doer]
) -> ClosingForm:
    """The form for a meeting: ``items`` are the lines with threads, ``replies`` by thread, ``doers`` who may be given a task."""
    day = local(meeting.starts_at).date()
    rows = {item.id: rows_sent(f"_{item.id}") for item in items}
    fields = {k: v for item in items for k, v in outcome_fields(f"_{item.id}", rows[item.id], day, doers).items()}
    form: ClosingForm = type("ClosingForm", (ClosingForm,), fields)(about=meeting.id)
    form.sections = [
        Section(i, OutcomePart(form, f"_{i.id}", replies.get(i.thread_id or 0, ()), doers, rows[i.id])) for i in items
    ]
    return form
