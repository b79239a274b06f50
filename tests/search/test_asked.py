"""What a question means beside its words, and what it is narrowed to."""

import re
from datetime import UTC, datetime

import pytest
from flask import current_app

from forum.extensions import db
from forum.search import lists
from forum.search.asked import Asked, understand
from forum.search.documents import Hit
from forum.tags.models import Tag, TagSynonym
from forum.threads.models import ThreadKind, ThreadTag
from forum.units.models import Person
from tests.factories import make_post, make_thread, save
from tests.search.test_page import chips, links, make_card, search


def meant(actor, text, **args):
    with current_app.test_request_context():
        found = understand(actor, Asked.read({"q": text, **args}))
    return found.words, [chip.label for chip in found.chips]


@pytest.fixture
def named(world):
    """Tags, and a person whose name is also a word."""
    tag = save(Tag(code="care", name="养老助餐", parent_id=save(Tag(code="elders", name="老人")).id))
    save(TagSynonym(tag_id=tag.id, word="养老"))
    return world


MEANT = [
    ("路灯坏了", "路灯坏了", []),
    ("标签:养老 食堂", "食堂", ["标签：养老助餐"]),
    ("标签：老人", "", ["标签：老人"]),
    ("标签:没这个 食堂", "没这个 食堂", []),
    ("村:后柳 大棚", "大棚", ["只看 后柳村"]),
    ("后柳村的大棚", "的大棚", ["只看 后柳村"]),
    ("后柳村杨来福的大棚", "的大棚", ["只看 后柳村", "杨来福写的"]),
    ("作者:杨来福", "", ["杨来福写的"]),
    ("作者:没有这人 大棚", "没有这人 大棚", []),
    ("后柳村", "", ["只看 后柳村"]),
    # His own village is where he speaks from, unless he says nothing else.
    ("我们前柳村的路灯坏了", "我们 的路灯坏了", []),
    ("前柳村", "", ["只看 前柳村"]),
    ("2024年 已解决", "", ["2024年", "有结论或管用的办法"]),
    ("类别:经验 大棚", "大棚", ["经验卡"]),
    ("后柳村" + "很长的一封信，" * 10, "后柳村" + "很长的一封信," * 10, []),
]


def test_what_is_meant(named):
    found = {text: meant(named.secretary, text) for text, _words, _labels in MEANT}
    assert found == {text: (words, labels) for text, words, labels in MEANT}


def test_a_name_taken_back_is_a_word_like_others(named):
    assert meant(named.secretary, "后柳村的大棚", whole="1") == ("后柳村的大棚", [])


def test_a_short_name_that_is_also_a_word_is_a_person_only_where_it_stands_alone(named):
    person = db.session.get(Person, named.neighbour_secretary.id)
    person.name = "文明"
    db.session.commit()
    for text, labels in {"文明乡风怎么抓": [], "文明 大棚": ["文明写的"], "问问文明书记": ["文明写的"]}.items():
        assert meant(named.secretary, text)[1] == labels


def test_what_was_tapped_counts_more_than_what_the_text_says_of_the_same(named):
    words, labels = meant(named.secretary, "大棚 2024年 村:后柳", year="2025", township=str(named.other_town.id))
    assert (words, labels) == ("大棚", ["只看 河口镇", "2025年"])


def test_of_another_district_nothing_has_a_name(named):
    named.village.district_id = named.town.id  # as if it lay elsewhere
    db.session.commit()
    assert meant(named.neighbour_secretary, "前柳村的大棚")[1] == []


def test_a_village_s_name_narrows_to_what_it_wrote(browse, world, indexed):
    mine = make_thread(world.neighbour_secretary, "大棚塌了")
    answered = make_thread(world.secretary, "大棚漏水")
    make_post(answered, world.neighbour_secretary, "大棚换膜。")
    make_thread(world.secretary, "后柳村的大棚好")
    indexed()
    page = search(browse(world.far_secretary), "后柳村的大棚")
    assert set(links(page)) == {f"/threads/{mine.id}", f"/threads/{answered.id}"}
    assert chips(page) == {"只看 后柳村": "/search?q=后柳村的大棚&whole=1"}
    assert len(links(search(browse(world.far_secretary), "后柳村的大棚", whole=1))) == 3


