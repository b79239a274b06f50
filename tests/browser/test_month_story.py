"""A month of the forum as its organiser lives it: what to talk about, two places, an agenda that changes, the hour itself, minutes marked while
they are written, closing in one step, the paper that is issued, and next month's look back. In the office at 1280 px, in the hall at 360."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from forum.clock import BEIJING, utcnow
from forum.extensions import db
from forum.meetings.models import Sitting
from forum.meetings.signing_codes import code_at
from forum.tags.actions import load_taxonomy
from forum.tags.models import Tag
from forum.threads.models import ThreadTag
from forum.units.actors import Actor
from tests.browser.conftest import PageFor
from tests.browser.visits import Visits, follow, press
from tests.factories import World, make_thread

PLANNED = datetime(2026, 8, 3, 9, 0, tzinfo=BEIJING)
HELD = datetime(2026, 8, 20, 8, 50, tzinfo=BEIJING)
FIRST, SECOND = "两百多亩地没人种", "托管合同怎么签"
SAID = "柳大山说了难处：年轻人都出去了。\n先流转六十亩给合作社试种。\n柳大山九月二十日前把地量好。"
CORRECTION = "试种的是五十亩，不是六十亩"


@dataclass(kw_only=True)
class Month(Visits):
    """A township's month, and the address of its meeting."""

    meeting: str = ""

    def office(self, path: str = "") -> Page:
        return self.visit(self.world.organiser, path or self.meeting, 1280)

    def phone(self, actor: Actor, path: str = "") -> Page:
        return self.visit(actor, path or self.meeting)


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PLANNED, tick=True) as traveller:
        yield traveller


@pytest.fixture
def month(app: Flask, clock: object, world: World, page_for: PageFor, shoot: Callable[[Page, str], None]) -> Month:
    load_taxonomy()
    tag = db.session.scalars(db.select(Tag).where(Tag.name == "土地流转")).one()
    first = make_thread(world.secretary, FIRST, "年轻人都出去了，两百多亩地没人种。")
    second = make_thread(world.neighbour_secretary, SECOND, "托管合同里哪几条要写死？")
    db.session.add_all(ThreadTag(thread_id=thread.id, tag_id=tag.id) for thread in (first, second))
    db.session.commit()
    return Month(app=app, page_for=page_for, shoot=shoot, world=world)


@pytest.mark.usefixtures("root")
def test_a_month_from_its_theme_to_its_paper(month: Month, clock: time_machine.Traveller) -> None:
    choose_the_theme(month)
    hold_it_at_two_places(month)
    arrange_and_announce(month)
    answer(month)
    change_the_agenda(month)
    month.close()
    clock.move_to(HELD)
    sign_in(month)
    lead_the_hall(month)
    write_the_minutes(month)
    month.close()
    clock.move_to(HELD + timedelta(hours=3))
    close_in_one_step(month)
    issue_and_correct(month)
    month.close()
    clock.move_to(HELD + timedelta(days=14))
    look_back_next_month(month)


def choose_the_theme(month: Month) -> None:
    office = month.office("/meetings/asked")
    month.shoot(office, "asked")
    expect(office.get_by_text("2 个问题").first).to_be_visible()
    follow(office, "就谈这个")
    office.get_by_label("主题怎么写").fill("地没人种怎么办")
    office.get_by_label(re.compile(FIRST)).check()
    office.get_by_label(re.compile(SECOND)).check()
    month.shoot(office, "take-up")
    press(office, "就谈这个")
    month.meeting = re.sub(r"(/meetings/\d+).*", r"\1", office.url)


