"""Before a text is sent, what of people stands in it is shown once; the list is the district's."""

from collections.abc import Callable
from io import BytesIO
from itertools import pairwise
from re import search

import pytest
from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.extensions import db
from forum.screening.actions import list_words
from forum.screening.forms import words_in
from forum.screening.models import Degree, ListedWord
from forum.screening.queries import words_for
from forum.threads.models import Post
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread

Browse = Callable[[Actor | None], Browser]
TYPED = "老李家困难，电话13812345678，身份证370302196503080015。"


def bodies() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Post.body)))


def button(page: str, label: str) -> dict[str, str]:
    found = search(rf'<button[^>]*name="personal" value="([^"]+)"[^>]*>{label}', page)
    assert found, page
    return {"personal": found[1]}


def test_what_is_personal_is_shown_before_it_is_sent(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    answer = browser.submit("/threads/ask", {"body": TYPED})
    assert answer.status_code == 422
    assert "发出前请看一眼" in answer.text
    assert "里面好像有手机号、身份证号，发出前请看一眼。" in answer.text
    assert TYPED in answer.text
    assert bodies() == []


@pytest.mark.parametrize(
    ("label", "body"),
    [
        ("打上星号再发", "老李家困难，电话138＊＊＊＊5678，身份证3703＊＊＊＊＊＊＊＊＊＊＊＊＊＊。"),
        ("就这样发", TYPED),
    ],
)
def test_one_tap_masks_it_and_one_sends_it_as_it_is(world: World, browse: Browse, label: str, body: str) -> None:
    browser = browse(world.secretary)
    pressed = button(browser.submit("/threads/ask", {"body": TYPED}).text, label)
    assert browser.submit("/threads/ask", {"body": TYPED, **pressed}).status_code == 303
    assert bodies() == [body]


def test_more_of_it_is_asked_about_anew(world: World, browse: Browse) -> None:
    browser = browse(world.secretary)
    pressed = button(browser.submit("/threads/ask", {"body": TYPED}).text, "就这样发")
    more = TYPED + "老王13912345678。"
    assert browser.submit("/threads/ask", {"body": more, **pressed}).status_code == 422
    assert bodies() == []


@pytest.mark.parametrize("page", ["/threads/ask", "/suggestions/new"])
def test_an_honest_text_meets_no_question(world: World, browse: Browse, page: str) -> None:
    assert browse(world.secretary).submit(page, {"body": "2025年3月8日开会，补贴13500元。"}).status_code == 303


def test_a_card_and_a_suggestion_are_looked_at_too(world: World, browse: Browse) -> None:
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    list_words(world.district_staff, ["笨蛋"], Degree.MASK)
    db.session.commit()
    thread = make_thread(world.secretary)
    card = {"title": "不买假种子", "problem": "买错", "practice": "找站里"}
    answer = browse(world.secretary).submit(f"/threads/{thread.id}/card", card)
    assert (answer.status_code, "“假种子”不能发，请换个说法。" in answer.text) == (422, True)
    answer = browse(world.secretary).submit("/suggestions/new", {"body": "谁设计的，笨蛋，假种子"})
    assert answer.status_code == 303  # read by nobody but those who would look
    assert "＊＊，假种子" in browse(world.organiser).get("/moderation?tab=suggestions").text


def test_the_list_is_read_anew_when_it_was_changed(world: World, browse: Browse) -> None:
    staff = browse(world.district_staff)
    assert staff.submit("/words", {"word": "假种子", "degree": "hold"}).status_code == 303
    first = words_for(world.secretary)
    assert [m.listed.degree for m in first.find("假 种 子")] == [Degree.HOLD]
    assert words_for(world.secretary) is first, "read once"
    staff.submit("/words", {"word": "假·种·子", "degree": "mask"})
    assert [m.listed.degree for m in words_for(world.secretary).find("假种子")] == [Degree.MASK], "one word, last said"
    word = db.session.scalars(select(ListedWord)).one()
    page = staff.get("/words").text
    found = search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    staff.post(f"/words/{word.id}/remove", headers={"X-CSRFToken": found[1]})
    assert words_for(world.secretary).find("假种子") == []
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["words.list", "words.list", "words.unlist"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_of_words_is_taken(world: World, browse: Browse, encoding: str) -> None:
    data = BytesIO("假种子\r\n\r\n  假农药 \n。。。\n假种子\n".encode(encoding))
    sent = {"file": [(data, "词表.txt")], "degree": "refuse", "reason": "坑农"}
    answer = browse(world.district_staff).submit("/words", sent, action="/words/import")
    assert answer.status_code == 303
    rows = db.session.execute(select(ListedWord.word, ListedWord.degree, ListedWord.reason).order_by(ListedWord.id))
    assert [tuple(row) for row in rows] == [("假种子", Degree.REFUSE, "坑农"), ("假农药", Degree.REFUSE, "坑农")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件里没有词，请一行写一个。"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "这个文件读不出字来"),
        ("。。。\n".encode(), "文件里没有词，请一行写一个。"),
        (b"a" * 400_001, "文件太大了，请在 400 KB 以内。"),
    ],
)
def test_what_is_no_list_is_refused_in_plain_words(world: World, browse: Browse, data: bytes, message: str) -> None:
    sent = {"file": [(BytesIO(data), "词表.txt")], "degree": "refuse"}
    answer = browse(world.district_staff).submit("/words", sent, action="/words/import")
    assert answer.status_code == 422
    assert message in answer.text


def test_what_is_no_word_is_passed_over() -> None:
    assert words_in("假种子\n" + "长" * 51 + "\n***\n假种子") == ["假种子"]


def test_a_townships_setting_is_its_organisers(world: World, browse: Browse) -> None:
    browser = browse(world.organiser)
    numbers = ["3", "0", "0", "2"]
    for number in numbers:
        assert browser.submit("/first-posts", {"number": number}).status_code == 303
    assert browser.submit("/first-posts", {"number": "7"}).status_code == 422
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [e.detail["number"] for e in entries] == [int(n) for before, n in pairwise(["0", *numbers]) if before != n]
