"""Naming people on pages: offers while one types, the question who is meant, links in what was written; and permalinks."""

import re
from collections.abc import Callable

from forum.extensions import db, limiter
from forum.notices.models import OutboxMessage
from forum.paging import PAGE_SIZE
from forum.screening.actions import list_words
from forum.screening.models import Degree
from forum.threads.holding import let_through
from forum.threads.models import Mention, Post, Reach
from forum.threads.moderation import hide_post, restore_post
from forum.threads.offers import MOST_OFFERED
from forum.threads.policies import visible_posts
from forum.threads.tidying.merging import merge
from forum.units.actors import Actor
from forum.units.models import Person, Role
from tests.browsing import Browser, forms_of
from tests.factories import World, make_actor, make_post, make_thread

Browse = Callable[[Actor | None], Browser]


def csrf(browser: Browser) -> str:
    return str(forms_of(browser.get("/threads/ask").text)[0].fields["csrf_token"])


def offered(browser: Browser, url: str, text: str, **more: str) -> list[tuple[str, str]]:
    answer = browser.post(url, data={"text": text, "csrf_token": csrf(browser), **more})
    assert answer.status_code == 200
    return [(one["words"], one["label"]) for one in answer.json["people"]]


def test_an_at_offers_readers_with_their_villages(world: World, browse: Browse, count_statements) -> None:
    thread = make_thread(world.secretary)
    narrowed = make_thread(world.secretary, reach=Reach.TOWNSHIP)
    make_actor("杨来福", Role.DEPUTY, world.far_village, title="副书记")
    browser = browse(world.secretary)
    both = [("后柳村·杨来福", "后柳村 · 杨来福"), ("渡口村·杨来福", "渡口村 · 杨来福")]
    url, narrow = f"/threads/{thread.id}/people", f"/threads/{narrowed.id}/people"
    data = {"text": "杨", "csrf_token": csrf(browser)}
    with count_statements() as statements:
        answer = browser.post(url, data=data)
    assert len(statements) <= 3
    assert [one["words"] for one in answer.json["people"]] == ["后柳村·杨来福", "渡口村·杨来福"], "those near by first"
    for typed in ("yanglaifu", "ylf", "来福"):
        assert offered(browser, url, typed) == both
    assert offered(browser, url, "渡口村杨") == both[1:]
    assert offered(browser, url, "渡口村·杨") == both[1:]
    assert offered(browser, url, "%") == offered(browser, url, "没这个人") == []
    assert offered(browser, narrow, "杨") == [("杨来福", "后柳村 · 杨来福")], "alone of his name among its readers"
    assert offered(browser, narrow, "渡") == offered(browser, narrow, "没这个人") == []
    make_post(thread, world.far_secretary)
    assert offered(browser, url, "")[0] == ("渡小舟", "渡口村 · 渡小舟"), "who wrote in it first"
    assert len(offered(browser, url, "")) <= MOST_OFFERED
    assert not {"柳大山", "管理员", "老支书"} & {words for words, _label in offered(browser, url, "")}


def test_where_one_asks_it_offers_who_will_read(world: World, browse: Browse) -> None:
    def names(reach: str) -> set[str]:
        return {words for words, _label in offered(browse(world.secretary), "/threads/people", "", reach=reach)}

    assert names("panel") == {world.organiser.name}
    assert names("township") == {world.organiser.name, world.deputy.name, world.neighbour_secretary.name}
    assert world.far_secretary.name in names("district") == names("nonsense")


def test_whoever_asks_faster_than_he_types_is_refused(world: World, browse: Browse) -> None:
    browser, thread = browse(world.secretary), make_thread(world.secretary)
    url, data = f"/threads/{thread.id}/people", {"text": "", "csrf_token": csrf(browser)}
    codes = {browser.post(url, data=data).status_code for _each in range(61)}
    limiter.reset()
    assert codes == {200, 429}


