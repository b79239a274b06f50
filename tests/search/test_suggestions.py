"""What fits while somebody types."""

import re

import pytest

from forum.clock import today, utcnow
from forum.extensions import db
from forum.library.models import Experience
from forum.tags.models import Tag, TagSynonym
from forum.units.models import Person, Posting, Unit
from tests.browsing import forms_of
from tests.factories import make_thread, save
from tests.search.test_page import make_card


def csrf_token(browser):
    return forms_of(browser.get("/search").get_data(as_text=True))[0].fields["csrf_token"]


def typed(browser, text):
    """The headings and under each what is offered: label and address."""
    answer = browser.post("/search/typed", data={"text": text, "csrf_token": csrf_token(browser)})
    assert answer.status_code == 200
    found = {}
    for part in answer.get_data(as_text=True).split('<div role="group"')[1:]:
        heading = re.search(r'offers-head"[^>]*>([^<]+)', part).group(1)
        found[heading] = re.findall(r'href="([^"]+)">([^<]+?)(?: <span|</a>)', part)
    return found


def labels(found):
    return {heading: [label for _url, label in group] for heading, group in found.items()}


@pytest.fixture
def named(world, indexed):
    tag = save(Tag(code="care", name="养老助餐", name_en="Meals for the old"))
    save(TagSynonym(tag_id=tag.id, word="老人吃饭"))
    make_card(world, "老人吃饭有食堂")
    make_thread(world.secretary, "老人吃饭没人管")
    indexed()
    return world


OFFERED = [
    ("老人吃饭", {"经验卡": ["老人吃饭有食堂"], "标签": ["养老助餐"]}),
    ("后柳", {"村和单位": ["后柳村"]}),
    ("houl", {"村和单位": ["后柳村"]}),
    ("hlc", {"村和单位": ["后柳村"]}),
    ("hou'liu", {"村和单位": ["后柳村"]}),
    ("LIUDASHAN", {"人": ["柳大山"]}),
    ("lds", {"人": ["柳大山"]}),
    ("楊來福", {"人": ["杨来福"]}),
    ("meals", {"标签": ["养老助餐"]}),
    ("%", {}),
    ("_", {}),
    ("\\", {}),
    ("", {}),
    ("l", {}),
    ("zzz'", {}),
]


def test_what_is_offered(browse, named):
    browser = browse(named.far_secretary)
    assert [(text, labels(typed(browser, text))) for text, _offered in OFFERED] == OFFERED


def test_each_leads_to_where_it_is_and_earlier_words_stay(browse, named):
    found = typed(browse(named.secretary), "大棚 hlc")
    assert found["村和单位"] == [(f"/search?q=大棚&amp;unit={named.neighbour.id}", "后柳村")] or found["村和单位"] == [
        (f"/search?q=%E5%A4%A7%E6%A3%9A&amp;unit={named.neighbour.id}", "后柳村")
    ]
    page = browse(named.secretary).get(f"/search?unit={named.neighbour.id}").get_data(as_text=True)
    assert "只看 后柳村" in page


def test_who_left_or_lives_elsewhere_and_cards_that_are_not_his_are_not_offered(browse, named):
    browser = browse(named.far_secretary)
    narrow = make_card(named, "老人吃饭只给本镇看", reach="township")
    db.session.rollback()
    assert narrow.title not in str(typed(browser, "老人吃饭只给本镇看"))
    posting = db.session.get(Posting, named.secretary.posting.id)
    posting.until = posting.since
    unit = db.session.get(Unit, named.neighbour.id)
    unit.closed_at = utcnow()
    db.session.get(Person, named.deputy.id).disabled_at = utcnow()
    db.session.commit()
    assert posting.until < today()
    assert (typed(browser, "lds"), typed(browser, "后柳")) == ({}, {})
    assert typed(browser, named.deputy.name) == {}


def test_a_card_that_is_narrowed_is_offered_no_more_from_the_next_letter_on(browse, named):
    browser = browse(named.far_secretary)
    assert "经验卡" in typed(browser, "老人吃饭有食堂")
    db.session.query(Experience).update({"reach": "township"})
    db.session.commit()
    assert "经验卡" not in typed(browser, "老人吃饭有食堂")


def test_without_an_index_names_are_offered_all_the_same(browse, world, root):
    assert labels(typed(browse(world.secretary), "后柳")) == {"村和单位": ["后柳村"]}


def test_typing_costs_three_statements_however_much_fits(browse, named, count_statements):
    browser = browse(named.secretary)
    for number in range(5):
        make_card(named, f"老人吃饭{number}")
        save(Unit(kind="village", name=f"老人吃饭{number}村", parent_id=named.town.id, district_id=named.district.id))
    token = csrf_token(browser)
    with count_statements() as seen:
        found = browser.post("/search/typed", data={"text": "老人吃饭", "csrf_token": token}).get_data(as_text=True)
    assert found.count("老人吃饭") >= 4
    assert len(seen) == 3


def test_a_name_that_is_corrected_sounds_like_the_new_one(world):
    unit = db.session.get(Unit, world.village.id)
    unit.name = "神堂村"
    db.session.commit()
    assert " stc" in db.session.scalar(db.select(Unit.sounds).where(Unit.id == world.village.id))
