"""The search page: what it finds, how it shows it, and at what cost."""

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy.exc import OperationalError

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.models import CardState, Experience, ExperienceTag
from forum.search import queries
from forum.search.asked import LAST_PAGE
from forum.search.lists import PAGE
from forum.tags.models import Tag
from forum.threads.models import ThreadKind, ThreadTag
from forum.units.models import Land, Population, VillageFacts
from tests.factories import make_post, make_thread, save


def search(browser, q, **args):
    answer = browser.get("/search", query_string={"q": q, **args})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def links(page):
    """Where the results lead, in order."""
    return re.findall(r'row-title"><a href="([^"]+)"', page)


def chips(page):
    """What the search is narrowed to, with where it leads without that."""
    found = re.findall(r'<a class="tag tag-off" href="([^"]+)"[^>]*>([^<]+) <', page)
    return {label: unquote(url.replace("&amp;", "&")) for url, label in found}


def make_card(world, title, **values):
    author = values.pop("author", world.secretary)
    at = values.pop("published_at", utcnow())
    return save(
        Experience(
            title=title,
            unit_id=world.village.id,
            township_id=world.town.id,
            district_id=world.district.id,
            author_id=author.id,
            posting_id=author.posting.id,
            confirmed_at=utcnow(),
            state=CardState.PUBLISHED,
            published_at=at,
            **values,
        )
    )


def test_a_newcomer_finds_a_card_in_his_own_words(browse, world, indexed):
    for number in range(5):
        make_thread(world.secretary, f"第{number}个水渠", "渠边的草要割。")
    card = make_card(
        world,
        "小厨房办起为老助餐点",
        problem="独居的老人吃饭凑合，子女在外打工，一天只吃一顿。",
        practice="村集体出房，党员轮流掌勺，一顿收三元。",
    )
    indexed()
    page = search(browse(world.far_secretary), "俺村的老人没人管饭，咋整")
    assert links(page)[0] == f"/library/{card.id}"
    assert "经验卡" in page
    assert "<mark>老人</mark>" in page


def test_replies_stand_under_their_thread_with_the_words_that_matched(browse, world, indexed):
    thread = make_thread(world.secretary, "浇地没水", "机井坏了两个月。")
    make_post(thread, world.neighbour_secretary, "先报水利站。")
    reply = make_post(thread, world.neighbour_secretary, "换个潜水泵就行，<b>两千</b>元。")
    indexed()
    page = search(browse(world.far_secretary), "潜水泵")
    assert links(page) == [f"/threads/{thread.id}"]
    assert f'href="/posts/{reply.id}">后柳村 杨来福回复</a>' in page
    assert "换个<mark>潜水泵</mark>就行，&lt;b&gt;两千&lt;/b&gt;元。" in page


def test_a_reply_that_matched_by_its_title_alone_gives_way_to_the_opening(browse, world, indexed):
    thread = make_thread(world.secretary, "路灯坏了", "一到晚上" + "漆黑一片，" * 50)
    make_post(thread, world.neighbour_secretary, "同问。")
    indexed()
    page = search(browse(world.far_secretary), "路灯")
    assert "一到晚上漆黑一片" in page
    assert "同问" not in page