def test_the_page_asks_who_is_meant_and_links_whom_one_says(world: World, browse: Browse) -> None:
    thread = make_thread(world.secretary)
    namesake = make_actor("杨来福", Role.DEPUTY, world.far_village, title="副书记")
    page, to = f"/threads/{thread.id}", f"/threads/{thread.id}/posts"
    browser = browse(world.secretary)
    asked = browser.submit(page, {"body": "@杨来福 @农博士 你们看呢？"}, action=to)
    assert asked.status_code == 422
    assert "有 2 位“杨来福”，请在下面点一位。" in asked.text
    assert re.search(r"渡口村 · 杨来福<span class=\"tile-hint\">副书记</span>", asked.text)
    assert "你们看呢？" in asked.text
    [name] = set(re.findall(r'type="radio" name="(named-[^"]*)"', asked.text))
    chosen = {"body": "@杨来福 @农博士 你们看呢？", name: str(namesake.id)}
    assert browser.submit(page, chosen, action=to).status_code == 303
    post = db.session.scalars(db.select(Post).where(Post.is_opening.is_(False))).one()
    shown = browser.get(page).text
    for person, words in ((namesake, "杨来福"), (world.expert, "农博士")):
        assert f'<a class="mention" href="/persons/{person.id}">@{words}</a>' in shown
    assert sorted(db.session.scalars(db.select(OutboxMessage.recipient_id))) == sorted([namesake.id, world.expert.id])
    assert browser.submit(f"/posts/{post.id}/edit", {"body": "@杨来福 @农博士 @渡小舟 呢？"}).status_code == 303
    told = db.select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "thread.mentioned")
    assert sorted(db.session.scalars(told)) == sorted([namesake.id, world.expert.id, world.far_secretary.id])


def test_signs_that_are_not_shown_do_not_hide_what_is_asked(world: World, browse: Browse) -> None:
    thread = make_thread(world.secretary)
    for village in (world.village, world.far_village):
        make_actor("杨_福", Role.DEPUTY, village)
    typed = {"body": "@杨\\_福 好"}
    asked = browse(world.secretary).submit(f"/threads/{thread.id}", typed, action=f"/threads/{thread.id}/posts")
    assert asked.status_code == 422
    assert "“杨_福”是哪一位？" in asked.text


def test_a_name_that_is_no_name_stays_text(world: World, browse: Browse) -> None:
    person = db.session.get_one(Person, world.far_secretary.id)
    person.name = '"><img src=x onerror=alert(1)>'
    db.session.commit()
    thread = make_thread(world.secretary)
    browser = browse(world.secretary)
    assert offered(browser, f"/threads/{thread.id}/people", "img") == [(person.name, f"渡口村 · {person.name}")], (
        "as text: the page sets it as text"
    )
    browser.submit(f"/threads/{thread.id}", {"body": f"@{person.name} 好"}, action=f"/threads/{thread.id}/posts")
    assert "<img src=x" not in browser.get(f"/threads/{thread.id}").text
    assert not db.session.scalars(db.select(Mention)).all()


def test_nobody_out_of_office_names_people_anew(world: World, browse: Browse) -> None:
    post = make_post(make_thread(world.far_secretary), world.far_secretary, "好")
    post.author_id = world.former.id
    db.session.commit()
    assert browse(world.former).submit(f"/posts/{post.id}/edit", {"body": "@杨来福 好"}).status_code == 303
    assert not db.session.scalars(db.select(Mention)).all()


def test_what_is_held_for_a_correction_tells_nobody_until_it_is_shown(world: World, browse: Browse) -> None:
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    post = make_post(make_thread(world.secretary), world.neighbour_secretary, "好")
    other = make_post(make_thread(world.secretary), world.neighbour_secretary, "好")
    for corrected in (post, other):
        sent = browse(world.neighbour_secretary).submit(f"/posts/{corrected.id}/edit", {"body": "@渡小舟 有假种子"})
        assert sent.status_code == 303
    told = db.select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "thread.mentioned")
    assert not db.session.scalars(told).all()
    opening = visible_posts(world.organiser).where(Post.thread_id == other.thread_id, Post.is_opening)
    thread_of_other = db.session.scalars(opening).one()
    hide_post(world.organiser, thread_of_other, "不妥")
    restore_post(world.organiser, thread_of_other)
    assert not db.session.scalars(told).all(), "its thread is shown, not the reply"
    let_through(world.organiser, db.session.scalars(visible_posts(world.organiser).where(Post.id == post.id)).one())
    assert db.session.scalars(told).all() == [world.far_secretary.id]


def test_a_permalink_opens_at_the_reply_on_its_page_and_after_a_merge(world: World, browse: Browse) -> None:
    doubled, thread = make_thread(world.secretary, "也没水"), make_thread(world.secretary, "没水")
    for number in range(2 * PAGE_SIZE):
        make_post(thread, world.neighbour_secretary, f"第 {number} 条")
    last, moved = make_post(thread, world.deputy, "最后一条"), make_post(doubled, world.deputy, "并过来的一条")
    merge(world.organiser, doubled, thread)
    db.session.commit()
    browser = browse(world.far_secretary)
    for post in (last, moved):
        answer = browser.get(f"/posts/{post.id}")
        assert answer.headers["Location"] == f"/threads/{thread.id}?page=3#post-{post.id}"
        page = browser.get(answer.headers["Location"]).text
        assert f'id="post-{post.id}"' in page
        assert page.count(f'href="/posts/{post.id}" data-copy') == 2, "on the time of it, and as a word"
