"""When people may be disturbed: nothing at night, and one digest in the morning, by a Beijing clock."""

from datetime import datetime, time, timedelta

from forum.clock import from_local, local

MORNING = time(7)
EVENING = time(21)


def next_morning(now: datetime) -> datetime:
    """The first seven o'clock after this moment; at seven sharp it is tomorrow's."""
    on = local(now).replace(tzinfo=None)
    morning = datetime.combine(on.date(), MORNING)
    return from_local(morning if on < morning else morning + timedelta(days=1))


def is_night(now: datetime) -> bool:
    """Whether people sleep: from nine in the evening to seven in the morning."""
    return not MORNING <= local(now).time() < EVENING


def by_day(now: datetime) -> datetime:
    """This moment, or the morning if it is night."""
    return next_morning(now) if is_night(now) else now
