"""What the forum is for, clicked through as its people would: from a problem in a village to an experience that a newcomer finds."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forum.clock import BEIJING
from forum.extensions import db
from forum.notices.worker import run_jobs_once
from forum.tags.actions import load_taxonomy
from forum.units.actors import Actor
from forum.units.models import Person, Role, UnitKind
from forum.units.slips import slip_url
from tests.accounts.conftest import PASSWORD
from tests.browser.conftest import PageFor
from tests.factories import World, actor_of, make_actor, make_thread, make_unit
from tests.media.shots import opened, phone_photo
from tests.units.rosters import xlsx

ASKED = datetime(2026, 8, 3, 8, 0, tzinfo=BEIJING)
MEETING = datetime(2026, 8, 26, 9, 30, tzinfo=BEIJING)

A_THREAD = re.compile(r"/threads/\d+$")

QUESTION = "两百多亩地没人种\n年轻人都出去打工了，剩下的都是七十岁的老人，地里全是草。流转出去，价钱谈不拢。"
ANSWER = "我们村是村集体统一托管，跟农机合作社签了三年，一亩地保底八百。"
CONCLUSION = "前柳、后柳合起来托管，先签一年看收成。"
CARD_TITLE = "整村托管，撂荒田种上大豆"
IN_HIS_OWN_WORDS = "家里老人干不动，地里长满草咋弄"

ROSTER = xlsx(
    [
        ("柳林镇村党组织书记名册（2026年7月）", *[None] * 8),
        ("序号", "镇街", "管区", "村", "姓名", "性别", "手机", "职务", "任职时间"),
        (1, "柳林镇", "城南管区", "前柳村", "柳大山", "男", 13805460001, "党支部书记", datetime(2018, 3, 1)),
        (2, None, None, "后柳村", "杨来福", "男", 13805460002, "党支部书记", "2021.1"),
        (3, None, "城北管区", "石桥村", "石小芳", "女", 13805460003, "党支部书记", "2026年6月"),
        (4, None, None, "小营村", "营向前", "男", 13805460004, "党支部书记、村主任", "2019-12-20"),
        (5, None, None, "小营村", "算得清", "女", 13805460005, "会计", "2020.5"),
    ],
    merged=("A1:I1", "B3:B7", "C3:C4", "C5:C7"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PHOTO = {"name": "地里.jpg", "mimeType": "image/jpeg", "buffer": phone_photo(size=(1600, 1200))}


@dataclass
class Story:
    """Who is in it, where they look, and the addresses that one gives another."""

    app: Flask
    page_for: PageFor
    shoot: Callable[[Page, str], None]
    organiser: Actor
    pages: dict[str, Page] = field(default_factory=dict)
    slips: dict[str, str] = field(default_factory=dict)
    thread_url: str = ""
    card_url: str = ""

    def office(self) -> Page:
        """The organiser's computer, on its home page."""
        if "林组织" not in self.pages:
            self.pages["林组织"] = self.page_for(self.organiser, 1280)
        return self.phone("林组织")

    def phone(self, name: str) -> Page:
        """Where somebody signed in before, on its home page."""
        self.pages[name].goto("/")
        return self.pages[name]

    def worker_runs(self) -> None:
        """What the worker does within a second or two of a deed."""
        assert run_jobs_once(self.app)


def person(name: str) -> Actor:
    found = db.session.scalars(select(Person.id).where(Person.name == name)).one()
    return actor_of(found)


