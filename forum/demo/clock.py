"""The demo's days count back from the day of loading."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from forum.clock import from_local


@dataclass(frozen=True)
class Days:
    """Turns ``days_ago`` and ``time`` of the data into dates and moments."""

    today: date

    def on(self, days_ago: int) -> date:
        """The date so many days ago (ahead, when negative)."""
        return self.today - timedelta(days=days_ago)

    def at(self, entry: dict[str, Any], day: str = "days_ago", hour: str = "time") -> datetime:
        """The moment that an entry names."""
        return self.moment(self.on(entry[day]), entry[hour])

    def moment(self, day: date, hour: str) -> datetime:
        """A time of a day in Beijing, as UTC."""
        return from_local(datetime.combine(day, time.fromisoformat(hour)))

    def month(self, offset: int) -> date:
        """The first day of a month, 0 being this one."""
        months = self.today.year * 12 + self.today.month - 1 + offset
        return date(months // 12, months % 12 + 1, 1)

    def month_end(self) -> date:
        """The last day of this month."""
        return self.month(1) - timedelta(days=1)
