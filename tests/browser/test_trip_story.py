"""A study trip of twelve villages, clicked through with time moved forward: invited, joined, full, moved up, gone, written of, used at home, a card."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from forum.clock import BEIJING, today
from forum.extensions import db
from forum.learning.trips.joining import join
from forum.learning.trips.models import StudyTrip, TripUse, UseResult
from forum.learning.trips.noting import Answer, Line, answer_use, write_note
from forum.tags.actions import load_taxonomy
from forum.units.actors import Actor
from forum.units.models import Role, UnitKind
from tests.browser.conftest import PageFor
from tests.browser.visits import Visits, follow, press
from tests.factories import World, make_actor, make_unit
from tests.media.shots import picture

PLANNED = datetime(2026, 3, 2, 8, 0, tzinfo=BEIJING)
DAY = datetime(2026, 3, 12, 19, 0, tzinfo=BEIJING)
SAW = "一个棚一个阀，浇水不用人守着。"
WHAT = "大棚一棚一阀"


@dataclass(kw_only=True)
class Journey(Visits):
    """Who else goes along, and the address of the trip."""

    others: list[Actor]
    trip: str = ""


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PLANNED, tick=True) as traveller:
        yield traveller


@pytest.fixture
def journey(app: Flask, clock: object, world: World, page_for: PageFor, shoot: Callable[[Page, str], None]) -> Journey:
    """Thirteen villages of one township, of which twelve will go."""
    load_taxonomy()
    villages = [make_unit(UnitKind.VILLAGE, f"柳{n}村", world.town) for n in "三四五六七八九东西南北"]
    others = [make_actor(f"书记{v.name[1]}", Role.SECRETARY, v, title="党支部书记") for v in villages]
    return Journey(app=app, page_for=page_for, shoot=shoot, world=world, others=others)


@pytest.mark.usefixtures("root")
def test_a_trip_of_twelve_villages(journey: Journey, clock: time_machine.Traveller) -> None:
    plan_and_invite(journey)
    go_along(journey)
    wait_and_move_up(journey)
    journey.close()
    clock.move_to(DAY + timedelta(days=1))
    write_what_was_seen(journey)
    the_others_write(journey)
    journey.close()
    clock.move_to(DAY + timedelta(days=40))
    say_that_it_is_being_done(journey)
    journey.close()
    clock.move_to(DAY + timedelta(days=80))
    say_that_it_is_used(journey)
    make_a_card(journey)
    look_at_it_in_the_office(journey)
    read_it_as_somebody_else(journey)


def plan_and_invite(journey: Journey) -> None:
    office = journey.open(journey.world.organiser, "/trips/", 1280)
    follow(office, "组织一次")
    office.get_by_label("这次去学什么").fill("看杏花村的大棚和食堂")
    office.get_by_label("去哪里").fill("南山县杏花村")
    office.get_by_label("为什么去，看什么").fill("我们棚里浇水费工，想看看人家怎么省。")
    office.get_by_label("哪天去").fill(f"{DAY:%Y-%m-%d}")
    office.get_by_label("一共多少个名额").fill("12")
    stop = office.get_by_role("group", name="第 1 处")
    stop.get_by_label("几点").fill("9:30")
    stop.get_by_label("到哪儿").fill("东头大棚")
    stop.get_by_label("看什么、听什么").fill("看水肥一体")
    journey.shoot(office, "planning")
    press(office, "存草稿")
    expect(office.get_by_text("草稿：只有组织的人看得到")).to_be_visible()
    press(office, "发通知，开始报名")
    expect(office.get_by_text("正在报名")).to_be_visible()
    journey.trip = office.url
    journey.shoot(office, "opened")


def go_along(journey: Journey) -> None:
    phone = journey.told(journey.world.secretary, "去南山县杏花村学习")
    expect(phone.get_by_text("东头大棚")).to_be_visible()
    journey.shoot(phone, "invited")
    press(phone, "我去")
    expect(phone.get_by_text("您报上了。")).to_be_visible()
    expect(phone.locator("aside", has_text="谁去")).to_contain_text("前柳村 · 柳大山")
    journey.shoot(phone, "joined")


def wait_and_move_up(journey: Journey) -> None:
    """All seats are taken; the thirteenth waits, somebody cannot go, and the thirteenth goes."""
    for actor in [journey.world.neighbour_secretary, *journey.others[:10]]:
        join(actor, the_trip())
        db.session.commit()
    last = journey.others[10]
    phone = journey.open(last, journey.trip)
    expect(phone.get_by_text("12 个名额，报满了")).to_be_visible()
    press(phone, "我排队")
    expect(phone.get_by_text("您在排队")).to_be_visible()
    journey.shoot(phone, "waiting")
    phone = journey.open(journey.others[0], journey.trip)
    phone.get_by_text("去不了了").click()
    journey.shoot(phone, "leaving")
    press(phone, "我不去了，让出名额")
    phone = journey.told(last, "您排上了")
    expect(phone.get_by_text("您报上了。")).to_be_visible()


def write_what_was_seen(journey: Journey) -> None:
    phone = journey.told(journey.world.secretary, "说三句")
    phone.get_by_label("看到什么").fill(SAW)
    phone.get_by_label("照片").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(640, 480))}
    )
    expect(phone.locator(".shots img")).to_have_count(1)
    phone.get_by_label("哪条我们村用得上").fill(WHAT)
    phone.get_by_label("打算怎么用").fill("先在村东两个棚里装。")
    phone.get_by_label("谁来办").fill("棚户小组")
    phone.get_by_label("哪天用上").fill(f"{today() + timedelta(days=30):%Y-%m-%d}")
    journey.shoot(phone, "writing")
    press(phone, "写好了")
    note = phone.locator("article", has_text=SAW)
    expect(note).to_contain_text(WHAT)
    expect(note.locator(".pictures img")).to_have_count(1)
    journey.shoot(phone, "written")


def the_others_write(journey: Journey) -> None:
    for number, actor in enumerate([journey.world.neighbour_secretary, *journey.others[1:]]):
        due = today() + timedelta(days=300)
        line = Line(f"第{number}样：红白事一页纸", "开会定下来，印成挂历。", "理事会", due)
        write_note(actor, the_trip(), f"看了食堂，也看了账。第{number}村记。", [line])
        db.session.commit()
    second = db.session.scalars(db.select(TripUse).order_by(TripUse.id).offset(1)).first()
    assert second is not None
    answer_use(journey.world.neighbour_secretary, second, Answer(UseResult.UNFIT, "我们村没有理事会，先不搬。"))
    db.session.commit()


def say_that_it_is_being_done(journey: Journey) -> None:
    phone = journey.told(journey.world.secretary, f"{WHAT}”，用上了吗")
    journey.shoot(phone, "asked")
    follow(phone, "正在办")
    phone.get_by_label("办到哪一步了").fill("管子买回来了，等这茬菜拔了就装。")
    phone.get_by_label("哪天再问您").fill(f"{today() + timedelta(days=30):%Y-%m-%d}")
    journey.shoot(phone, "being-done")
    press(phone, "记下")
    expect(phone.get_by_text("正在办的")).to_be_visible()


def say_that_it_is_used(journey: Journey) -> None:
    phone = journey.told(journey.world.secretary, f"{WHAT}”，用上了吗")
    follow(phone, "用上了")
    phone.get_by_label("怎么用的，见没见效").fill("两个棚都装上了，浇一遍水从半天变成四十分钟。")
    press(phone, "记下")
    expect(phone.locator("section", has_text="用上了的")).to_contain_text("前柳村：大棚一棚一阀")
    journey.shoot(phone, "used")


def make_a_card(journey: Journey) -> None:
    phone = journey.open(journey.world.secretary, journey.trip)
    with phone.expect_navigation():
        phone.locator("article", has_text=SAW).get_by_role("link", name="做成经验卡").click()
    expect(phone.get_by_label("一句话说清楚这条经验")).to_have_value(WHAT)
    expect(phone.get_by_label("怎么做的")).to_have_value(re.compile(SAW))
    expect(phone.get_by_label("成效")).to_have_value(re.compile("四十分钟"))
    journey.shoot(phone, "card")
    press(phone, "报给镇里")
    expect(phone.get_by_role("heading", level=1)).to_have_text(WHAT)


def look_at_it_in_the_office(journey: Journey) -> None:
    office = journey.open(journey.world.organiser, journey.trip, 1280)
    expect(office.get_by_text("12 个人写了")).to_be_visible()
    journey.shoot(office, "office")
    with office.expect_download() as paper:
        office.get_by_role("link", name="汇总成一份（Word）").click()
    assert paper.value.suggested_filename == "赴南山县杏花村学习考察情况汇总.docx"
    press(office, "收尾，不再收心得")
    expect(office.get_by_text("收尾了", exact=True)).to_be_visible()


def read_it_as_somebody_else(journey: Journey) -> None:
    phone = journey.open(journey.world.far_secretary, journey.trip)
    expect(phone.get_by_text("我们村没有理事会，先不搬。").first).to_be_visible()
    follow(phone, "看大家说的")
    expect(phone.get_by_role("link", name="看带回来什么")).to_be_visible()
    journey.shoot(phone, "thread")


def the_trip() -> StudyTrip:
    db.session.rollback()
    return db.session.scalars(db.select(StudyTrip)).one()