def press(page: Page, name: str) -> None:
    """Tap the button of this name and see the next page."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).click()


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    """The third of August, early; it goes on from there."""
    with time_machine.travel(ASKED, tick=True) as traveller:
        yield traveller


@pytest.fixture
def story(app: Flask, clock: object, page_for: PageFor, shoot: Callable[[Page, str], None]) -> Story:
    """A township with its organiser and tags, and nothing else yet."""
    district = make_unit(UnitKind.DISTRICT, "清河区")
    town = make_unit(UnitKind.TOWNSHIP, "柳林镇", district)
    organiser = make_actor("林组织", Role.ORGANISER, town, title="组织委员")
    load_taxonomy()
    db.session.commit()
    return Story(app, page_for, shoot, organiser)


@pytest.mark.usefixtures("root")
def test_a_problem_becomes_an_experience_that_a_newcomer_finds(story: Story, clock: time_machine.Traveller) -> None:
    import_the_roster(story)
    print_the_slips(story)
    for name, village in (("柳大山", "前柳村"), ("杨来福", "后柳村"), ("石小芳", "石桥村")):
        activate(story, name, village)
    ask_with_a_photo(story)
    answer_a_neighbour(story)
    accept_the_answer(story)
    put_it_on_the_agenda(story)
    answer_the_invitation(story)
    clock.move_to(MEETING)
    hold_the_meeting(story)
    read_the_outcome(story)
    make_a_card_of_it(story)
    say_that_it_is_true(story)
    publish_the_card(story)
    find_it_in_ones_own_words(story)


def import_the_roster(story: Story) -> None:
    """An empty township leads its organiser here; the file is one that an office keeps."""
    office = story.office()
    story.shoot(office, "empty-township")
    follow(office, "导入名册")
    office.get_by_label("名册").set_input_files({"name": "柳林镇书记.xlsx", "mimeType": XLSX, "buffer": ROSTER})
    press(office, "读出来，先核对")
    office.get_by_label("“会计”是").select_option("这样的行不导入")
    press(office, "按这样再核对")
    expect(office.get_by_text("新增 4", exact=True)).to_be_visible()
    expect(office.get_by_text("有误 0", exact=True)).to_be_visible()
    story.shoot(office, "roster-preview")
    press(office, "导入这 4 行")
    expect(office.get_by_role("rowheader", name="石小芳")).to_be_visible()
    story.shoot(office, "people")


def print_the_slips(story: Story) -> None:
    office = story.pages["林组织"]
    office.get_by_role("button", name=re.compile("还没有密码的 4 人")).click()
    for slip in office.locator(".slip").all():
        name = slip.locator(".slip-name").inner_text()
        expect(slip.get_by_alt_text(f"{name}的二维码")).to_be_visible()
        story.slips[name] = slip_url(slip.locator(".slip-code").inner_text())
    story.shoot(office, "slips")


def activate(story: Story, name: str, village: str) -> None:
    """A secretary scans his slip on his phone, reads the notice, sets a password, and is in."""
    phone = story.pages[name] = story.page_for(None, 360)
    phone.goto(story.slips[name])
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"{name}，您好")
    expect(phone.get_by_text(f"{village} 党支部书记")).to_be_visible()
    phone.get_by_text("看全文").click()
    story.shoot(phone, "activate")
    phone.get_by_label("新密码", exact=True).fill(PASSWORD)
    phone.get_by_label("再输一遍新密码").fill(PASSWORD)
    phone.get_by_label("我看过隐私说明，同意").check()
    press(phone, "设好了，进去")
    phone.wait_for_url("**/")
    story.shoot(phone, "first-home")


def ask_with_a_photo(story: Story) -> None:
    for number in range(8):
        make_thread(person("营向前"), f"第{number}条路的灯不亮", "晚上黑，老人走路摔跤，修灯的人不来。")
    phone = story.phone("柳大山")
    phone.get_by_role("navigation", name="常用").get_by_role("link", name="提问题").click()
    phone.get_by_label("说说是什么事").fill(QUESTION)
    phone.get_by_label("照片").set_input_files(PHOTO)
    phone.get_by_text("传好了。").wait_for()
    suggested = phone.locator(".suggested")
    suggested.get_by_label("土地").first.check()
    story.shoot(phone, "ask")
    with phone.expect_response(re.compile("/seen[?]")):  # later it would count the answer as seen
        press(phone, "发出去")
        phone.wait_for_url(A_THREAD)
    expect(phone.get_by_role("heading", level=1)).to_have_text("两百多亩地没人种")
    expect(phone.get_by_text("发出去了。有人回复，会在消息里告诉您。")).to_be_visible()
    story.thread_url = phone.url
    assert_no_place_is_told(phone)
    story.shoot(phone, "asked")


def assert_no_place_is_told(page: Page) -> None:
    """The photo's own address serves a picture that says neither where nor with what it was taken."""
    served = page.request.get(page.locator(".pictures a").get_attribute("href") or "")
    assert served.ok
    assert dict(opened(served.body()).getexif()) == {}


