"""One problem's whole life, clicked through with time moved forward: asked, consulted, concluded, tried and failed, a second round, solved,
a card, two villages that try it, one in vain, and the district that recommends it all the same."""

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
from forum.tags.actions import load_taxonomy
from forum.units.actors import Actor
from forum.units.models import Role, UnitKind
from tests.browser.conftest import PageFor
from tests.browser.visits import Visits, follow, press
from tests.factories import World, make_actor, make_unit

ASKED = datetime(2026, 3, 2, 8, 0, tzinfo=BEIJING)
DUE = datetime(2026, 3, 9, 8, 0, tzinfo=BEIJING)
A_THREAD = re.compile(r"/threads/\d+(\?.*)?(#.*)?$")

QUESTION = "机井的水浇不到东坡\n东坡一百二十亩麦子，机井的水压不上去，年年旱。"
DIAGNOSIS = "不是水不够，是管子细，压力都耗在半路上。"
REMEDY = "换六寸管，坡半腰加一级泵。八百米两万四。"
FIRST = "先换六寸管，麦收前换完。"
SECOND = "坡半腰加一级泵，两个村合用一台变压器。"
CARD = "坡地浇水：换粗管，半坡加一级泵"


@dataclass(kw_only=True)
class Life(Visits):
    """A third village, and the addresses that one scene gives another."""

    third: Actor
    thread: str = ""
    card: str = ""


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(ASKED, tick=True) as traveller:
        yield traveller


@pytest.fixture
def life(app: Flask, clock: object, world: World, page_for: PageFor, shoot: Callable[[Page, str], None]) -> Life:
    load_taxonomy()
    third = make_actor("坡上行", Role.SECRETARY, make_unit(UnitKind.VILLAGE, "东坡村", world.other_town))
    db.session.commit()
    return Life(app=app, page_for=page_for, shoot=shoot, world=world, third=third)


@pytest.mark.usefixtures("root")
def test_a_problems_whole_life(life: Life, clock: time_machine.Traveller) -> None:
    ask(life)
    call_a_panel(life)
    answer_as_called(life)
    life.close()
    clock.move_to(DUE)
    conclude(life, FIRST, "2026-05-20")
    life.close()
    clock.move_to(DUE + timedelta(days=60))
    finish_the_action(life)
    life.close()
    clock.move_to(DUE + timedelta(days=91))
    say_how_it_went(life, "没解决", "水是上去了，坡顶还是浇不到。")
    expect_a_second_round(life)
    conclude(life, SECOND, "2026-07-10")
    life.close()
    clock.move_to(DUE + timedelta(days=190))
    say_how_it_went(life, "解决了", "坡顶也浇上了，一亩多打一百五。")
    make_the_card(life)
    publish_it(life)
    for actor, result, why in (
        (life.world.far_secretary, "成了", "照着换的管，够用。"),
        (life.third, "没成", "我们村坡太长，一级泵不够。"),
    ):
        try_it(life, actor)
        life.close()
        clock.shift(timedelta(days=40))
        say_how_the_try_went(life, actor, result, why)
    promote_it(life)
    read_it_as_somebody_else(life)


def ask(life: Life) -> None:
    phone = life.open(life.world.secretary, "/threads/ask")
    phone.get_by_label("说说是什么事").fill(QUESTION)
    press(phone, "发出去")
    phone.wait_for_url(A_THREAD)
    life.thread = phone.url
    life.shoot(phone, "asked")
    neighbour = life.open(life.world.neighbour_secretary, life.thread)
    press(neighbour, "我们村也有")
    expect(neighbour.get_by_role("button", name="我们村也有", pressed=True)).to_be_visible()


def call_a_panel(life: Life) -> None:
    phone = life.open(life.world.secretary, life.thread)
    follow(phone, "请人会诊")
    for name in ("农博士", "杨来福"):
        phone.get_by_label("找人").fill(name)
        press(phone, "找")
        phone.get_by_label(re.compile(name)).check()
    phone.get_by_label("请在哪天前答").fill(f"{DUE:%Y-%m-%d}")
    life.shoot(phone, "calling")
    press(phone, "请他们来")
    expect(phone.locator("#panel")).to_contain_text("还没答")
    life.shoot(phone, "called")


def answer_as_called(life: Life) -> None:
    expert = life.told(life.world.expert, "会诊")
    expect(expert.get_by_text("请您会诊")).to_be_visible()
    expert.get_by_label("诊断").fill(DIAGNOSIS)
    expert.get_by_label("开方").fill(REMEDY)
    life.shoot(expert, "prescribing")
    press(expert, "发出去")
    expect(expert.locator(".post", has_text=REMEDY)).to_be_visible()
    life.worker_runs()
    asker = life.open(life.world.secretary, life.thread)
    expect(asker.locator("#panel")).to_contain_text("答了")
    life.shoot(asker, "half-answered")