def hold_it_at_two_places(month: Month) -> None:
    """The organiser's form keeps the first place's answers when a second is added."""
    office = month.office(month.meeting + "/edit")
    office.get_by_label("在哪里开").fill("前柳村大棚")
    fill_hours(office, 0)
    press(office, "再加一个分会场")
    second = office.get_by_role("group", name="第 2 个会场")
    second.get_by_label("会场叫什么").fill("田头会场")
    second.get_by_label("在哪里开").fill("后柳村试验田")
    fill_hours(office, 1)
    second.get_by_label("记录人").select_option(str(month.world.neighbour_secretary.id))
    second.get_by_text("选哪些村来这里").click()
    second.get_by_label("后柳村", exact=True).check()
    month.shoot(office, "two-places")
    press(office, "改好了")
    expect(office.get_by_text("2 个会场")).to_be_visible()


def fill_hours(page: Page, nth: int) -> None:
    page.get_by_label("哪天开").nth(nth).fill("2026-08-20")
    page.get_by_label("几点开始").nth(nth).fill("09:00")
    page.get_by_label("几点结束").nth(nth).fill("11:00")


def arrange_and_announce(month: Month) -> None:
    office = month.office(month.meeting + "/agenda")
    follow(office, "自己写一项")
    office.get_by_label("题目").fill("合作社带头试种")
    office.get_by_label("谁来讲").fill("柳大山")
    office.get_by_label("多少分钟").fill("20")
    press(office, "存好")
    rows = office.get_by_role("listitem").filter(has=office.get_by_role("button", name=re.compile("按住拖动")))
    expect(rows).to_have_count(3)
    with office.expect_response(lambda answer: answer.request.method == "POST"):
        rows.nth(2).get_by_role("button", name=re.compile("按住拖动")).drag_to(
            rows.nth(0), target_position={"x": 40, "y": 4}
        )
    expect(rows.nth(0)).to_contain_text("合作社带头试种")
    office.reload()
    expect(rows.nth(0)).to_contain_text("合作社带头试种")
    month.shoot(office, "agenda")
    follow(office, "排好了，去发通知")
    month.shoot(office, "announce")
    press(office, "发通知")


def answer(month: Month) -> None:
    month.worker_runs()
    phone = month.phone(month.world.secretary, "/notices")
    month.shoot(phone, "told")
    phone.goto(month.meeting)
    press(phone, "我来")
    expect(phone.get_by_text("您回的是：来。")).to_be_visible()
    neighbour = month.phone(month.world.neighbour_secretary)
    follow(neighbour, "找人代")
    neighbour.get_by_label("名单里没有的，写名字").fill("杨会计")
    month.shoot(neighbour, "substitute")
    press(neighbour, "就让他去")
    expect(neighbour.get_by_text("您不来，有人代您来。")).to_be_visible()
    month.shoot(neighbour, "substituted")


def change_the_agenda(month: Month) -> None:
    """What is changed later is published, and only whom it touches is told."""
    office = month.office(month.meeting + "/agenda")
    press(office, "下移")
    follow(office, "看看改了什么，发布")
    month.shoot(office, "what-changed")
    press(office, "发布")
    follow(office, "议程改过几次")
    month.shoot(office, "versions")


def sign_in(month: Month) -> None:
    wall = month.office(month.meeting)
    follow(wall, "扫码签到")
    month.shoot(wall, "code")
    phone = month.phone(month.world.secretary, "/here")
    sitting = db.session.scalars(db.select(Sitting.id).order_by(Sitting.id)).first()
    db.session.rollback()
    assert sitting
    phone.get_by_label("会场上的六位数字").fill(code_at(sitting, utcnow()))
    press(phone, "下一步")
    month.shoot(phone, "here")
    press(phone, "我到了")
    month.shoot(phone, "signed-in")


def lead_the_hall(month: Month) -> None:
    wall = month.office(month.meeting)
    follow(wall, "投到大屏")
    press(wall, "开始第一项")
    phone = month.phone(month.world.secretary, month.meeting + "/now")
    phone.get_by_label("提个问题").fill("合作社一亩给多少？")
    press(phone, "递上去")
    month.shoot(phone, "asked-in-the-hall")
    wall.reload()
    expect(wall.get_by_text("合作社一亩给多少？")).to_be_visible()
    month.shoot(wall, "wall")
    press(wall, "答过了")


