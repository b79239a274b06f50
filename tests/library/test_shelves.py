"""The library as a place to read: groups with their most borrowed cards, what to read first, cards about the same."""

import pytest
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import ExperienceTag
from forum.library.shelves.actions import LONGEST_SHELF, ShelfIsFull, place_entry, shelve_card
from forum.library.shelves.models import ShelfCard
from forum.library.shelves.queries import borrowed_by_group, siblings_of
from forum.tags.models import Tag
from forum.threads.models import Reach
from tests.browsing import forms_of
from tests.factories import save
from tests.library.adopting import adopt, published_card


def tagged_card(world, title, *tags, **values):
    card = published_card(world, title=title, **values)
    save(*(ExperienceTag(experience_id=card.id, tag_id=tag.id) for tag in tags))
    return card


@pytest.fixture
def tags(app):
    group = save(Tag(code="land", name="土地", position=1))
    other = save(Tag(code="old", name="养老", position=2))
    return [
        save(Tag(code=code, name=code, parent_id=parent.id, position=3))
        for code, parent in (("crops", group), ("contracts", group), ("canteen", other))
    ]


def pressed(browser, url):
    """Post to an address as a button does, whether the page offers it or not."""
    form = next(f for f in forms_of(browser.get("/me").get_data(as_text=True)) if "csrf_token" in f.fields)
    return browser.post(url, data={"csrf_token": form.fields["csrf_token"]})


def titles(rows):
    return [row.title for row in rows]


def test_a_group_shows_first_what_most_villages_tried(browse, world, tags):
    crops, contracts, canteen = tags
    tagged_card(world, "没人试过", crops)
    tried = tagged_card(world, "有人试过", crops, contracts)
    tagged_card(world, "食堂", canteen)
    adopt(tried, world.far_secretary)
    found = borrowed_by_group(world.secretary)
    assert sorted(titles(rows) for rows in found.values()) == [["有人试过", "没人试过"], ["食堂"]]
    page = browse(world.secretary).get("/library/groups").get_data(as_text=True)
    assert page.index("有人试过") < page.index("没人试过") < page.index("食堂")
    assert "1 个村借鉴" in page


def test_groups_show_nobody_what_he_may_not_open(world, tags):
    tagged_card(world, "只给本镇看", tags[0], reach=Reach.TOWNSHIP)
    assert borrowed_by_group(world.far_secretary) == {}
    assert len(borrowed_by_group(world.secretary)) == 1


def test_a_retired_card_is_not_read_here(browse, world, tags):
    crops = tags[0]
    card = tagged_card(world, "本卡", crops)
    retired = tagged_card(world, "停用的", crops)
    shelve_card(world.organiser, retired, "先看")
    retired.retired_at, retired.retired_by_id, retired.retired_reason = utcnow(), world.organiser.id, "做法不对"
    db.session.commit()
    assert titles(siblings_of(world.secretary, card.id)) == []
    browser = browse(world.organiser)
    for url in ("/library/groups", "/library/first", "/library/collection"):
        assert "停用的<" not in browser.get(url).get_data(as_text=True)


def test_siblings_share_tags_the_most_shared_first(world, tags):
    crops, contracts, canteen = tags
    card = tagged_card(world, "本卡", crops, contracts)
    tagged_card(world, "一个标签", crops)
    tagged_card(world, "两个标签", crops, contracts)
    tagged_card(world, "别的事", canteen)
    tagged_card(world, "只给本镇看", crops, contracts, reach=Reach.TOWNSHIP)
    assert titles(siblings_of(world.far_secretary, card.id)) == ["两个标签", "一个标签"]


def test_an_organiser_fills_the_shelf_of_his_township(browse, world):
    card = published_card(world)
    browser = browse(world.organiser)
    assert browser.submit(f"/library/{card.id}/shelve", {"note": "上任头一个月就用得上。"}).status_code == 303
    page = browse(world.secretary).get("/library/first").get_data(as_text=True)
    for words in ("本镇必读", "党员先建两个棚", "上任头一个月就用得上。", "林组织选的"):
        assert words in page
    assert "上任头一个月" not in browse(world.far_secretary).get("/library/first").get_data(as_text=True)


def test_the_districts_shelf_is_everybodys(browse, world):
    card = published_card(world)
    assert browse(world.district_staff).submit(f"/library/{card.id}/shelve", {"note": "人人要看。"}).status_code == 303
    page = browse(world.far_secretary).get("/library/first").get_data(as_text=True)
    assert "全区必读" in page
    assert "人人要看。" in page
    assert "拿下来" not in page


def test_a_second_time_changes_the_word_on_why(world):
    card = published_card(world)
    first = shelve_card(world.organiser, card, "头一个理由")
    db.session.commit()
    assert shelve_card(world.organiser, card, "再想想") is first
    db.session.commit()
    assert db.session.scalars(select(ShelfCard.note)).all() == ["再想想"]


def test_the_order_is_the_organisers(browse, world):
    cards = [published_card(world, title=title) for title in ("甲", "乙", "丙")]
    entries = [shelve_card(world.organiser, card, "") for card in cards]
    db.session.commit()
    place_entry(world.organiser, entries[2], 1)
    db.session.commit()
    page = browse(world.secretary).get("/library/first").get_data(as_text=True)
    assert page.index(">丙<") < page.index(">甲<") < page.index(">乙<")


def test_a_card_is_taken_off_by_who_fills_the_shelf_and_by_nobody_else(browse, world):
    entry = shelve_card(world.organiser, published_card(world), "")
    db.session.commit()
    url = f"/library/first/{entry.id}/remove"
    for actor, status in ((world.far_organiser, 404), (world.district_staff, 404), (world.secretary, 404)):
        assert pressed(browse(actor), url).status_code == status
    assert pressed(browse(world.organiser), url).status_code == 303
    assert db.session.scalars(select(ShelfCard)).all() == []


def test_a_shelf_has_an_end(world):
    for number in range(LONGEST_SHELF):
        shelve_card(world.organiser, published_card(world, title=f"第{number}条"), "")
    with pytest.raises(ShelfIsFull):
        shelve_card(world.organiser, published_card(world), "")
    db.session.rollback()


def test_a_narrowed_card_on_a_shelf_stays_in_its_township(browse, world):
    card = published_card(world, title="只给本镇看的", reach=Reach.TOWNSHIP)
    assert browse(world.organiser).submit(f"/library/{card.id}/shelve", {"note": ""}).status_code == 303
    assert "只给本镇看的" in browse(world.secretary).get("/library/first").get_data(as_text=True)
    for actor in (world.far_secretary, world.district_staff):
        assert "只给本镇看的" not in browse(actor).get("/library/first").get_data(as_text=True)


def test_the_pages_cost_the_same_for_one_card_and_for_many(browse, world, tags, count_statements):
    browser = browse(world.organiser)
    costs = []
    for count in (1, 12):
        for number in range(count):
            card = tagged_card(world, f"第{count}-{number}条", tags[0])
            shelve_card(world.organiser, card, "")
            db.session.commit()
        for url in ("/library/first", "/library/groups", f"/library/{card.id}"):
            browser.get(url)
            with count_statements() as seen:
                browser.get(url)
            costs.append(len(seen))
    assert costs[:3] == costs[3:]
    assert max(costs) <= 8