def answer_a_neighbour(story: Story) -> None:
    phone = story.phone("杨来福")
    expect(phone.get_by_role("heading", name="等您支招")).to_be_visible()
    story.shoot(phone, "neighbours-home")
    follow(phone, "两百多亩地没人种")
    phone.get_by_label("我来答").fill(ANSWER)
    press(phone, "发出去")
    expect(phone.locator(".post", has_text=ANSWER)).to_be_visible()
    story.shoot(phone, "answered")


def accept_the_answer(story: Story) -> None:
    story.worker_runs()
    phone = story.phone("柳大山")
    expect(phone.get_by_role("heading", name="有人给您出主意了")).to_be_visible()
    expect(phone.get_by_role("link", name="消息，1 条没看")).to_be_visible()
    story.shoot(phone, "askers-home")
    follow(phone, "两百多亩地没人种")
    press(phone, "就按这个办")
    expect(phone.locator(".post-accepted")).to_contain_text(ANSWER)
    story.shoot(phone, "accepted")


def put_it_on_the_agenda(story: Story) -> None:
    office = story.office()
    story.shoot(office, "organisers-home")
    office.get_by_role("navigation", name="主菜单").get_by_role("link", name="本月论坛").click()
    follow(office, re.compile("排一期|排本月"))
    office.get_by_label("主题", exact=True).fill("地没人种怎么办")
    office.get_by_label("哪天开").fill("2026-08-26")
    office.get_by_label("在哪里开").fill("前柳村大棚")
    story.shoot(office, "schedule")
    press(office, "存草稿，去排议程")
    follow(office, "从大家提的问题里挑")
    office.get_by_label("两百多亩地没人种").check()
    story.shoot(office, "pick")
    press(office, "放进议程")
    story.shoot(office, "agenda")
    follow(office, "排好了，去发通知")
    press(office, "发通知")
    expect(office.get_by_text("通知发出去了")).to_be_visible()
    story.shoot(office, "announced")
    story.worker_runs()


def answer_the_invitation(story: Story) -> None:
    """From home, by one tap."""
    phone = story.phone("杨来福")
    story.shoot(phone, "invited")
    press(phone, "我来")
    expect(phone.get_by_text("您回的是：来。")).to_be_visible()
    story.shoot(phone, "coming")


def hold_the_meeting(story: Story) -> None:
    """Three weeks later: who came, what was said, what was decided."""
    office = story.office()
    follow(office, "地没人种怎么办")
    press(office, "开完了，记签到")
    expect(office.get_by_label("后柳村 · 杨来福")).to_be_checked()
    office.get_by_label("前柳村 · 柳大山").check()
    story.shoot(office, "attendance")
    press(office, "记好了")
    follow(office, "写会议记录")
    office.get_by_role("link", name="记这一项").first.click()
    office.get_by_label("记录").fill("柳大山说了难处。\n杨来福讲了托管怎么签。")
    press(office, "存好")
    follow(office, re.compile("第 [0-9]+ 期"))
    follow(office, "办结这一期")
    about = office.locator(".card").filter(has=office.get_by_role("textbox", name="结论"))
    about.get_by_role("textbox", name="结论").fill(CONCLUSION)
    about.get_by_text("落实事项：谁来办").click()
    about.get_by_label("要办的事").fill("量地，跟合作社谈合同")
    about.get_by_label("谁来办").select_option("前柳村")
    about.get_by_label("什么时候办完").fill("2026-09-20")
    story.shoot(office, "close")
    press(office, "办结")
    expect(office.get_by_text("办结了：1 条结论写到帖子里")).to_be_visible()
    story.shoot(office, "closed")


def read_the_outcome(story: Story) -> None:
    story.worker_runs()
    phone = story.phone("柳大山")
    follow(phone, re.compile("消息"))
    story.shoot(phone, "inbox")
    press(phone, "“两百多亩地没人种”有结果了")
    expect(phone).to_have_url(re.compile(re.escape(story.thread_url)))
    expect(phone.get_by_text(CONCLUSION)).to_be_visible()
    expect(phone.get_by_text("量地，跟合作社谈合同")).to_be_visible()
    story.shoot(phone, "outcome")