def test_single_characters_are_marked_only_where_nothing_more_was_found(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了", "这条路上没有人。")
    indexed()
    assert "这条路上" in search(browse(world.secretary), "路灯")
    assert "这条<mark>路</mark>上" in search(browse(world.secretary), "路")


def test_matches_are_marked_and_nothing_of_the_text_is_taken_for_html(browse, world, indexed):
    make_thread(world.secretary, "<i>路灯</i>", '<script>alert("路灯")</script>')
    indexed()
    page = search(browse(world.secretary), '路灯"><img src=x>')
    assert "&lt;i&gt;<mark>路灯</mark>&lt;/i&gt;" in page
    assert "&lt;script&gt;alert(&#34;<mark>路灯</mark>&#34;)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_a_result_says_its_kind_how_far_it_is_who_and_when(browse, world, indexed):
    thread = make_thread(
        world.secretary, "路灯坏了", kind=ThreadKind.TOPIC, created_at=datetime(2024, 8, 3, 4, tzinfo=UTC)
    )
    thread.concluded_at = utcnow()
    tag = save(Tag(code="light", name="路灯照明"))
    save(ThreadTag(thread_id=thread.id, tag_id=tag.id))
    indexed()
    row = re.search(r'<li class="row">.*?</li>\s*</ul>', search(browse(world.far_secretary), "路灯"), re.DOTALL).group()
    who = f'href="/persons/{world.secretary.id}">柳大山<'
    assert [text for text in ("议题", "有结论", "前柳村", who, "2024年8月3日", "路灯照明") if text not in row] == []


@pytest.mark.parametrize("query", ["５Ｇ基站", "5g 基 站", "5G　基站", " 5G基站？"])
def test_width_capitals_and_blanks_make_no_difference(browse, world, indexed, query):
    thread = make_thread(world.secretary, "装5G基站", "有人反对。")
    indexed()
    assert links(search(browse(world.secretary), query)) == [f"/threads/{thread.id}"]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, {"question", "share", "far", "card"}),
        ({"kind": "card"}, {"card"}),
        ({"kind": "question"}, {"question", "far"}),
        ({"kind": "nonsense"}, {"question", "share", "far", "card"}),
        ({"tag": "light"}, {"question", "card"}),
        ({"tag": "roads"}, {"question", "card"}),
        ({"tag": "no-such-tag"}, set()),
        ({"township": "town"}, {"question", "share", "card"}),
        ({"township": "x"}, {"question", "share", "far", "card"}),
        ({"township": str(2**70)}, {"question", "share", "far", "card"}),
        ({"year": "2024"}, {"share"}),
        ({"year": "9" * 5000}, {"question", "share", "far", "card"}),
        ({"answered": "yes"}, {"share", "card"}),
        ({"answered": "no"}, {"question", "far"}),
        ({"kind": "question", "township": "town", "answered": "no"}, {"question"}),
        ({"page": "nine"}, {"question", "share", "far", "card"}),
    ],
)
def test_filters(browse, world, indexed, filters, wanted):
    group = save(Tag(code="roads", name="道路"))
    leaf = save(Tag(code="light", name="路灯照明", parent_id=group.id))
    question = make_thread(world.secretary, "路灯坏了")
    share = make_thread(
        world.secretary, "路灯修好了", kind=ThreadKind.SHARE, created_at=datetime(2024, 8, 3, 4, tzinfo=UTC)
    )
    share.concluded_at = utcnow()
    far = make_thread(world.far_secretary, "渡口没有路灯")
    card = make_card(world, "太阳能路灯")
    save(ThreadTag(thread_id=question.id, tag_id=leaf.id), ExperienceTag(experience_id=card.id, tag_id=leaf.id))
    indexed()
    urls = {f"/threads/{t.id}": name for name, t in (("question", question), ("share", share), ("far", far))}
    urls[f"/library/{card.id}"] = "card"
    if filters.get("township") == "town":
        filters = {**filters, "township": world.town.id}
    page = search(browse(world.secretary), "路灯", **filters)
    assert {urls[link] for link in links(page)} == wanted


