"""Time: stored in UTC, shown in Beijing time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

from forum.language import is_english

BEIJING = ZoneInfo("Asia/Shanghai")


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def moment_now() -> int:
    """The present moment as an address names it: microseconds since 1970."""
    return int(utcnow().timestamp() * 1_000_000)


def moment_from(text: str | None) -> datetime:
    """The moment that an address names; the present one when it names none, or one that is still to come."""
    now = utcnow()
    if not text or len(text) > 18 or not (text.isascii() and text.isdigit()):
        return now
    micros = int(text)
    return datetime.fromtimestamp(micros / 1_000_000, UTC) if micros < now.timestamp() * 1_000_000 else now


def today() -> date:
    """Today's date in Beijing: postings begin and end, and months turn, by this date."""
    return datetime.now(BEIJING).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Beijing clock."""
    return moment.astimezone(BEIJING)


def from_local(moment: datetime) -> datetime:
    """A naive date and time typed into a form, read as Beijing time, as UTC."""
    return moment.replace(tzinfo=BEIJING).astimezone(UTC)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: only aware values go in, aware UTC comes out; the column itself is naive UTC on either database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive moment cannot be stored: say which time zone it is in")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def day(value: datetime | date) -> str:
    """A date as people say it: the year only when it is not this one (``8月3日``, ``2025年8月3日``)."""
    value = local(value).date() if isinstance(value, datetime) else value
    if is_english():
        return value.isoformat()
    return full_day(value) if value.year != today().year else f"{value.month}月{value.day}日"


def full_day(value: date) -> str:
    """A date with its year, as paper wants it: nobody knows when it will be read."""
    return value.isoformat() if is_english() else f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime) -> str:
    """A moment as people say it: today by the hour, earlier by day and hour, always on a Beijing clock."""
    on = local(value)
    if on.date() == today():
        return _("今天 %(time)s", time=f"{on:%H:%M}")
    return f"{day(on.date())} {on:%H:%M}"
