"""Groups hear of what everybody in them may know, not too often, and never twice."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
import urllib3
from flask import Flask
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from forum.clock import utcnow
from forum.extensions import db
from forum.notices.robots import webhooks
from forum.notices.robots.actions import add_robot, greet_group, pause_robot
from forum.notices.robots.announcements import tell_groups
from forum.notices.robots.delivery import BETWEEN_MESSAGES, WHEN_TOO_OFTEN, tell_next_group
from forum.notices.robots.models import Hears, Robot, RobotKind, RobotMessage
from forum.threads.models import Reach, Thread
from forum.threads.unanswered import tell_of_next
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.conftest import SECRET
from tests.factories import World, make_post, make_thread, save
from tests.notices.chat import Chat, open_chat
from tests.notices.test_mail import NOON, beijing

ROOT = Path(__file__).resolve().parents[2]
Browse = Callable[[Actor | None], Browser]
KEY = "693a91f6-7f5b-4bc4-97a0-0ec2f1fa5aaa"
WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
SIGNED = "SEC0123456789abcdef0123456789abcdef"


@pytest.fixture
def chat(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    quick = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=0.3, read=0.3))
    monkeypatch.setattr(webhooks, "_http", quick)
    with open_chat() as chat:
        app.config["ROBOT_HOSTS"] = dict.fromkeys(RobotKind, chat.url)
        yield chat
        quick.clear()
    del app.config["ROBOT_HOSTS"]


@pytest.fixture
def robot(world: World, chat: Chat) -> Robot:
    """A robot that was free long before the tests' noon."""
    robot = add_robot(world.organiser, RobotKind.WECOM, "书记群", KEY, "", set(Hears))
    robot.free_at = robot.created_at = beijing(2026, 1, 1, 12)
    return save(robot)


def ask(world: World, title: str = "石榴怎么卖", **values: object) -> Thread:
    """A question of four days ago."""
    return make_thread(world.secretary, title, created_at=utcnow() - timedelta(days=4), **values)


def work() -> None:
    while tell_of_next():
        db.session.commit()
    db.session.commit()
    while tell_next_group():
        pass
    db.session.rollback()


def only_robot() -> Robot:
    db.session.rollback()
    return db.session.scalars(select(Robot).execution_options(populate_existing=True)).one()


