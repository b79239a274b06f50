"""Letters: one each morning, none at night, none of what may not be seen, none lost and none doubled unknowingly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from structlog.testing import capture_logs

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.hours import by_day, next_morning
from forum.notices.kinds import Topic
from forum.notices.mail.delivery import LEASES, send_next_letter
from forum.notices.mail.models import Letter, LetterLine, MailAddress
from forum.notices.models import MailWhen, NoticePreference
from forum.notices.wishes import USUAL, Wish, keep_wishes
from forum.threads.models import Reach, Thread
from forum.units.actors import Actor
from forum.units.models import Person
from tests.factories import World, make_thread, save
from tests.notices.conftest import items_of, tell
from tests.notices.post_office import PostOffice, open_office


def beijing(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)  # type: ignore[misc, arg-type]


NOON = beijing(2026, 11, 25, 12)


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    settings = app.extensions["settings"]
    with open_office() as office:
        app.extensions["settings"] = replace(settings, mail_url=office.url)
        yield office
    app.extensions["settings"] = settings


@pytest.fixture
def reader(world: World) -> Actor:
    """A secretary who has a mail address."""
    save(MailAddress(person_id=world.secretary.id, address="liu@example.org"))
    return world.secretary


def want(reader: Actor, when: MailWhen, *, in_inbox: bool = True, topic: Topic = Topic.REPLIES) -> None:
    keep_wishes(reader, {topic: Wish(in_inbox, when)})
    db.session.commit()


def empty_the_box() -> None:
    while send_next_letter():
        pass
    db.session.rollback()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ((2026, 11, 25, 6, 59, 59), (2026, 11, 25, 7)),
        ((2026, 11, 25, 7, 0, 0), (2026, 11, 26, 7)),
        ((2026, 11, 30, 23, 30), (2026, 12, 1, 7)),
        ((2026, 12, 31, 7, 1), (2027, 1, 1, 7)),
        ((2028, 2, 28, 8), (2028, 2, 29, 7)),
        ((2026, 3, 29, 0, 30), (2026, 3, 29, 7)),  # clocks elsewhere go forward; ours does not
    ],
)
def test_the_morning_comes_at_seven_by_a_beijing_clock(now: tuple[int, ...], morning: tuple[int, ...]) -> None:
    assert next_morning(beijing(*now)) == beijing(*morning)


@pytest.mark.parametrize(
    ("now", "later"),
    [
        ((2026, 11, 25, 20, 59, 59), (2026, 11, 25, 20, 59, 59)),
        ((2026, 11, 25, 21), (2026, 11, 26, 7)),
        ((2026, 11, 25, 6, 59), (2026, 11, 25, 7)),
        ((2026, 11, 25, 7), (2026, 11, 25, 7)),
    ],
)
def test_nothing_goes_at_night(now: tuple[int, ...], later: tuple[int, ...]) -> None:
    assert by_day(beijing(*now)) == beijing(*later)


def test_a_day_makes_one_letter_in_the_morning(world: World, reader: Actor, office: PostOffice) -> None:
    with time_machine.travel(beijing(2026, 11, 25, 7, 0), tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary, "石榴怎么卖"))
        clock.move_to(beijing(2026, 11, 26, 6, 59, 59))
        tell(reader, make_thread(world.neighbour_secretary, "路怎么修"))
        empty_the_box()
        assert office.taken == []
        clock.move_to(beijing(2026, 11, 26, 7))
        tell(reader, make_thread(world.neighbour_secretary, "明天再说"))
        empty_the_box()
        [mail] = office.taken
        assert mail["To"] == "liu@example.org"
        assert mail["Subject"] == "村书记论坛：2 件事请您看看"
        assert "石榴怎么卖" in text_of(mail)
        assert "路怎么修" in text_of(mail)
        assert "明天再说" not in text_of(mail)
        clock.move_to(beijing(2026, 11, 27, 7))
        empty_the_box()
    assert "明天再说" in text_of(office.taken[1])
    assert len({mail["Message-ID"] for mail in office.taken}) == 2


def test_a_letter_leads_there_and_can_be_stopped(world: World, reader: Actor, office: PostOffice) -> None:
    thread = make_thread(world.neighbour_secretary, "<b>石榴</b>")
    want(reader, MailWhen.AT_ONCE)
    with time_machine.travel(NOON, tick=False):
        tell(reader, thread)
        empty_the_box()
    [mail] = office.taken
    assert f"http://127.0.0.1:8000/threads/{thread.id}" in text_of(mail)
    assert "<b>石榴</b>" in text_of(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert "&lt;b&gt;石榴&lt;/b&gt;" in html.get_content()
    assert mail["List-Unsubscribe"].strip("<>") in text_of(mail)


def test_at_once_waits_for_the_morning_at_night(world: World, reader: Actor, office: PostOffice) -> None:
    want(reader, MailWhen.AT_ONCE)
    with time_machine.travel(beijing(2026, 11, 25, 20, 59), tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary, "晚上的事"))
        clock.move_to(beijing(2026, 11, 25, 21, 0))  # the worker was late
        empty_the_box()
        tell(reader, make_thread(world.neighbour_secretary, "夜里的事"))
        empty_the_box()
        assert office.taken == []
        clock.move_to(beijing(2026, 11, 26, 7))
        empty_the_box()
    assert sorted(mail["Subject"][6:8] for mail in office.taken) == ["1 ", "有人"]


def test_each_topic_can_be_turned_off(world: World, reader: Actor, office: PostOffice) -> None:
    want(reader, MailWhen.NEVER, in_inbox=False)
    tell(reader, make_thread(world.neighbour_secretary))
    assert items_of(reader) == []
    assert db.session.scalars(select(Letter.id)).all() == []


def test_what_is_turned_off_after_it_was_planned_is_not_mailed(world: World, reader: Actor, office: PostOffice) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary))
        want(reader, MailWhen.NEVER)
        clock.move_to(next_morning(NOON))
        empty_the_box()
    assert office.taken == []


def test_what_may_not_be_seen_by_now_is_not_mailed(world: World, reader: Actor, office: PostOffice) -> None:
    thread = make_thread(world.far_secretary, "两家的事")
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader, thread, make_thread(world.far_secretary, "大家的事"))
        db.session.execute(update(Thread).where(Thread.id == thread.id).values(reach=Reach.TOWNSHIP))
        db.session.commit()
        clock.move_to(next_morning(NOON))
        empty_the_box()
    [mail] = office.taken
    assert "大家的事" in text_of(mail)
    assert "两家的事" not in mail.as_string() + text_of(mail)


def test_whoever_has_no_address_or_left_gets_no_letter(world: World, reader: Actor, office: PostOffice) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        tell(world.neighbour_secretary, make_thread(world.expert))
        tell(reader, make_thread(world.expert))
        db.session.execute(update(Person).where(Person.id == reader.id).values(disabled_at=utcnow()))
        db.session.commit()
        clock.move_to(next_morning(NOON))
        empty_the_box()
    assert office.taken == []


def test_a_letter_that_fails_comes_later_and_once(world: World, reader: Actor, office: PostOffice) -> None:
    want(reader, MailWhen.AT_ONCE)
    office.mood = "fail"
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary))
        empty_the_box()
        office.mood = "take"
        empty_the_box()
        assert office.taken == []
        clock.shift(60 * LEASES[0])
        empty_the_box()
        clock.shift(60 * LEASES[1])
        empty_the_box()
    assert len(office.taken) == 1
    assert db.session.scalars(select(Letter.attempts)).all() == [2]


def test_a_letter_whose_receipt_was_lost_comes_again_under_the_same_name(
    world: World, reader: Actor, office: PostOffice
) -> None:
    want(reader, MailWhen.AT_ONCE)
    office.mood = "silent"
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary))
        empty_the_box()
        office.mood = "take"
        clock.shift(60 * LEASES[0])
        empty_the_box()
    first, second = office.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_an_address_that_takes_nothing_is_not_tried_again(world: World, reader: Actor, office: PostOffice) -> None:
    want(reader, MailWhen.AT_ONCE)
    office.mood = "refuse"
    with time_machine.travel(NOON, tick=False) as clock, capture_logs() as logs:
        tell(reader, make_thread(world.neighbour_secretary))
        empty_the_box()
        office.mood = "take"
        clock.shift(7 * 24 * 3600)
        empty_the_box()
    assert office.taken == []
    assert db.session.scalars(select(MailAddress.failure)).all() == ["550"]
    assert [line["event"] for line in logs] == ["letter refused"]
    assert "liu@example.org" not in str(logs)


def test_a_digest_that_is_on_its_way_takes_no_more(world: World, reader: Actor, office: PostOffice) -> None:
    office.mood = "fail"
    with time_machine.travel(NOON, tick=False) as clock:
        tell(reader, make_thread(world.neighbour_secretary))
        clock.move_to(next_morning(NOON))
        empty_the_box()
        clock.shift(-1)  # another machine's clock is late
        tell(reader, make_thread(world.neighbour_secretary))
    letters = db.session.scalars(select(LetterLine.letter_id).order_by(LetterLine.message_id)).all()
    assert len(set(letters)) == 2


def test_usual_wishes_leave_no_row(world: World) -> None:
    keep_wishes(world.secretary, dict.fromkeys(Topic, USUAL))
    db.session.commit()
    assert db.session.scalars(select(NoticePreference.topic)).all() == []
