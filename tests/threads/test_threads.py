"""Asking, reading and answering: who may, what is kept, what a page costs."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import select

from forum.extensions import db
from forum.notices.delivery import deliver_next
from forum.notices.models import OutboxMessage
from forum.threads.deeds import react
from forum.threads.models import Post, ReactionKind, Thread
from tests.browsing import forms_of
from tests.factories import make_post, make_thread


def posts_of(thread_id):
    return [p.body for p in db.session.scalars(select(Post).where(Post.thread_id == thread_id).order_by(Post.id))]


def test_a_secretary_asks_and_the_first_line_becomes_the_title(browse, world):
    answer = browse(world.secretary).submit("/threads/ask", {"body": "浇地没水\n机井坏了两个月，没人修。"})
    assert answer.status_code == 303
    thread = db.session.scalars(select(Thread)).one()
    assert (thread.title, thread.kind, thread.reach) == ("浇地没水", "question", "district")
    assert (thread.unit_id, thread.township_id, thread.district_id) == (
        world.village.id,
        world.town.id,
        world.district.id,
    )
    assert posts_of(thread.id) == ["浇地没水\n机井坏了两个月，没人修。"]
    page = browse(world.neighbour_secretary).get(answer.location).get_data(as_text=True)
    assert "机井坏了两个月，没人修。" in page
    assert "柳大山" in page


def shown_below_title(browse, world, thread):
    page = browse(world.neighbour_secretary).get(f"/threads/{thread.id}").get_data(as_text=True)
    article = page[page.index("<article") : page.index("</article>")]
    return re.findall(r'<div class="prose">(.*?)</div>', article, re.DOTALL)


def test_the_line_that_became_the_title_stands_on_the_page_once(browse, world):
    browser = browse(world.secretary)
    browser.submit("/threads/ask", {"body": "浇地没水\n机井坏了两个月，没人修。"})
    thread = db.session.scalars(select(Thread)).one()
    assert shown_below_title(browse, world, thread) == ["<p>机井坏了两个月，没人修。</p>"]
    edit = f"/posts/{thread_opening(thread)}/edit"
    assert browser.submit(edit, {"title": "三十亩地没水浇"}).status_code == 303
    assert shown_below_title(browse, world, thread) == ["<p>浇地没水<br>\n机井坏了两个月，没人修。</p>"]
    assert browser.submit(edit, {"title": "浇地没水", "body": "浇地没水"}).status_code == 303
    assert shown_below_title(browse, world, thread) == [], "no empty text below the title"
    assert posts_of(thread.id) == ["浇地没水"]
    browser.submit(f"/threads/{thread.id}", {"body": "浇地没水"}, action=f"/threads/{thread.id}/posts")
    page = browser.get(f"/threads/{thread.id}").get_data(as_text=True)
    assert page.count("<p>浇地没水</p>") == 1, "a reply has no title above it"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"body": "浇地没水\n没人修。"}, '<p><strong>浇地没水</strong></p>\n<div class="prose"><p>没人修。</p></div>'),
        ({"body": "没人修。", "title": "<b>"}, '<p><strong>&lt;b&gt;</strong></p>\n<div class="prose"><p>没人修。</p>'),
        ({"body": "浇地没水"}, "<p><strong>浇地没水</strong></p>\n"),
    ],
)
def test_a_preview_shows_the_title_and_the_rest_below(browse, world, sent, shown):
    browser = browse(world.secretary)
    assert shown in browser.submit("/threads/ask", sent | {"as": "preview"}).get_data(as_text=True)
    by_script = {"text": sent["body"], "title": sent.get("title", ""), "csrf_token": csrf_of(browser)}
    assert shown in browser.post("/threads/preview", data=by_script).get_data(as_text=True)
    assert db.session.scalars(select(Thread)).all() == []


@pytest.mark.parametrize("body", ["", " \n\t ", "字" * 20_001])
def test_an_unusable_text_is_explained_and_kept(browse, world, body):
    answer = browse(world.secretary).submit("/threads/ask", {"body": body, "title": "修路"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "先写几句，说说是什么事。" in page or "太长了，请在两万字以内；可以分成几条发。" in page
    assert 'value="修路"' in page
    assert body.strip() in page
    assert db.session.scalars(select(Thread)).all() == []


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        ("secretary", 200),
        ("deputy", 200),
        ("neighbour", 200),
        ("organiser", 200),
        ("far_secretary", 404),
        ("far_organiser", 404),
        ("district", 404),
        ("expert", 404),
        ("admin", 404),
        ("former", 403),
        ("nobody", 303),
    ],
)
def test_who_reads_a_thread_narrowed_to_its_township(browse, world, reader, status):
    thread = make_thread(world.secretary, reach="township")
    assert browse(world.everybody[reader]).get(f"/threads/{thread.id}").status_code == status


@pytest.mark.parametrize(
    ("reader", "status"),
    [("secretary", 200), ("organiser", 200), ("neighbour", 404), ("far_organiser", 404), ("district", 200)],
)
def test_who_reads_a_hidden_thread(browse, world, reader, status):
    thread = make_thread(world.secretary)
    browse(world.organiser).submit(f"/posts/{thread_opening(thread)}/hide", {"reason": "写了别人家的私事"})
    answer = browse(world.everybody[reader]).get(f"/threads/{thread.id}")
    assert answer.status_code == status
    assert ("写了别人家的私事" in answer.get_data(as_text=True)) == (status == 200)


def thread_opening(thread):
    found = db.session.scalars(select(Post.id).where(Post.thread_id == thread.id, Post.is_opening)).one()
    db.session.rollback()
    return found


@pytest.mark.parametrize(("state", "status"), [({}, 303), ({"locked": True}, 403), ({"narrowed": True}, 404)])
def test_who_may_reply(browse, world, state, status):
    thread = make_thread(world.secretary, reach="township" if state.get("narrowed") else "district")
    browser = browse(world.far_secretary)
    page = f"/threads/{make_thread(world.neighbour_secretary).id}"
    form_fields = browser.get(page)
    assert form_fields.status_code == 200
    if state.get("locked"):
        browse(world.organiser).submit(f"/threads/{thread.id}", {"on": "1"}, action=f"/threads/{thread.id}/lock")
    token = csrf_of(browser)
    answer = browser.post(
        f"/threads/{thread.id}/posts",
        data={"csrf_token": token, "body": "好", "once": once_for(world.far_secretary, thread)},
    )
    assert answer.status_code == status
    assert posts_of(thread.id)[1:] == (["好"] if status == 303 else [])


def csrf_of(browser):
    return forms_of(browser.get("/threads/").get_data(as_text=True))[0].fields["csrf_token"]


def once_for(actor, thread):
    from forum.once import issue_token

    return issue_token(actor.id, f"forum.threads.forms.ReplyForm:{thread.id}")


def test_a_reply_is_counted_and_told_to_followers_and_to_whom_it_answers(browse, world):
    thread = make_thread(world.secretary)
    first = make_post(thread, world.neighbour_secretary, "先修机井。")
    page = f"/threads/{thread.id}?answer={first.id}"
    browse(world.organiser).submit("/threads/ask", {"body": "别的事"})
    answer = browse(world.far_secretary).submit(
        page, {"body": "机井找水利站。", "parent": str(first.id)}, action=f"/threads/{thread.id}/posts"
    )
    assert answer.status_code == 303
    reply = db.session.scalars(select(Post).where(Post.body == "机井找水利站。")).one()
    assert (reply.parent_id, reply.root_id) == (first.id, first.id)
    assert db.session.get_one(Thread, thread.id).reply_count == 2
    told = db.session.execute(select(OutboxMessage.recipient_id, OutboxMessage.kind, OutboxMessage.subject_id)).all()
    assert told == [(world.neighbour_secretary.id, "thread.replied", reply.id)]


def test_the_same_form_sent_twenty_times_makes_one_post(browse, world):
    thread = make_thread(world.secretary)
    browser = browse(world.neighbour_secretary)
    fields = {
        "csrf_token": csrf_of(browser),
        "body": "我们村这样办",
        "once": once_for(world.neighbour_secretary, thread),
    }
    answers = [browser.post(f"/threads/{thread.id}/posts", data=fields) for _ in range(20)]
    assert {(a.status_code, a.location) for a in answers} == {(303, answers[0].location)}
    assert posts_of(thread.id)[1:] == ["我们村这样办"]


def test_other_text_under_the_same_token_shows_both(browse, world):
    thread = make_thread(world.secretary)
    browser = browse(world.neighbour_secretary)
    fields = {"csrf_token": csrf_of(browser), "body": "第一遍", "once": once_for(world.neighbour_secretary, thread)}
    browser.post(f"/threads/{thread.id}/posts", data=fields)
    answer = browser.post(f"/threads/{thread.id}/posts", data=fields | {"body": "第二遍，改了几个字"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "第一遍" in page
    assert "第二遍，改了几个字" in page
    assert posts_of(thread.id)[1:] == ["第一遍"]


def test_two_edits_at_once_show_both_texts(browse, world):
    thread = make_thread(world.secretary, body="原来的话")
    page = f"/posts/{thread_opening(thread)}/edit"
    browser = browse(world.secretary)
    assert browser.submit(page, {"body": "第一次改"}).status_code == 303
    answer = browser.submit(page, {"body": "第二次改", "version": "1"})
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "第一次改" in text
    assert "第二次改" in text
    assert posts_of(thread.id) == ["第一次改"]
    form = next(f for f in forms_of(text) if "body" in f.fields)
    assert browser.post(page, data=form.fields).status_code == 303
    assert posts_of(thread.id) == ["第二次改"]
    revisions = browse(world.neighbour_secretary).get(page.replace("edit", "revisions")).get_data(as_text=True)
    assert "原来的话" in revisions


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 303), ("organiser", 303), ("district", 303), ("neighbour", 403), ("deputy", 403), ("expert", 403)],
)
def test_whoever_asked_or_the_organiser_accepts(browse, world, who, status):
    thread = make_thread(world.secretary)
    reply = make_post(thread, world.far_secretary)
    browser = browse(world.everybody[who])
    answer = browser.post(f"/posts/{reply.id}/accept", data={"csrf_token": csrf_of(browser), "on": "1"})
    assert answer.status_code == status
    assert db.session.get_one(Thread, thread.id).accepted_post_id == (reply.id if status == 303 else None)


def test_villages_count_once_however_many_of_them_have_the_same_problem(browse, world):
    thread = make_thread(world.far_secretary)
    for who in (world.secretary, world.deputy, world.secretary, world.neighbour_secretary):
        browser = browse(who)
        opening = thread_opening(thread)
        assert (
            browser.post(f"/posts/{opening}/same", data={"csrf_token": csrf_of(browser), "on": "1"}).status_code == 303
        )
    assert db.session.get_one(Thread, thread.id).same_count == 2


@pytest.mark.parametrize("replies", [1, 30])
def test_a_thread_page_costs_at_most_eight_statements(browse, world, count_statements, replies):
    thread = make_thread(world.secretary)
    for n in range(replies):
        first = make_post(thread, world.neighbour_secretary, f"办法 {n}")
        make_post(thread, world.secretary, "试过了", parent=first)
    browser = browse(world.far_secretary)
    browser.get(f"/threads/{thread.id}")
    with count_statements() as seen:
        assert browser.get(f"/threads/{thread.id}").status_code == 200
    assert len(seen) <= 8, seen


def test_lists_cost_the_same_for_one_row_and_for_thirty(browse, world, count_statements):
    browser = browse(world.secretary)
    costs = []
    for _ in (1, 2):
        make_thread(world.secretary)
        browser.get("/threads/")
        with count_statements() as seen:
            browser.get("/threads/")
        costs.append(len(seen))
        for _n in range(30):
            make_thread(world.neighbour_secretary)
    assert costs[0] == costs[1] <= 8


def test_twenty_direct_replies_a_page_and_a_permalink_opens_the_right_one(browse, world):
    thread = make_thread(world.secretary)
    replies = [make_post(thread, world.neighbour_secretary, f"第{n}个办法。") for n in range(45)]
    deep = [make_post(thread, world.secretary, f"追问{n}。", parent=replies[30]) for n in range(5)]
    browser = browse(world.far_secretary)
    second = browser.get(f"/threads/{thread.id}?page=2").get_data(as_text=True)
    assert "第20个办法。" in second
    assert "第39个办法。" in second
    assert "第19个办法。" not in second
    assert "追问2。" in second
    assert "追问3。" not in second
    assert "还有 2 条" in second
    link = browser.get(f"/posts/{deep[4].id}")
    assert link.location == f"/threads/{thread.id}?page=2&open={replies[30].id}#post-{deep[4].id}"
    assert "追问4。" in browser.get(link.location).get_data(as_text=True)


@pytest.mark.parametrize(
    "bad",
    [
        "?page=0",
        "?page=99999999999999999999",
        "?page=x",
        "?open=-1",
        "?answer=1e9",
        "?at=%00",
        "?unit=x",
        pytest.param("?unit=" + "9" * 5000, id="a unit of five thousand digits"),
    ],
)
def test_bad_addresses_show_the_page_all_the_same(browse, world, bad):
    thread = make_thread(world.secretary)
    assert browse(world.secretary).get(f"/threads/{thread.id}{bad}").status_code == 200
    assert browse(world.secretary).get(f"/threads/{bad}").status_code == 200


def test_an_answer_does_not_name_who_wrote_what_is_hidden(browse, world):
    thread = make_thread(world.secretary)
    root = make_post(thread, world.organiser, "先摸清有多少地。")
    hidden = make_post(thread, world.far_secretary, "骂人的话。", parent=root)
    make_post(thread, world.organiser, "请好好说话。", parent=hidden)
    reader = browse(world.neighbour_secretary)
    assert "回复 渡小舟" in reader.get(f"/threads/{thread.id}").get_data(as_text=True)
    browse(world.organiser).submit(f"/posts/{hidden.id}/hide", {"reason": "骂人"})
    assert "渡小舟" not in reader.get(f"/threads/{thread.id}").get_data(as_text=True)


def test_ones_own_reply_does_not_open_a_thread_that_was_hidden(browse, world):
    thread = make_thread(world.secretary, "不该再看见的题目")
    reply = make_post(thread, world.far_secretary, "我写的还在。")
    for post_id in (reply.id, thread_opening(thread)):
        browse(world.organiser).submit(f"/posts/{post_id}/hide", {"reason": "写了别人家的私事"})
    while deliver_next():
        pass
    browser = browse(world.far_secretary)
    assert browser.get(f"/threads/{thread.id}").status_code == 404
    assert browser.get(f"/posts/{reply.id}").location == "/me/writing"
    pages = [browser.get(url).get_data(as_text=True) for url in ("/notices", "/me/writing")]
    assert "原因：写了别人家的私事" in pages[0]
    assert all("我写的还在。" in page for page in pages[1:])
    assert not any(thread.title in page for page in pages)


@pytest.mark.parametrize("kind", ReactionKind)
def test_two_who_react_at_once_are_both_counted(app, world, kind):
    thread = make_thread(world.secretary)
    post_id = thread_opening(thread) if kind is ReactionKind.SAME else make_post(thread, world.deputy).id
    first_is_in, may_end = Event(), Event()

    def say(actor, has_reacted, before_the_end):
        with app.app_context():
            post = db.session.get_one(Post, post_id)
            react(actor, post, kind, on=True)
            has_reacted.set()
            before_the_end.wait(5)
            db.session.commit()

    db.session.rollback()
    with ThreadPoolExecutor() as people:
        first = people.submit(say, world.neighbour_secretary, first_is_in, may_end)
        first_is_in.wait(5)
        second = people.submit(say, world.far_secretary, Event(), may_end)
        sleep(0.2)
        may_end.set()
        first.result()
        second.result()
    counts = {
        ReactionKind.SAME: db.session.get_one(Thread, thread.id, populate_existing=True).same_count,
        ReactionKind.USEFUL: db.session.get_one(Post, post_id, populate_existing=True).useful_count,
    }
    assert counts[kind] == 2


def test_a_reply_that_comes_too_late_can_still_be_copied(browse, world):
    thread = make_thread(world.secretary)
    parent = make_post(thread, world.deputy)
    browser = browse(world.far_secretary)
    pages = [f"/threads/{thread.id}", f"/threads/{thread.id}?answer={parent.id}"]
    forms = [forms_of(browser.get(page).get_data(as_text=True)) for page in pages]
    fields = [next(f for f in page if "body" in f.fields).fields.to_dict() | {"body": "写了半天的话"} for page in forms]
    browse(world.organiser).submit(f"/posts/{parent.id}/hide", {"reason": "写错了地方"})
    gone = browser.post(f"/threads/{thread.id}/posts", data=fields[1])
    browse(world.organiser).submit(pages[0], {"on": "1"}, action=f"/threads/{thread.id}/lock")
    locked = browser.post(f"/threads/{thread.id}/posts", data=fields[0])
    assert [gone.status_code, locked.status_code] == [404, 403]
    assert all("写了半天的话" in answer.get_data(as_text=True) for answer in (gone, locked))
    elsewhere = browser.post(f"/threads/{thread.id}/posts", data=fields[0], headers={"Sec-Fetch-Site": "cross-site"})
    assert "写了半天的话" not in elsewhere.get_data(as_text=True)


def test_a_title_is_one_line(browse, world):
    browse(world.secretary).submit("/threads/ask", {"title": "浇地没水\r\n怎么办", "body": "机井坏了两个月。"})
    assert db.session.scalars(select(Thread.title)).one() == "浇地没水 怎么办"


def test_a_question_whose_accepted_answer_was_hidden_is_open_again(browse, world):
    thread = make_thread(world.secretary, title="灌渠没水怎么办")
    answer = make_post(thread, world.far_secretary)
    browse(world.secretary).submit(f"/threads/{thread.id}", {"on": "1"}, action=f"/posts/{answer.id}/accept")
    listed = "/threads/?state=answered"
    assert thread.title in browse(world.deputy).get(listed).get_data(as_text=True)
    browse(world.organiser).submit(f"/posts/{answer.id}/hide", {"reason": "说的不是实情"})
    assert thread.title not in browse(world.deputy).get(listed).get_data(as_text=True)