def test_what_is_narrowed_to_stands_above_the_results_and_can_be_taken_back(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了")
    indexed()
    page = search(browse(world.secretary), "路灯", kind="question", year=today().year, answered="no")
    assert 'name="q" value="路灯"' in page
    assert chips(page) == {
        "提问": f"/search?q=路灯&year={today().year}&answered=no",
        f"{today().year}年": "/search?q=路灯&kind=question&answered=no",
        "还没有结论": f"/search?q=路灯&kind=question&year={today().year}",
    }


def test_pages_follow_each_other_without_gap_or_repeat(browse, world, indexed):
    threads = {f"/threads/{make_thread(world.secretary, f'路灯{n}').id}" for n in range(PAGE + 3)}
    indexed()
    first = search(browse(world.secretary), "路灯")
    second = search(browse(world.secretary), "路灯", page=2)
    assert len(links(first)) == PAGE
    assert set(links(first)) | set(links(second)) == threads
    assert "page=2" in first
    assert 'rel="next"' not in second
    assert "提这个问题" in second
    assert "后面没有了" in search(browse(world.secretary), "路灯", page=3)
    assert links(search(browse(world.secretary), "路灯", page=LAST_PAGE + 1)) == links(first)


def test_of_what_fits_equally_a_village_hears_first_of_one_like_itself(browse, world, indexed):
    by_the_sea = make_thread(world.far_secretary, "路灯坏了", created_at=datetime(2024, 8, 3, 4, tzinfo=UTC))
    on_the_plain = make_thread(world.neighbour_secretary, "路灯坏了")
    save(VillageFacts(unit_id=world.far_village.id, land=Land.COASTAL, population=Population.UNDER_500))
    save(VillageFacts(unit_id=world.neighbour.id, land=Land.PLAIN, is_relocated=True))
    indexed()
    browser, mine = browse(world.secretary), save(VillageFacts(unit_id=world.village.id, land=Land.COASTAL))
    assert links(search(browser, "路灯"))[0] == f"/threads/{by_the_sea.id}"
    mine.land, mine.is_relocated = Land.PLAIN, True
    db.session.commit()
    assert links(search(browser, "路灯"))[0] == f"/threads/{on_the_plain.id}"
    db.session.delete(mine)
    db.session.commit()
    assert links(search(browser, "路灯"))[0] == f"/threads/{on_the_plain.id}", (
        "the newer one: nothing is known of the reader's"
    )


def test_no_result_offers_to_ask_and_to_look_wider(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了")
    indexed()
    page = search(browse(world.secretary), "潜水泵 & 闸", kind="card")
    assert "没有找到" in page
    assert "/threads/ask?text=%E6%BD%9C%E6%B0%B4%E6%B3%B5+%26+%E9%97%B8" in page
    assert 'href="/search?q=%E6%BD%9C%E6%B0%B4%E6%B3%B5+%26+%E9%97%B8"' in page


def test_without_words_there_are_the_newest_cards_or_a_hint(browse, world, root):
    assert "想找什么，就怎么说" in search(browse(world.secretary), "")
    card = make_card(world, "太阳能路灯")
    page = search(browse(world.secretary), " \n")
    assert links(page) == [f"/library/{card.id}"]


def test_while_the_index_is_away_the_page_says_so_and_keeps_the_words(browse, world, root):
    page = search(browse(world.secretary), "路灯坏了")
    assert "正在重建，请过一会儿再搜" in page
    assert 'name="q" value="路灯坏了"' in page


def test_candidates_are_asked_for_until_the_page_is_full(browse, world, indexed, monkeypatch):
    monkeypatch.setattr(queries, "FIRST_LOOK", 4)
    monkeypatch.setattr(queries, "NEXT_LOOK", 4)
    for _ in range(30):
        make_thread(world.secretary, "路灯路灯", "路灯", reach="township")
    open_ones = {f"/threads/{make_thread(world.secretary, '路灯', '别的' * 20).id}" for _ in range(3)}
    indexed()
    assert set(links(search(browse(world.far_secretary), "路灯"))) == open_ones


def test_a_page_costs_at_most_eight_statements_however_many_results(browse, world, indexed, count_statements):
    group = save(Tag(code="roads", name="道路"))
    browser = browse(world.secretary)
    counts = []
    for rows in (1, 15):
        for _ in range(rows):
            thread = make_thread(world.secretary, "路灯坏了")
            make_post(thread, world.neighbour_secretary, "路灯换灯头。")
            card = make_card(world, "太阳能路灯")
            save(ThreadTag(thread_id=thread.id, tag_id=group.id), ExperienceTag(experience_id=card.id, tag_id=group.id))
        indexed()
        with count_statements() as seen:
            assert len(links(search(browser, "路灯", tag="roads"))) == min(2 * rows, PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_a_very_long_query_is_cut(browse, world, indexed):
    thread = make_thread(world.secretary, "路灯坏了")
    indexed()
    page = search(browse(world.secretary), "路灯" + "，" * 3000 + "尾巴")
    assert links(page) == [f"/threads/{thread.id}"]
    assert "尾巴" not in page


@pytest.mark.parametrize(("who", "status"), [("nobody", 303), ("former", 403), ("admin", 200)])
def test_who_may_open_the_page(browse, world, root, who, status):
    assert browse(world.everybody[who]).get("/search?q=路灯").status_code == status


def test_ready_says_how_the_index_is(browse, world, root: Path, indexed):
    answer = browse(None).get("/readyz")
    assert (answer.status_code, answer.get_data(as_text=True)) == (200, "ready\nindex: rebuilding\n")
    indexed()
    assert browse(None).get("/readyz").get_data(as_text=True) == "ready\nindex: ok\n"


def test_without_the_database_nothing_is_ready(browse, world, monkeypatch):
    def away(*args):
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(db.session, "execute", away)
    assert browse(None).get("/readyz").status_code == 503
