"""A reply in two parts, and replies that add or object to another."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.extensions import db
from forum.threads.models import Post, PostRevision, Stance
from forum.threads.prescriptions import compose, parts_of
from tests.browsing import forms_of
from tests.factories import make_post, make_thread

BOTH = {"diagnosis": "机井堵了，不是没水。", "remedy": "一、找水利站看\n二、清井，两千块，三天"}


@pytest.fixture
def thread(world):
    return make_thread(world.secretary)


def text_of(answer):
    return answer.get_data(as_text=True)


def prescribe(browse, world, thread, **fields):
    return browse(world.expert).submit(
        f"/threads/{thread.id}?shape=prescription", BOTH | fields, action=replies(thread)
    )


def replies(thread):
    return f"/threads/{thread.id}/posts"


def the_reply():
    db.session.rollback()
    return db.session.scalars(select(Post).where(Post.is_opening.is_(False)).order_by(Post.id.desc())).first()


@pytest.mark.parametrize("parts", [("甲", "乙"), ("甲\n\n【开方】\n丙", "乙"), ("【诊断】\n甲", "【开方】\n乙\n\n丙")])
def test_a_text_in_parts_can_be_told_and_comes_out_the_same(parts):
    body = compose(*parts)
    again = parts_of(body)
    assert again is not None
    assert compose(*again) == body


@pytest.mark.parametrize("body", ["", "【诊断】\n甲", "先说一句\n【诊断】\n甲\n\n【开方】\n乙", "甲"])
def test_other_texts_are_in_no_parts(body):
    assert parts_of(body) is None


def test_a_prescription_is_a_reply_with_both_parts(browse, world, thread):
    assert prescribe(browse, world, thread).status_code == 303
    assert the_reply().body == "【诊断】\n机井堵了，不是没水。\n\n【开方】\n一、找水利站看\n二、清井，两千块，三天"
    shown = text_of(browse(world.secretary).get(f"/threads/{thread.id}"))
    assert "【诊断】" in shown
    assert "清井，两千块，三天" in shown


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("diagnosis", "", "先说说您看是怎么回事"),
        ("remedy", " ", "再说说该怎么办"),
        ("remedy", "字" * 9001, "太长了，请在九千字以内"),
    ],
)
def test_what_is_missing_is_said_and_the_other_part_kept(browse, world, thread, field, value, said):
    answer = prescribe(browse, world, thread, **{field: value})
    assert answer.status_code == 422
    assert said in text_of(answer)
    other = "remedy" if field == "diagnosis" else "diagnosis"
    assert BOTH[other].split("\n")[0] in text_of(answer)
    assert the_reply() is None


def test_it_is_corrected_in_its_parts_and_the_earlier_text_is_kept(browse, world, thread):
    prescribe(browse, world, thread)
    reply = the_reply()
    edit = f"/posts/{reply.id}/edit"
    form = next(f for f in forms_of(text_of(browse(world.expert).get(edit))) if "diagnosis" in f.fields)
    assert {part: form.fields[part].strip().replace("\r\n", "\n") for part in BOTH} == BOTH
    assert browse(world.expert).submit(edit, {"diagnosis": "水泵坏了。"}).status_code == 303
    assert parts_of(the_reply().body) == ("水泵坏了。", BOTH["remedy"])
    assert db.session.scalars(select(PostRevision.body)).all() == [compose(**BOTH)]


def test_a_plain_reply_is_corrected_as_one_text(browse, world, thread):
    reply = make_post(thread, world.expert, "清井。")
    page = text_of(browse(world.expert).get(f"/posts/{reply.id}/edit"))
    assert [f for f in forms_of(page) if "diagnosis" in f.fields] == []


def test_two_edits_of_a_prescription_at_once_show_both(browse, world, thread):
    prescribe(browse, world, thread)
    edit = f"/posts/{the_reply().id}/edit"
    browser = browse(world.expert)
    fields = next(f for f in forms_of(text_of(browser.get(edit))) if "diagnosis" in f.fields).fields.to_dict()
    browser.submit(edit, {"diagnosis": "水泵坏了。"})
    answer = browser.post(edit, data=fields | {"diagnosis": "管子漏了。"})
    assert answer.status_code == 409
    assert "水泵坏了。" in text_of(answer)
    assert "管子漏了。" in text_of(answer)


def test_other_words_under_the_same_token_can_take_the_place_of_the_first(browse, world, thread):
    browser = browse(world.expert)
    page = text_of(browser.get(f"/threads/{thread.id}?shape=prescription"))
    fields = next(f for f in forms_of(page) if "diagnosis" in f.fields).fields.to_dict() | BOTH
    browser.post(replies(thread), data=fields)
    both = browser.post(replies(thread), data=fields | {"diagnosis": "水泵坏了。"})
    assert both.status_code == 409
    edit = f"/posts/{the_reply().id}/edit"
    replace = next(f for f in forms_of(text_of(both)) if f.action == edit)
    assert browser.post(edit, data=replace.fields).status_code == 303
    assert parts_of(the_reply().body) == ("水泵坏了。", BOTH["remedy"])


@pytest.mark.parametrize(("stance", "label"), [("supplement", "补充"), ("objection", "不同意见"), ("", None)])
def test_a_reply_to_a_reply_says_how_it_stands_to_it(browse, world, thread, stance, label):
    first = make_post(thread, world.expert)
    answer = browse(world.far_secretary).submit(
        f"/threads/{thread.id}?answer={first.id}",
        {"body": "我们试过，不行。", "stance": stance},
        action=replies(thread),
    )
    assert answer.status_code == 303
    assert the_reply().stance == (Stance(stance) if stance else None)
    page = text_of(browse(world.neighbour_secretary).get(f"/threads/{thread.id}"))
    for words in ("补充", "不同意见"):
        assert (f">{words}</span>" in page) == (words == label)


def test_a_stance_needs_its_reason_and_something_it_is_about(browse, world, thread):
    first = make_post(thread, world.expert)
    page = f"/threads/{thread.id}?answer={first.id}"
    sent = {"body": "", "stance": "objection"}
    assert browse(world.far_secretary).submit(page, sent, action=replies(thread)).status_code == 422
    sent = {"body": "不行", "stance": "vote"}
    refused = browse(world.far_secretary).submit(page, sent, action=replies(thread))
    assert (refused.status_code, "名单里没有这一项" in text_of(refused)) == (422, True)
    sent = {"body": "不行", "stance": "objection"}
    assert browse(world.far_secretary).submit(f"/threads/{thread.id}", sent, action=replies(thread)).status_code == 303
    assert the_reply().stance is None
    with pytest.raises(IntegrityError):
        db.session.execute(db.update(Post).where(Post.id == first.id).values(stance=Stance.OBJECTION))
    db.session.rollback()
