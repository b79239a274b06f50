"""A day of whoever looks after a township's threads: what waits, what was pointed out, and what was written in the wrong place."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from forum.extensions import db
from forum.notices.worker import run_jobs_once
from forum.screening.actions import list_words
from forum.screening.models import Degree
from forum.threads.models import Post, Thread
from tests.browser.conftest import PageFor
from tests.factories import World, make_post, make_thread

WIDTHS = (360, 1280)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def more(page: Page, post: Post) -> None:
    """Open what else can be done with a post."""
    page.locator(f"#post-{post.id} summary").first.click()


@pytest.fixture
def threads(world: World) -> tuple[Thread, Thread, Post, Post]:
    """The same question asked twice; in the first one a reply about another matter, and one that hurts."""
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    first = make_thread(world.secretary, "撂荒地怎么办", "两百亩地没人种，草比人高。")
    second = make_thread(world.neighbour_secretary, "地撂荒了咋整", "我们村也有一百亩。")
    other = make_post(first, world.far_secretary, "另外问一句，村口的路灯坏了找谁修？")
    rude = make_post(first, world.deputy, "他家懒，活该没人种。")
    make_post(second, world.expert, "可以找农机合作社托管。")
    return first, second, other, rude


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_moderators_day(
    app: Flask,
    world: World,
    threads: tuple[Thread, Thread, Post, Post],
    page_for: PageFor,
    shoot: Callable[[Page, str], None],
    width: int,
) -> None:
    first, second, other, rude = threads
    desk, neighbour = page_for(world.organiser, width), page_for(world.neighbour_secretary, width)

    # What can be used against somebody is seen before it is sent; what has a listed word waits.
    neighbour.goto(f"/threads/{first.id}")
    neighbour.locator("#reply textarea").fill("小心假 种 子，问老李，电话13812345678。")
    press(neighbour, "发出去")
    expect(neighbour.get_by_role("alert")).to_contain_text("手机号 13812345678")
    shoot(neighbour, "look-before-sending")
    press(neighbour, "打上星号再发")
    expect(neighbour.get_by_text("问老李，电话138＊＊＊＊5678。")).to_be_visible()
    expect(neighbour.get_by_text("等镇里看一眼", exact=True)).to_be_visible()
    shoot(neighbour, "waits")

    desk.goto("/moderation")
    desk.get_by_role("link", name=re.compile("^等您看一眼")).click()
    shoot(desk, "held")
    press(desk, "没问题，发出去")
    expect(desk.get_by_text("没有等您看的")).to_be_visible()

    # What hurts is pointed out, its author is asked to change it, and whoever pointed it out is answered.
    neighbour.goto(f"/threads/{first.id}")
    expect(neighbour.get_by_text("等镇里看一眼", exact=True)).to_have_count(0)
    more(neighbour, rude)
    neighbour.locator(f"#post-{rude.id}").get_by_role("link", name="举报", exact=True).click()
    neighbour.get_by_text("骂人、伤人的话").click()
    press(neighbour, "交上去")
    desk.goto("/moderation")
    follow(desk, "打开，决定怎么办")
    desk.get_by_label(re.compile("^请写的人改一改")).check()
    desk.get_by_label("对写的人说").fill("后半句伤人，请去掉。")
    desk.get_by_label("对举报的人说").fill("谢谢您提醒。")
    shoot(desk, "answer")
    press(desk, "就这样办")
    assert run_jobs_once(app)
    neighbour.goto("/notices")
    expect(neighbour.get_by_text("您举报的一条看过了，请写的人改了。谢谢您提醒。")).to_be_visible()
    neighbour.goto("/me/reports")
    shoot(neighbour, "own-reports")
    author = page_for(world.deputy, width)
    author.goto("/notices")
    author.get_by_text("镇里请您改一改写过的一条：后半句伤人，请去掉。").click()
    author.get_by_label("内容").fill("他家劳力少，地就撂下了。")
    press(author, "改好了")

    # Two that ask the same become one; the old address leads there.
    desk.goto(f"/threads/{second.id}/tidy")
    shoot(desk, "tidy")
    follow(desk, "并到另一个帖子")
    desk.get_by_label("找那个帖子").fill("撂荒地")
    press(desk, "找")
    desk.get_by_label(re.compile("^撂荒地怎么办")).check()
    shoot(desk, "merge")
    press(desk, "并过去")
    expect(desk.get_by_text("并过来的", exact=True)).to_be_visible()
    shoot(desk, "merged")
    neighbour.goto(f"/threads/{second.id}")
    expect(neighbour.get_by_role("heading", name="撂荒地怎么办")).to_be_visible()
    expect(neighbour.get_by_text("可以找农机合作社托管。")).to_be_visible()

    # Another matter becomes a question of its own, which stands first in its township's list when it is pinned.
    more(desk, other)
    desk.locator(f"#post-{other.id}").get_by_role("link", name="另开一个帖子").click()
    desk.get_by_label("新帖子的标题").fill("村口的路灯坏了找谁修")
    shoot(desk, "split")
    press(desk, "分出去")
    expect(desk.get_by_role("heading", name="村口的路灯坏了找谁修")).to_be_visible()
    desk.goto(f"/threads/{first.id}/tidy")
    expect(desk.get_by_text("把“地撂荒了咋整”并了进来")).to_be_visible()
    press(desk, "置顶")
    neighbour.goto("/threads/")
    expect(neighbour.locator(".pinned")).to_contain_text("撂荒地怎么办")
    shoot(neighbour, "pinned")

    # All of it can be taken back.
    shoot(desk, "deeds")
    press(desk, "撤回")
    desk.goto(f"/threads/{first.id}/tidy")
    press(desk, "撤回")
    expect(desk.get_by_role("heading", name="地撂荒了咋整")).to_be_visible()
    db.session.expire_all()
    assert db.session.get_one(Post, other.id).thread_id == first.id
    assert db.session.get_one(Thread, second.id).merged_post_id is None
