"""Before asking: what others met stands beside the text, 就是这个 ends well, and nothing typed is lost."""

import re

import pytest
from sqlalchemy import func, select, update

from forum.asking.models import SharedProblem
from forum.asking.queries import SHOWN
from forum.extensions import db
from forum.library.adoptions.models import AdoptionResult
from forum.library.models import CardState, ExperienceSource
from forum.threads.models import Reaction, ReactionKind, Thread, ThreadFollow, ThreadKind, ThreadTag
from tests.asking.makers import adopted, answered, carded
from tests.browsing import forms_of
from tests.factories import make_thread, save

TEXT = "村里的路灯坏了三个月，没人来修"
ASKED = {"kind": "question", "reach": "district", "title": "", "body": TEXT}


def csrf_token(browser):
    return forms_of(browser.get("/threads/").get_data(as_text=True))[0].fields["csrf_token"]


def beside(browser, text=TEXT):
    """What stands beside a text while it is typed."""
    answer = browser.post("/asking/similar", data={"text": text, "csrf_token": csrf_token(browser)})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def links(part):
    return re.findall(r'row-title"><a href="([^"]+)"', part)


def found(browser, url, **fields):
    """Tap 就是这个 on the page one came to."""
    action = url.replace("/threads/", "/asking/threads/").replace("/library/", "/asking/cards/")
    return browser.submit(f"{url}?asking=1", fields, action=action)


def count(*conditions):
    return db.session.scalar(select(func.count()).where(*conditions))


def test_cards_and_answered_threads_that_tell_of_the_same_are_shown(browse, world, light, indexed):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    card = carded(world.far_secretary, light)
    make_thread(world.neighbour_secretary, "路灯坏了没人修")  # nobody has an answer yet
    answered(world.neighbour_secretary, world.far_secretary, light, "隔壁闹鸡瘟", "鸡死了十几只。")
    indexed()
    part = beside(browse(world.secretary))
    assert set(links(part)) == {f"/threads/{thread.id}?asking=1", f"/library/{card.id}?asking=1"}
    assert "别人遇到过" in part
    assert "<html" not in part


@pytest.mark.parametrize("text", ["", "路灯坏了", "　 \n", "大雁飞过池塘天鹅绒"])
def test_too_short_a_text_or_one_that_nothing_fits_shows_nothing(browse, world, light, indexed, text):
    answered(world.neighbour_secretary, world.far_secretary, light, "路灯", "不亮。")
    indexed()
    assert links(beside(browse(world.secretary), text)) == []


def test_whoever_types_does_not_wait_for_whoever_writes(app, browse, world, light, indexed):
    answered(world.neighbour_secretary, world.far_secretary, light)
    indexed()
    browser = browse(world.secretary)
    sent = {"text": TEXT, "csrf_token": csrf_token(browser)}
    with db.engine.connect() as writing, writing.begin():  # outside a request a transaction begins as one that writes
        writing.execute(update(Thread).values(same_count=1))
        for url in ("/asking/similar", "/tags/suggest"):
            assert browser.post(url, data=sent).status_code == 200


def test_one_common_word_alone_is_no_answer(browse, world, light, indexed):
    answered(world.neighbour_secretary, world.far_secretary, light, "修水渠", "村里的水渠堵了。")
    indexed()
    assert links(beside(browse(world.secretary), "村里的老人没人做饭吃")) == []


def test_no_more_than_five_are_shown_and_they_cost_the_same(browse, world, light, indexed, count_statements):
    costs, browser = [], browse(world.secretary)
    for rows in (1, 9):
        for _ in range(rows):
            answered(world.neighbour_secretary, world.far_secretary, light)
            carded(world.far_secretary, light)
        indexed()
        sent = {"text": TEXT, "csrf_token": csrf_token(browser)}
        with count_statements() as seen:
            part = browser.post("/asking/similar", data=sent).get_data(as_text=True)
        assert len(links(part)) == min(2 * rows, SHOWN)
        costs.append(len(seen))
    assert costs == [6, 6]


