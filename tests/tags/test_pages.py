"""The pages of tags: what a reader finds under one, and how they are kept in order."""

import pytest
from sqlalchemy import func, select

from forum.extensions import db
from forum.library.models import ExperienceTag
from forum.search.asked import Asked, understand
from forum.tags.models import TagMerge, TagMove, TagSynonym
from forum.tags.queries import ids_under, tag_page
from forum.threads.models import Reach, ThreadTag
from tests.factories import make_post, make_thread, save
from tests.learning.lecture_makers import make_expert, make_lecture
from tests.library.adopting import published_card
from tests.tags.makers import make_tags, move_all, tagged_thread, words_of


@pytest.fixture
def tags(app):
    return make_tags()


@pytest.fixture
def full(world, tags):
    """种植 has a question with and one without an answer, one of the other township's, a narrowed one, a card and a lecture."""
    answered = make_thread(world.secretary, "黄瓜烂根")
    make_post(answered, world.neighbour_secretary)
    lecture = make_lecture(world.organiser, make_expert(world.organiser), title="怎么育苗")
    for thread_id in (
        answered.id,
        lecture.thread_id,
        make_thread(world.secretary, "大棚漏雨").id,
        make_thread(world.far_secretary, "河边种啥").id,
        make_thread(world.secretary, "只给本镇说的", reach=Reach.TOWNSHIP).id,
    ):
        save(ThreadTag(thread_id=thread_id, tag_id=tags["crops"].id))
    save(ExperienceTag(experience_id=published_card(world, title="拱棚西瓜").id, tag_id=tags["crops"].id))


def read(browse, actor, url):
    answer = browse(actor).get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


ALL = ("黄瓜烂根", "怎么育苗", "大棚漏雨", "河边种啥", "只给本镇说的", "拱棚西瓜")


def seen(html):
    return {title for title in ALL if title in html}


def test_a_tag_shows_what_is_new_unanswered_and_known_as_far_as_its_reader_may_see_it(world, tags, full, browse):
    html = read(browse, world.secretary, "/tags/crops")
    assert seen(html) == set(ALL)
    assert "也叫：大棚" in html
    assert html.index("等您支招</h2>") < html.index("大棚漏雨") < html.index("最近新提的</h2>") < html.index("黄瓜烂根")
    assert seen(read(browse, world.far_secretary, "/tags/crops")) == set(ALL) - {"只给本镇说的"}
    assert seen(read(browse, world.admin, "/tags/crops")) == set()
    assert "这方面还没有人说过" in read(browse, world.secretary, "/tags/elderly")


def test_a_group_shows_its_leaves_and_what_they_carry(world, tags, full, browse):
    html = read(browse, world.secretary, "/tags/industry")
    assert seen(html) == set(ALL)
    assert all(f'href="/tags/{code}"' in html for code in ("crops", "livestock", "marketing"))


def test_it_can_be_narrowed_to_a_township(world, tags, full, browse):
    here = f"/tags/crops?unit={world.other_town.id}"
    assert seen(read(browse, world.far_secretary, here)) == {"河边种啥"}
    assert "这个镇还没有" in read(browse, world.secretary, f"/tags/elderly?unit={world.town.id}")


def test_the_address_of_a_merged_tag_leads_on_and_a_page_takes_in_what_a_filter_does(world, tags, browse):
    for old, new in (("livestock", "crops"), ("marketing", "elderly")):
        tags[old].merged_into_id = tags[new].id
    db.session.commit()
    answer = browse(world.secretary).get("/tags/livestock?unit=3")
    assert (answer.status_code, answer.location) == (303, "/tags/crops?unit=3")
    assert browse(world.secretary).get("/tags/nothing").status_code == 404
    for code in ("industry", "welfare", "crops", "elderly"):
        page = tag_page(code)
        assert page is not None
        assert sorted(page.ids) == sorted(ids_under(code)), code


def test_shown_tags_lead_to_their_pages(world, tags, browse):
    thread = tagged_thread(world.secretary, "种啥", tags["crops"])
    assert 'href="/tags/crops"' in read(browse, world.secretary, f"/threads/{thread}")
    assert 'href="/tags/crops"' in read(browse, world.secretary, "/tags/")


def test_an_organiser_teaches_words_and_takes_them_away(world, tags, browse):
    browser = browse(world.organiser)
    assert browser.submit("/tags/crops/keep", {"word": "拱棚"}).status_code == 303
    assert words_of(tags["crops"]) == {"大棚", "拱棚"}
    too_long = browser.submit("/tags/crops/keep", {"word": "长" * 41})
    assert (too_long.status_code, "长" * 41 in too_long.get_data(as_text=True)) == (422, True)
    word_id = db.session.scalars(select(TagSynonym.id).where(TagSynonym.word == "大棚")).one()
    browser.submit("/tags/crops/keep", action=f"/tags/crops/words/{word_id}/remove")
    assert words_of(tags["crops"]) == {"拱棚"}


def test_the_district_renames_and_a_name_is_not_taken_twice(world, tags, browse):
    browser = browse(world.district_staff)
    taken = browser.submit("/tags/crops/rename", {"name": "养殖"})
    assert (taken.status_code, "两个是一回事的话" in taken.get_data(as_text=True)) == (422, True)
    assert browser.submit("/tags/crops/rename", {"name": "种地", "name_en": "Farming"}).status_code == 303
    assert "也叫：大棚、种植" in read(browse, world.secretary, "/tags/crops")


def test_a_merge_shows_how_far_it_is_and_is_taken_back(world, tags, browse):
    thread = tagged_thread(world.secretary, "养猪", tags["livestock"])
    browser = browse(world.district_staff)
    refused = browser.submit("/tags/livestock/merge", {"into": 0})
    assert refused.status_code == 422
    assert browser.submit("/tags/livestock/merge", {"into": tags["crops"].id}).location == "/tags/crops/keep#merges"
    assert "搬了 0 条，一共 1 条" in read(browse, world.district_staff, "/tags/crops/keep")
    move_all()
    html = read(browse, world.district_staff, "/tags/crops/keep")
    assert "搬完了" in html
    merge_id = db.session.scalars(select(TagMerge.id)).one()
    undo = f"/tag-merges/{merge_id}/undo"
    assert browser.submit("/tags/", action=undo).location == "/tags/crops/keep#merges"
    assert "正在搬回去" in read(browse, world.district_staff, "/tags/livestock/keep")
    move_all()
    assert "撤回了" in read(browse, world.district_staff, "/tags/livestock/keep")
    assert db.session.scalar(select(func.count()).select_from(TagMove)) == 0
    assert db.session.scalars(select(ThreadTag.tag_id).where(ThreadTag.thread_id == thread)).all() == [
        tags["livestock"].id
    ]


def test_a_search_finds_the_tag_by_its_old_words_and_its_new(app, world, tags, browse):
    browser = browse(world.district_staff)
    browser.submit("/tags/livestock/merge", {"into": tags["crops"].id})
    both = {tags["crops"].id, tags["livestock"].id}
    with app.test_request_context():
        for word in ("养殖", "养猪", "种植", "大棚"):
            assert set(understand(world.secretary, Asked(text=f"标签:{word}")).filters.tags) == both, word
        old = understand(world.secretary, Asked(tag="livestock"))
        assert (set(old.filters.tags), [chip.label for chip in old.chips]) == (both, ["标签：养殖"])
