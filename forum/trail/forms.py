"""Which deeds somebody wants to see, read from the address; and the button that takes them away."""

from datetime import date

from werkzeug.datastructures import MultiDict

from forum.forms import WritingForm
from forum.paging import id_from
from forum.trail.queries import Wanted
from forum.trail.words import Work

NAME_LENGTH = 40


class ExportForm(WritingForm):
    """One button: the file is of what the page shows, named by its address. Each time it is pressed another file is taken away, so it needs no token."""

    once_token = None

    def refresh_token(self) -> None:
        """There is none."""


def wanted_from(args: "MultiDict[str, str]") -> Wanted:
    """What an address asks for; what it says wrongly narrows nothing."""
    work = args.get("work", "")
    first, last = _day(args.get("first")), _day(args.get("last"))
    if first and last and first > last:
        first, last = last, first
    return Wanted(
        name=args.get("name", "").strip()[:NAME_LENGTH],
        work=Work(work) if work in set(Work) else None,
        township_id=id_from(args.get("township")),
        thread_id=id_from(args.get("thread")),
        first=first,
        last=last,
    )


def as_arguments(wanted: Wanted) -> dict[str, str]:
    """The same as an address says it."""
    said = {
        "name": wanted.name,
        "work": wanted.work.value if wanted.work else "",
        "township": str(wanted.township_id or ""),
        "thread": str(wanted.thread_id or ""),
        "first": wanted.first.isoformat() if wanted.first else "",
        "last": wanted.last.isoformat() if wanted.last else "",
    }
    return {name: value for name, value in said.items() if value}


def _day(typed: str | None) -> date | None:
    try:
        day = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