@pytest.mark.parametrize("role", ["far_secretary", "far_organiser", "district", "expert"])
def test_what_is_narrowed_to_a_township_or_a_panel_is_shown_to_nobody_else(browse, world, light, indexed, role):
    for reach in ("township", "panel"):
        thread, _ = answered(world.secretary, world.neighbour_secretary, light, "翡翠路灯坏了没人修", reach=reach)
        card = carded(world.secretary, light, "翡翠路灯坏了没人修", reach=reach)
        save(ExperienceSource(experience_id=card.id, thread_id=thread.id))
    indexed()
    part = beside(browse(world.everybody[role]), "翡翠路灯坏了三个月没人修")
    assert "翡翠" not in part.replace("<mark>", "")
    if role != "district":
        assert "请教" not in part


def test_without_script_a_button_shows_it_on_the_page_and_nothing_is_sent(browse, world, light, indexed):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    indexed()
    answer = browse(world.secretary).submit("/threads/ask", ASKED | {"as": "look"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert TEXT in page
    assert f'href="/threads/{thread.id}?asking=1" target="_blank"' in page
    assert count(Thread.author_id == world.secretary.id) == 0


def test_a_look_that_finds_nothing_says_so(browse, world, root):
    answer = browse(world.secretary).submit("/threads/ask", ASKED | {"as": "look"})
    assert "没找到一样的" in answer.get_data(as_text=True)


def test_a_text_that_comes_from_the_search_is_looked_up_at_once(browse, world, light, indexed):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    indexed()
    page = browse(world.secretary).get("/threads/ask", query_string={"text": TEXT}).get_data(as_text=True)
    assert f"/threads/{thread.id}?asking=1" in page


def test_one_who_comes_from_asking_is_asked_whether_it_is_this(browse, world, light):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    browser = browse(world.secretary)
    assert "是不是这件事？" not in browser.get(f"/threads/{thread.id}").get_data(as_text=True)
    page = browser.get(f"/threads/{thread.id}?asking=1").get_data(as_text=True)
    assert "是不是这件事？" in page
    assert 'href="/threads/ask">不是，接着写' in page


def test_it_is_this_notes_the_village_follows_drops_the_draft_and_says_what_now(browse, world, light):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    browser = browse(world.secretary)
    answer = found(browser, f"/threads/{thread.id}")
    assert answer.location == f"/threads/{thread.id}?asking=done"
    page = browser.get(answer.location).get_data(as_text=True)
    assert "记下了：前柳村也有这件事。" in page
    assert '<meta name="draft-done" content="ask">' in page
    assert "在这里接着问" in page
    assert db.session.get(Thread, thread.id).same_count == 1
    assert count(ThreadFollow.person_id == world.secretary.id, ThreadFollow.thread_id == thread.id) == 1


def test_it_is_this_twice_is_once_and_following_is_a_choice(browse, world, light):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    browser = browse(world.secretary)
    for _ in range(2):
        assert found(browser, f"/threads/{thread.id}", follow=[]).status_code == 303
    assert count(Reaction.person_id == world.secretary.id, Reaction.kind == ReactionKind.SAME) == 1
    assert count(ThreadFollow.person_id == world.secretary.id) == 0


@pytest.mark.parametrize("role", ["expert", "organiser", "neighbour"])
def test_who_leads_no_other_village_is_noted_for_none(browse, world, light, role):
    thread, _ = answered(world.neighbour_secretary, world.far_secretary, light)
    card = carded(world.neighbour_secretary, light)
    browser = browse(world.everybody[role])
    for url in (f"/threads/{thread.id}", f"/library/{card.id}"):
        answer = found(browser, url)
        assert "好，您写的那条不用发了。" in browser.get(answer.location).get_data(as_text=True)
    assert count(Reaction.post_id > 0) == count(SharedProblem.unit_id > 0) == 0


def test_a_village_that_finds_its_problem_on_a_card_stands_there_once(browse, world, light):
    card = carded(world.neighbour_secretary, light)
    for actor in (world.secretary, world.deputy, world.far_secretary):
        answer = found(browse(actor), f"/library/{card.id}")
        assert answer.location == f"/library/{card.id}?asking=done"
    page = browse(world.secretary).get(answer.location).get_data(as_text=True)
    assert "前柳村、渡口村也有这件事。" in page
    assert f'href="/library/{card.id}/adopt">我们村试试' in page
    assert "前柳村、渡口村" in browse(world.expert).get(f"/library/{card.id}").get_data(as_text=True)


def test_a_card_that_is_not_in_the_library_yet_notes_nobody(browse, world, light):
    card = carded(world.secretary, light, state=CardState.DRAFT, published_at=None)
    assert found(browse(world.organiser), f"/library/{card.id}").status_code == 303
    assert count(SharedProblem.unit_id > 0) == 0


def test_who_asked_and_the_organiser_are_led_to_whom_they_can_ask(browse, world, light):
    answered(world.expert, world.far_secretary, light)
    thread = make_thread(world.secretary, "路灯坏了")
    waiting = f'href="/asking/helpers?thread={thread.id}"'
    for role in ("secretary", "organiser", "district"):
        assert waiting in browse(world.everybody[role]).get(f"/threads/{thread.id}").get_data(as_text=True)
    assert waiting not in browse(world.expert).get(f"/threads/{thread.id}").get_data(as_text=True)
    page = browse(world.secretary).get(f"/asking/helpers?thread={thread.id}").get_data(as_text=True)
    assert "还没有人办成过" in page  # it has no tag


def test_who_may_call_can_call_somebody_named_in_one_step(browse, world, light):
    answered(world.expert, world.far_secretary, light)
    thread = make_thread(world.secretary, "路灯坏了")
    save(ThreadTag(thread_id=thread.id, tag_id=light.id))
    call = f"/threads/{thread.id}/panel?invite={world.far_secretary.id}"
    for who, may in ((world.secretary, True), (world.organiser, True), (world.deputy, False)):
        page = browse(who).get(f"/asking/helpers?thread={thread.id}").get_data(as_text=True)
        assert "渡小舟" in page
        assert (f'href="{call}"' in page) == may
    page = browse(world.secretary).get(call).get_data(as_text=True)
    form = next(form for form in forms_of(page) if "due" in form.fields)
    assert form.fields.getlist("people") == [str(world.far_secretary.id)]


def test_a_share_and_an_answered_question_need_nobody(browse, world, light):
    thread, _ = answered(world.secretary, world.far_secretary, light)
    share = make_thread(world.secretary, "路灯修好了", kind=ThreadKind.SHARE)
    for number in (thread.id, share.id):
        assert "/asking/helpers" not in browse(world.secretary).get(f"/threads/{number}").get_data(as_text=True)


def test_a_search_in_vain_leads_to_whom_to_ask(browse, world, light, indexed):
    card = carded(world.far_secretary, light)
    adopted(card, world.neighbour_secretary, AdoptionResult.WORKED)
    browser = browse(world.secretary)
    indexed()
    for narrowed in ({"kind": "notice"}, {}):  # nothing found, and below what was
        page = browser.get("/search", query_string={"q": "路灯", **narrowed}).get_data(as_text=True)
        assert 'href="/asking/helpers?text=%E8%B7%AF%E7%81%AF"' in page
    page = browser.get("/asking/helpers", query_string={"text": "路灯"}).get_data(as_text=True)
    assert "渡口村做过“太阳能路灯”，1 个村借鉴成功" in page
    assert "/threads/ask?text=" in page


@pytest.mark.parametrize("query", ["", "?text=", "?thread=", "?thread=x", "?text=%00%ed%a0%80"])
def test_any_address_of_whom_to_ask_is_a_page(browse, world, query):
    answer = browse(world.secretary).get(f"/asking/helpers{query}")
    assert answer.status_code == 200
    assert "还没有人办成过" in answer.get_data(as_text=True)


def test_a_thread_that_is_closed_to_the_reader_names_nobody(browse, world):
    thread = make_thread(world.secretary, reach="township")
    assert browse(world.far_secretary).get(f"/asking/helpers?thread={thread.id}").status_code == 404


def press(browser, on):
    """Answer on one's own page whether one may be named."""
    assert browser.submit("/me", {"on": on}, action="/me/suggested").status_code == 303


def test_whoever_would_rather_not_be_named_says_so_once(browse, world, light):
    answered(world.secretary, world.neighbour_secretary, light)
    browser = browse(world.neighbour_secretary)
    assert "杨来福" in beside(browse(world.expert))
    press(browser, "")
    assert "杨来福" not in beside(browse(world.expert))
    press(browser, "1")
    assert "杨来福" in beside(browse(world.expert))
