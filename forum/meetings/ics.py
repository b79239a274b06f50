"""Meetings and study trips as an iCalendar file (RFC 5545): written by hand, for two kinds of events need no library."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from forum.meetings.labels import place_label, theme_of
from forum.meetings.models import MeetingState

MIMETYPE = "text/calendar"
LONGEST_LINE = 75  # octets, without the line's end
STATUS = {
    MeetingState.DRAFT: "TENTATIVE",
    MeetingState.ANNOUNCED: "CONFIRMED",
    MeetingState.HELD: "CONFIRMED",
    MeetingState.CLOSED: "CONFIRMED",
    MeetingState.POSTPONED: "CANCELLED",  # until it is announced anew, under the same UID
    MeetingState.CANCELLED: "CANCELLED",
}


def calendar(name: str, host: str, meetings: Iterable[tuple[Any, str]], trips: Iterable[tuple[Any, str]] = ()) -> bytes:
    """The file. ``meetings`` are rows of ``calendar_rows`` and ``trips`` of ``trips_for_calendar``, each with the address of its page;
    ``host`` makes their ids unique."""
    lines = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//village secretaries forum//meetings//ZH"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", _text(name)),
        ("X-WR-TIMEZONE", "Asia/Shanghai"),
        ("REFRESH-INTERVAL;VALUE=DURATION", "PT6H"),
        ("X-PUBLISHED-TTL", "PT6H"),
    ]
    seen: set[int] = set()
    for row, url in meetings:
        # Whose village is seated elsewhere keeps his event: only who goes to several sittings has more than one.
        uid = f"meeting-{row.id}-{row.sitting_id}" if row.id in seen else f"meeting-{row.id}"
        seen.add(row.id)
        lines += _event(row, url, f"{uid}@{host}")
    for trip, url in trips:
        lines += _trip(trip, url, f"trip-{trip.id}@{host}")
    lines.append(("END", "VCALENDAR"))
    return b"".join(_folded(f"{key}:{value}") for key, value in lines)


def _event(row: Any, url: str, uid: str) -> Iterator[tuple[str, str]]:
    yield "BEGIN", "VEVENT"
    yield "UID", uid
    yield "DTSTAMP", _moment(row.changed_at)
    yield "LAST-MODIFIED", _moment(row.changed_at)
    yield "SEQUENCE", str(row.version)
    yield "STATUS", STATUS[row.state]
    yield "DTSTART", _moment(row.starts_at)
    if row.ends_at:
        yield "DTEND", _moment(row.ends_at)
    yield "SUMMARY", _text(_summary(row))
    yield "LOCATION", _text(place_label(row))
    yield "DESCRIPTION", _text("\n".join(part for part in (row.reason, row.brief, row.link, url) if part))
    yield "URL", url
    yield "END", "VEVENT"


def _trip(row: Any, url: str, uid: str) -> Iterator[tuple[str, str]]:
    """Whole days; the last one is named by the day after it."""
    title = _("外出学习：%(place)s", place=row.destination)
    yield "BEGIN", "VEVENT"
    yield "UID", uid
    yield "DTSTAMP", _moment(row.changed_at)
    yield "LAST-MODIFIED", _moment(row.changed_at)
    yield "SEQUENCE", str(row.version + (row.cancelled_at is not None))
    yield "STATUS", "CONFIRMED" if row.cancelled_at is None else "CANCELLED"
    yield "DTSTART;VALUE=DATE", f"{row.starts_on:%Y%m%d}"
    yield "DTEND;VALUE=DATE", f"{row.ends_on + timedelta(days=1):%Y%m%d}"
    yield "SUMMARY", _text(title if row.cancelled_at is None else _("取消：%(title)s", title=title))
    yield "LOCATION", _text(row.destination)
    yield "DESCRIPTION", _text("\n".join(part for part in (row.reason, url) if part))
    yield "URL", url
    yield "END", "VEVENT"


def _summary(row: Any) -> str:
    """Not every calendar shows a status, so the words say it too."""
    title: str = _("%(township)s村书记论坛：%(theme)s", township=row.township_name, theme=theme_of(row))
    if row.state is MeetingState.POSTPONED:
        return _("推迟：%(title)s", title=title)
    return _("取消：%(title)s", title=title) if row.state is MeetingState.CANCELLED else title


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text value: what means something to the format is escaped, what no line may hold is left out."""
    for sign in "\\;,":
        value = value.replace(sign, f"\\{sign}")
    return "".join(c for c in value.replace("\n", "\\n") if c >= " " and c != "\x7f")


def _folded(line: str) -> bytes:
    """A line with its end; cut between characters where it is too long, and carried on after a blank."""
    pieces, piece = [], b""
    for character in line:
        encoded = character.encode()
        if len(piece) + len(encoded) > LONGEST_LINE:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