def conclude(life: Life, statement: str, due: str) -> None:
    phone = life.open(life.world.secretary, life.thread)
    follow(phone, "写结论")
    phone.get_by_label("结论", exact=True).fill(statement)
    phone.get_by_text(re.compile("从 . 条回复里选")).click()
    phone.get_by_label(re.compile("农博士")).check()
    phone.get_by_text("落实事项：谁来办").click()
    phone.get_by_label("要办的事").fill("量坡，买管")
    phone.get_by_label("谁来办").select_option(label="前柳村")
    phone.get_by_label("什么时候办完").fill(due)
    life.shoot(phone, "concluding")
    press(phone, "就这么定")
    expect(phone.locator("#outcome")).to_contain_text(statement)
    life.shoot(phone, "concluded")


def finish_the_action(life: Life) -> None:
    phone = life.open(life.world.secretary, life.thread)
    follow(phone, re.compile("办好了"))
    phone.get_by_label("办得怎么样").fill("管换完了，花了两万三。")
    life.shoot(phone, "finishing")
    press(phone, "办好了")
    expect(phone.locator("#outcome")).to_contain_text("管换完了")


def say_how_it_went(life: Life, answer: str, sentence: str) -> None:
    """On the day the asker gets one question."""
    phone = life.told(life.world.secretary, "后来怎样了|回头看")
    if phone.get_by_role("link", name=answer, exact=True).count() == 0:
        phone.goto(life.thread)
    follow(phone, answer)
    phone.get_by_label("说一句后来怎样了").fill(sentence)
    life.shoot(phone, "looking-back")
    press(phone, "发出去")
    expect(phone.locator(".post", has_text=sentence).first).to_be_visible()
    life.shoot(phone, "looked-back")


def expect_a_second_round(life: Life) -> None:
    phone = life.open(life.world.neighbour_secretary, life.thread)
    expect(phone.locator(".stage, .stage-line, ol").first).to_be_visible()
    expect(phone.get_by_text("第一轮").first).to_be_visible()
    phone.get_by_text("看这一轮的结论").click()
    expect(phone.get_by_text(FIRST)).to_be_visible()
    life.shoot(phone, "second-round")


def make_the_card(life: Life) -> None:
    phone = life.open(life.world.secretary, life.thread)
    follow(phone, "做成经验卡")
    expect(phone.get_by_label("成效")).to_have_value(f"{SECOND}\n坡顶也浇上了，一亩多打一百五。")
    phone.get_by_label("一句话说清楚这条经验").fill(CARD)
    phone.get_by_label("怎么做的").fill(f"{FIRST}\n{SECOND}")
    if phone.get_by_label("哪个村的经验").evaluate("e => e.tagName") == "SELECT":
        phone.get_by_label("哪个村的经验").select_option(label="前柳村")
    press(phone, "报给镇里")
    expect(phone.get_by_role("heading", level=1)).to_have_text(CARD)
    life.card = phone.url
    life.shoot(phone, "card-nominated")


def publish_it(life: Life) -> None:
    office = life.open(life.world.organiser, life.card, 1280)
    expect(office.get_by_text("确认属实").first).to_be_visible()
    life.shoot(office, "card-to-publish")
    press(office, "发布")
    expect(office.get_by_text("发布了，大家都能看到。")).to_be_visible()


def try_it(life: Life, actor: Actor) -> None:
    phone = life.open(actor, life.card)
    follow(phone, "我们村试试")
    phone.get_by_label("我们村打算怎么做").fill("先换四百米的管。")
    phone.get_by_label("到哪天看结果").fill(f"{today() + timedelta(days=30):%Y-%m-%d}")
    life.shoot(phone, "trying")
    press(phone, "试试看")


def say_how_the_try_went(life: Life, actor: Actor, result: str, why: str) -> None:
    phone = life.told(actor, "试")
    if phone.get_by_label("为什么").count() == 0:
        phone.goto(life.card)
        follow(phone, "说说试得怎么样")
    phone.get_by_label(result, exact=True).check()
    phone.get_by_label("为什么").fill(why)
    life.shoot(phone, "try-told")
    press(phone, "就这么说")


def promote_it(life: Life) -> None:
    office = life.open(life.world.district_staff, life.card, 1280)
    follow(office, "看借鉴情况")
    expect(office.get_by_text("我们村坡太长，一级泵不够。")).to_be_visible()
    life.shoot(office, "evidence")
    press(office, "向全区推广")
    life.shoot(office, "promoted")


def read_it_as_somebody_else(life: Life) -> None:
    phone = life.open(life.world.expert, life.card)
    expect(phone.get_by_text("全区推广").first).to_be_visible()
    expect(phone.get_by_text(re.compile("2 个村借鉴，1 成 1 不成")).first).to_be_visible()
    life.shoot(phone, "card")
    phone.goto(life.thread)
    expect(phone.get_by_text("现在：")).to_have_count(0)  # every step of the stage line is done
    life.shoot(phone, "thread")