def test_without_words_all_that_fits_the_filters_comes_newest_first(browse, world, indexed):
    first = make_thread(world.neighbour_secretary, "大棚", created_at=datetime(2024, 8, 3, tzinfo=UTC))
    second = make_thread(world.neighbour_secretary, "路灯")
    make_thread(world.secretary, "水渠")
    indexed()
    page = search(browse(world.secretary), "作者:杨来福")
    assert links(page) == [f"/threads/{second.id}", f"/threads/{first.id}"]
    assert links(search(browse(world.secretary), "", kind="question"))


@pytest.mark.parametrize("text", ["路燈壞了", "路 灯　坏 了", "路灯坏了"])
def test_traditional_characters_and_blanks_find_the_same(browse, world, indexed, text):
    thread = make_thread(world.secretary, "路灯坏了", "天一黑就看不见路。")
    indexed()
    page = search(browse(world.secretary), text)
    assert links(page) == [f"/threads/{thread.id}"]
    assert "<mark>路灯坏了</mark>" in page


def taps(page):
    """What can be tapped to narrow, with the counts."""
    found = re.findall(r'<a href="/search[^"]*"[^>]*>([^<]+?) <span class="count">(\d+)</span>', page)
    return {label: int(count) for label, count in found}


def test_taps_count_what_the_reader_may_see_and_nothing_else(browse, world, indexed):
    tag = save(Tag(code="light", name="路灯照明"))
    for number in range(3):
        save(ThreadTag(thread_id=make_thread(world.secretary, f"路灯{number}").id, tag_id=tag.id))
    narrowed = make_thread(world.secretary, "路灯只给本镇看", reach="township")
    make_thread(world.far_secretary, "渡口路灯", kind=ThreadKind.SHARE)
    make_card(world, "太阳能路灯")
    indexed()
    near, far = (taps(search(browse(who), "路灯", narrow=1)) for who in (world.secretary, world.far_secretary))
    assert near | {"提问": 3, world.town.name: 4, "还没有": 4} == far
    assert near["提问"] == near[world.town.name] - 1 == 4
    assert (far["经验卡"], far["经验分享"], far["有结论或管用的办法"]) == (1, 1, 1)
    narrowed.hidden_at = narrowed.created_at
    db.session.commit()
    page = search(browse(world.neighbour_secretary), "路灯", narrow=1)
    assert taps(page) == far, "what was hidden is counted no more, from the next request on"
    assert "找到 5 条" in page


def test_more_than_are_counted_are_said_to_be_more(browse, world, indexed, monkeypatch):
    monkeypatch.setattr(lists, "MOST", 2)
    monkeypatch.setattr("forum.search.views.MOST", 2)
    monkeypatch.setattr("forum.search.facets.MOST", 2)
    for number in range(3):
        make_thread(world.secretary, f"路灯{number}", kind=list(ThreadKind)[number])
    indexed()
    page = search(browse(world.secretary), "路灯", narrow=1)
    assert "找到 2+ 条" in page
    assert sum(taps(page)[label] for label in ("提问", "议题", "经验分享") if label in taps(page)) == 2


def test_what_only_brushes_the_question_is_called_so(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了", "一到晚上就黑。")
    indexed()
    browser = browse(world.secretary)
    assert "没找到正好一样的" not in search(browser, "路灯怎么修")
    page = search(browser, "灯笼厂用工")
    assert "没找到正好一样的" in page
    assert "/threads/ask?text=" in page


def test_a_narrowed_page_costs_no_more_for_more_and_at_most_eight(browse, world, indexed, count_statements):
    browser, counts = browse(world.secretary), []
    for rows in (1, 12):
        for _ in range(rows):
            make_thread(world.neighbour_secretary, "路灯坏了")
            make_card(world, "路灯")
        indexed()
        with count_statements() as seen:
            search(browser, "后柳村 路灯 2026年 已解决 标签:路灯", narrow=1, whole=0)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


def test_what_is_near_in_meaning_alone_says_so_and_is_not_taken_for_an_answer(browse, world, indexed, monkeypatch):
    thread = make_thread(world.secretary, "路灯坏了", "一到晚上就黑。")
    indexed()
    near = Hit("thread", thread.id, thread.id, 0.9, by_meaning=True)
    monkeypatch.setattr(lists, "find", lambda *args, **options: [near])
    page = search(browse(world.secretary), "照明设施损毁")
    assert "意思相近" in page
    assert "没找到正好一样的" in page
    assert "意思相近" not in search(browse(world.secretary), "路灯")
