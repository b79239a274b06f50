"""Moments are stored in UTC and shown in Beijing time, whatever zone the machine is set to."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import default

from forum import clock
from forum.extensions import db
from forum.threads.models import Thread
from tests.factories import World, make_thread

ZONES = ("UTC", "Asia/Shanghai", "America/Los_Angeles")
# Around the turn of a year, a leap day and the end of a month: the moment, and the date in the villages.
TURNS = (
    (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
    (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    (datetime(2028, 2, 28, 16, 0, 0, tzinfo=UTC), date(2028, 2, 29)),
    (datetime(2028, 2, 29, 16, 0, 0, tzinfo=UTC), date(2028, 3, 1)),
    (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
)


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> ZoneInfo:
    """The zone of the machine."""
    return ZoneInfo(request.param)


@pytest.mark.parametrize(("at", "day"), TURNS)
def test_the_day_turns_at_midnight_in_beijing(zone: ZoneInfo, at: datetime, day: date) -> None:
    with time_machine.travel(at.astimezone(zone), tick=False):
        assert datetime.now().hour == at.astimezone(zone).hour, "the machine is not in that zone"
        assert clock.today() == clock.local(clock.utcnow()).date() == day
        assert (clock.utcnow(), clock.utcnow().tzinfo) == (at, UTC)


@pytest.mark.parametrize(("at", "day"), TURNS)
def test_what_is_typed_comes_back(zone: ZoneInfo, at: datetime, day: date) -> None:
    with time_machine.travel(at.astimezone(zone), tick=False):
        typed = clock.local(at).replace(tzinfo=None)
        assert typed.date() == day
        assert clock.from_local(typed) == at


def test_rows_are_the_same_wherever_the_machine_stands(app: Flask, world: World) -> None:
    kept = set()
    for name in ZONES:
        with time_machine.travel(TURNS[1][0].astimezone(ZoneInfo(name)), tick=False):
            thread = make_thread(world.secretary)
            raw = db.session.scalar(text("SELECT created_at FROM thread WHERE id = :id"), {"id": thread.id})
            kept.add(str(raw).partition(".")[0])
            db.session.expire_all()
            assert db.session.get_one(Thread, thread.id).created_at == TURNS[1][0]
    assert kept == {"2026-12-31 16:00:00"}


def test_a_moment_without_a_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="naive"):
        clock.UTCDateTime().process_bind_param(datetime(2026, 11, 25, 8), default.DefaultDialect())