def make_a_card_of_it(story: Story) -> None:
    phone = story.phone("柳大山")
    phone.goto(story.thread_url)
    follow(phone, "做成经验卡")
    expect(phone.get_by_label("遇到的问题")).to_have_value(QUESTION)
    expect(phone.get_by_label("怎么做的")).to_have_value(ANSWER)
    expect(phone.get_by_label("成效")).to_have_value(CONCLUSION)
    phone.get_by_label("一句话说清楚这条经验").fill(CARD_TITLE)
    story.shoot(phone, "card-form")
    press(phone, "报给镇里")
    expect(phone.get_by_role("heading", level=1)).to_have_text(CARD_TITLE)
    story.card_url = phone.url
    story.shoot(phone, "nominated")


def say_that_it_is_true(story: Story) -> None:
    """Whose way it is that became a card says so before the township publishes it."""
    story.worker_runs()
    phone = story.phone("杨来福")
    follow(phone, re.compile("消息"))
    phone.get_by_role("button", name=CARD_TITLE).click()
    expect(phone).to_have_url(story.card_url)
    press(phone, "属实")
    expect(phone.get_by_text("记下了：属实。")).to_be_visible()
    story.shoot(phone, "true")


def publish_the_card(story: Story) -> None:
    office = story.office()
    office.get_by_role("navigation", name="主菜单").get_by_role("link", name="经验库").click()
    follow(office, "等着发布")
    follow(office, CARD_TITLE)
    press(office, "发布")
    expect(office.get_by_text("发布了，大家都能看到。")).to_be_visible()
    story.shoot(office, "published")


def find_it_in_ones_own_words(story: Story) -> None:
    """The newcomer of another village was told of the meeting, and finds what came of it without knowing its words."""
    story.worker_runs()
    phone = story.phone("石小芳")
    expect(phone.get_by_text("新上任？")).to_be_visible()
    story.shoot(phone, "newcomers-home")
    phone.get_by_label("搜一搜").fill(IN_HIS_OWN_WORDS)
    press(phone, "搜")
    story.shoot(phone, "found")
    follow(phone, CARD_TITLE)
    expect(phone).to_have_url(story.card_url)
    tags = phone.get_by_role("list", name="标签").get_by_role("listitem").all_inner_texts()
    assert tags
    for words in (CARD_TITLE, *tags):
        assert not runs_of_three(words) & runs_of_three(IN_HIS_OWN_WORDS)
    story.shoot(phone, "card")
    follow(phone, re.compile("消息"))
    expect(phone.get_by_role("button", name=re.compile("论坛定了：地没人种怎么办"))).to_be_visible()
    story.shoot(phone, "newcomers-inbox")


def runs_of_three(text: str) -> set[str]:
    """Every three characters that stand side by side, whatever is between them."""
    bare = re.sub(r"\W", "", text)
    return {bare[at : at + 3] for at in range(len(bare) - 2)}


def test_ask_answer_and_accept_work_without_script(
    page_for: PageFor, world: World, shoot: Callable[[Page, str], None]
) -> None:
    asker = page_for(world.secretary, java_script=False)
    asker.goto("/threads/ask")
    asker.get_by_label("说说是什么事").fill(QUESTION)
    asker.get_by_label("照片").set_input_files(PHOTO)
    shoot(asker, "plain-ask")
    press(asker, "发出去")
    asker.wait_for_url(A_THREAD)
    assert_no_place_is_told(asker)

    neighbour = page_for(world.neighbour_secretary, java_script=False)
    neighbour.goto(asker.url)
    neighbour.get_by_label("我来答").fill(ANSWER)
    neighbour.get_by_label("照片").set_input_files(PHOTO)
    press(neighbour, "发出去")
    expect(neighbour.locator(".post", has_text=ANSWER).locator(".pictures img")).to_have_count(1)

    asker.reload()
    press(asker, "就按这个办")
    expect(asker.locator(".post-accepted")).to_contain_text(ANSWER)
    shoot(asker, "plain-accepted")