def test_an_unanswered_question_is_told_once(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        thread = ask(world)
        for _again in range(3):
            work()
            clock.shift(3600)
    [read] = chat.read
    assert "石榴怎么卖" in read
    assert f"http://127.0.0.1:8000/threads/{thread.id}" in read
    assert chat.queries == [{"key": [KEY]}]


def test_only_what_everybody_may_know_is_told(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False):
        ask(world, reach=Reach.TOWNSHIP)
        ask(world, reach=Reach.PANEL)
        make_thread(world.secretary, created_at=utcnow() - timedelta(days=2))
        make_thread(world.far_secretary, created_at=utcnow() - timedelta(days=4))
        make_post(ask(world), world.expert)
        work()
        narrowed = ask(world, "两家的事")
        assert tell_of_next() is True
        db.session.commit()
        db.session.execute(update(Thread).where(Thread.id == narrowed.id).values(reach=Reach.PANEL))
        db.session.commit()
        work()
    assert chat.read == []
    assert db.session.scalars(select(RobotMessage.sent_at)).one() is not None


def test_what_came_before_the_robot_is_not_told(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False):
        robot.created_at = utcnow()
        db.session.commit()
        ask(world)
        work()
    assert chat.read == []


def test_nothing_is_told_at_night(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(beijing(2026, 11, 25, 22), tick=False) as clock:
        ask(world)
        work()
        assert chat.read == []
        clock.move_to(beijing(2026, 11, 26, 7))
        work()
    assert len(chat.read) == 1


def test_a_minute_holds_twenty_messages(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(25):
            save(RobotMessage(robot_id=robot.id, kind="robot.test", subject_id=number, due_at=NOON))
        for _second in range(60):
            work()
            clock.shift(1)
        assert 15 <= len(chat.read) <= 20
        assert only_robot().free_at <= utcnow() + BETWEEN_MESSAGES
        clock.shift(4)
        work()
    assert {message.attempts for message in db.session.scalars(select(RobotMessage))} == {0, 1}


@pytest.mark.parametrize("mood", ["throttle", "busy"])
def test_a_robot_that_is_told_too_often_rests(world: World, robot: Robot, chat: Chat, mood: str) -> None:
    pause = WHEN_TOO_OFTEN - timedelta(seconds=1)
    with time_machine.travel(NOON, tick=False) as clock:
        chat.mood = mood
        ask(world)
        work()
        chat.mood = "take"
        ask(world, "路怎么修")
        clock.shift(pause)
        work()
        assert (chat.read, only_robot().failure) == ([], "too_often")
        for _turn in range(4):
            clock.shift(4)
            work()
    assert len(chat.read) == 2
    assert only_robot().failure == ""


@pytest.mark.parametrize("mood", ["fail", "redirect", "bad key"])
def test_what_was_refused_comes_later_and_once(world: World, robot: Robot, chat: Chat, mood: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        chat.mood = mood
        ask(world)
        work()
        assert only_robot().failure in ("refused", "bad_key")
        chat.mood = "take"
        for _hour in range(3):
            clock.shift(3600)
            work()
    assert len(chat.read) == 1


@pytest.mark.parametrize("mood", ["hang", "drop"])
def test_what_may_have_arrived_is_not_sent_again(world: World, robot: Robot, chat: Chat, mood: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock, capture_logs() as logs:
        chat.mood = mood
        ask(world)
        work()
        chat.mood = "take"
        for _hour in range(3):
            clock.shift(3600)
            work()
    assert len(chat.read) == 1
    assert only_robot().failure == "unknown"
    assert [line["event"] for line in logs] == ["group message not taken"]


def test_it_is_given_up_aloud_after_two_days(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False) as clock, capture_logs() as logs:
        chat.mood = "fail"
        greet_group(world.organiser, robot)
        db.session.commit()
        for _hour in range(60):
            work()
            clock.shift(3600)
    assert logs[-1]["event"] == "group message given up"
    assert len(chat.queries) == 8


def test_an_unreachable_chat_loses_nothing(app: Flask, world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        app.config["ROBOT_HOSTS"] = dict.fromkeys(RobotKind, "http://127.0.0.1:9")
        ask(world)
        work()
        assert only_robot().failure == "unreachable"
        app.config["ROBOT_HOSTS"] = dict.fromkeys(RobotKind, chat.url)
        clock.shift(3600)
        work()
    assert len(chat.read) == 1


def test_dingtalk_is_signed(world: World, chat: Chat) -> None:
    robot = add_robot(world.organiser, RobotKind.DINGTALK, "书记群", "a" * 64, SIGNED, set(Hears))
    greet_group(world.organiser, robot)
    db.session.commit()
    work()
    [query] = chat.queries
    [stamp] = query["timestamp"]
    mac = hmac.new(SIGNED.encode(), f"{stamp}\n{SIGNED}".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["a" * 64], "timestamp": [stamp], "sign": [base64.b64encode(mac).decode()]}
    assert abs(int(stamp) / 1000 - utcnow().timestamp()) < 60


def test_key_and_secret_are_seen_nowhere(
    world: World, browse: Browse, chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = browse(world.organiser)
    pages = []
    fields = {"kind": "dingtalk", "name": "书记群", "hears": ["meetings"], "secret": SIGNED}
    typed = f"https://oapi.dingtalk.com/robot/send?access_token={'b' * 64}"
    wrong = browser.submit("/robots/new", fields | {"address": typed, "name": ""})
    assert wrong.status_code == 422
    answer = browser.submit("/robots/new", fields | {"address": typed})
    assert answer.status_code == 303
    for mood in ("drop", "fail", "bad key", "take"):
        chat.mood = mood
        browser.submit("/robots", action=f"/robots/{only_robot().id}/test")
        work()
        db.session.execute(update(Robot).values(free_at=utcnow()))
        db.session.commit()
    pages += [wrong.text, browser.get("/robots").text, browser.get(f"/robots/{only_robot().id}/hears").text]
    rows = (
        db.session.execute(text("SELECT * FROM robot")).all()
        + db.session.execute(text("SELECT * FROM audit_entry")).all()
    )
    said = capsys.readouterr()
    everything = json.dumps([pages, [str(row) for row in rows], said.out, said.err])
    assert "b" * 64 not in everything
    assert SIGNED not in everything


@pytest.mark.parametrize(
    "typed",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + KEY,
        "https://qyapi.weixin.qq.com.example.org/cgi-bin/webhook/send?key=" + KEY,
        "https://qyapi.weixin.qq.com@127.0.0.1/cgi-bin/webhook/send?key=" + KEY,
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=" + KEY,
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + KEY + "&x=1",
        "https://qyapi.weixin.qq.com/cgi-bin/other?key=" + KEY,
        "https://127.0.0.1/cgi-bin/webhook/send?key=" + KEY,
        "https://[::1/",
        "",
    ],
)
def test_only_an_address_of_the_robots_own_host_is_taken(world: World, browse: Browse, typed: str) -> None:
    fields = {"kind": "wecom", "name": "书记群", "address": typed}
    assert browse(world.organiser).submit("/robots/new", fields).status_code == 422
    assert db.session.scalars(select(Robot.id)).all() == []


def test_adding_says_hello_and_the_tested_are_not_greeted_twice(world: World, browse: Browse, chat: Chat) -> None:
    browser = browse(world.organiser)
    fields = {"kind": "wecom", "name": "书记群", "address": WEBHOOK, "hears": ["cards"]}
    browser.submit("/robots/new", fields)
    browser.submit("/robots", action=f"/robots/{only_robot().id}/test")
    work()
    assert chat.read == ["村书记论坛：机器人“书记群”接上了，以后的消息发到这里。"]
    assert only_robot().hears_meetings is False
    assert only_robot().hears_cards is True


def test_a_paused_robot_is_told_nothing(world: World, robot: Robot, chat: Chat) -> None:
    with time_machine.travel(NOON, tick=False):
        tell_groups(world.town.id, Hears.CARDS, "card.published", 1)
        pause_robot(world.organiser, robot, on=True)
        tell_groups(world.town.id, Hears.CARDS, "card.published", 1)
        db.session.commit()
        ask(world)
        work()
    assert db.session.scalars(select(RobotMessage.id)).all() == []


def test_a_changed_secret_key_is_said_and_sends_nothing(app: Flask, world: World, robot: Robot, chat: Chat) -> None:
    app.config["SECRET_KEY"] = "another key altogether, long enough too"
    try:
        greet_group(world.organiser, robot)
        db.session.commit()
        work()
    finally:
        app.config["SECRET_KEY"] = SECRET
    assert (chat.queries, only_robot().failure) == ([], "bad_key")


def test_killed_again_and_again_no_group_reads_a_thing_twice(
    app: Flask, world: World, robot: Robot, chat: Chat, database_url: str, data_dir: Path
) -> None:
    db.session.execute(update(Robot).values(created_at=utcnow()))
    save(*[RobotMessage(robot_id=robot.id, kind="robot.test", subject_id=n) for n in range(40)])
    chat.pause = 0.05
    env = {**os.environ, "SECRET_KEY": SECRET, "DATABASE_URL": database_url, "DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "tests.notices.robot_worker"]
    lost = 0
    for enough in (8, 20, 40):
        worker = subprocess.Popen(command, cwd=ROOT, env=env | {"CHAT_URL": chat.url}, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda enough=enough, lost=lost: len(chat.read) + lost >= enough)
        finally:
            worker.kill()
            worker.wait()
        db.session.execute(update(RobotMessage).where(RobotMessage.sent_at.is_(None)).values(due_at=utcnow()))
        db.session.commit()
        lost = sum(failure == "unknown" for failure in db.session.scalars(select(RobotMessage.failure)))
        db.session.rollback()
    time.sleep(0.2)
    while tell_next_group():
        db.session.execute(update(Robot).values(free_at=utcnow()))
        db.session.commit()
    messages = db.session.scalars(select(RobotMessage).execution_options(populate_existing=True)).all()
    assert all(message.sent_at for message in messages)
    assert len(chat.queries) <= 40
    assert 40 - len(chat.read) <= 3  # one for each kill, and each is said aloud


def wait_until(reached: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.02)