def write_the_minutes(month: Month) -> None:
    """Saved as typed; a sentence becomes the conclusion, another something to be done."""
    office = month.office(month.meeting + "/minutes")
    office.locator(".card").filter(has_text=FIRST).get_by_role("link", name="记这一项").click()
    expect(office.get_by_role("heading", level=1)).to_have_text(FIRST)
    office.get_by_label("记录").fill(SAID)
    expect(office.get_by_text("存好了。")).to_be_visible()
    select(office, SAID.split("\n")[1])
    press(office, "标成结论")
    month.shoot(office, "conclusion-marked")
    select(office, SAID.split("\n")[2])
    press(office, "标成落实事项")
    office.get_by_label("谁来办").select_option(label="前柳村")
    office.get_by_label(re.compile("什么时候|哪天")).fill("2026-09-20")
    month.shoot(office, "action-marked")
    press(office, "存好")
    month.shoot(office, "minutes-part")


def select(page: Page, sentence: str) -> None:
    page.get_by_label("记录").evaluate(
        "(area, words) => { const at = area.value.indexOf(words); area.focus(); area.setSelectionRange(at, at + words.length); }",
        sentence,
    )


def close_in_one_step(month: Month) -> None:
    office = month.office()
    press(office, "开完了，记签到")
    month.shoot(office, "attendance")
    press(office, "记好了")
    office.goto(month.meeting + "/close")
    month.shoot(office, "what-is-missing")
    follow(office, re.compile("签到：后柳村试验田"))
    press(office, "记好了")
    office.goto(month.meeting + "/close")
    about = office.locator(".card").filter(has_text=FIRST)
    expect(about.get_by_role("textbox", name="结论")).to_have_value(SAID.split("\n")[1])
    office.get_by_label(re.compile("没记|为什么|说明")).fill("时间不够，下期再议。")
    month.shoot(office, "close")
    press(office, "办结")
    month.shoot(office, "closed")
    expect(office.get_by_text("办结了：1 条结论写到帖子里，1 件事进了台账")).to_be_visible()
    with office.expect_download() as waiting:
        office.get_by_role("link", name="会议纪要（Word）").click()
    paper = waiting.value.path()
    assert SAID.split("\n")[1] in text_of(paper)


def text_of(paper: Path) -> str:
    with ZipFile(BytesIO(paper.read_bytes())) as parts:
        return re.sub("<[^>]+>", "", parts.read("word/document.xml").decode())


def issue_and_correct(month: Month) -> None:
    office = month.office(month.meeting + "/minutes")
    follow(office, "印发")
    press(office, "印发")
    month.shoot(office, "issued")
    follow(office, "更正")
    office.get_by_label("记录").fill(SAID.replace("六十亩", "五十亩"))
    office.get_by_label(re.compile("改了什么|为什么")).fill(CORRECTION)
    press(office, "改好了")
    office.goto(month.meeting + "/minutes/versions")
    expect(office.get_by_text(CORRECTION)).to_be_visible()
    month.shoot(office, "corrected")


def look_back_next_month(month: Month) -> None:
    """Everybody sees what was decided; next month's agenda lists it by itself."""
    phone = month.phone(month.world.secretary)
    expect(phone.get_by_text("在办 柳大山九月二十日前把地量好。")).to_be_visible()
    month.shoot(phone, "what-was-decided")
    office = month.office("/meetings/new")
    follow(office, "照上一期排")
    expect(office.get_by_label("会场叫什么").nth(1)).to_have_value("田头会场")
    office.get_by_label("主题", exact=True).fill("秋收怎么省工")
    month.shoot(office, "like-last-month")
    press(office, "存草稿，去排议程")
    month.shoot(office, "look-back")
    expect(office.get_by_text("柳大山九月二十日前把地量好。")).to_have_count(1)
