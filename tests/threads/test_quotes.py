"""A quotation says who said it, quotes only what its reader may read, and becomes a quotation on the page."""

import pytest

from forum.extensions import db
from forum.threads.models import Post, Reach
from forum.threads.moderation import hide_post
from forum.threads.policies import visible_posts
from forum.threads.quotes import QUOTED, quote_of
from tests.browsing import forms_of
from tests.factories import make_post, make_thread


def typed(browser, thread, post) -> dict[str, str]:
    """What stands in the answer after a tap on 引用 of a post, without script."""
    page = browser.get(f"/threads/{thread.id}?answer={post.id}&quote={post.id}").text
    return next(form.fields for form in forms_of(page) if "body" in form.fields)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("先开会。\n再签字。", "> 张三：先开会。 再签字。\n\n"),
        ("> 李四：旧话\n\n我同意。", "> 张三：我同意。\n\n"),
        ("> 只有旧话", ""),
        ("水" * 500, f"> 张三：{'水' * (QUOTED - 1)}…\n\n"),
    ],
)
def test_a_quotation_is_one_line_without_what_it_quotes_itself(body: str, expected: str) -> None:
    assert quote_of("张三", body) == expected


def test_the_link_quotes_and_answers_without_script(browse, world):
    thread = make_thread(world.secretary)
    post = make_post(thread, world.neighbour_secretary, "先找几户带头试种。")
    browser = browse(world.secretary)
    assert f'?answer={post.id}&amp;quote={post.id}#reply"' in browser.get(f"/threads/{thread.id}").text
    fields = typed(browser, thread, post)
    assert fields["parent"] == str(post.id)
    assert fields["body"].strip() == f"> 柳沟村 {world.neighbour_secretary.name}：先找几户带头试种。".replace(
        "柳沟村", world.neighbour.name
    )
    fields["body"] += "\n\n怎么找？"
    assert browser.post(f"/threads/{thread.id}/posts", data=fields).status_code == 303
    answer = db.session.scalars(db.select(Post).where(Post.parent_id == post.id)).one()
    assert "<blockquote>" in answer.body_html
    assert "<p>怎么找？</p>" in answer.body_html


def test_nothing_is_quoted_that_the_reader_may_not_read(browse, world):
    narrowed, thread = make_thread(world.secretary, reach=Reach.TOWNSHIP), make_thread(world.secretary)
    secret, hidden = make_post(narrowed, world.deputy, "不外传的话。"), make_post(thread, world.deputy, "隐藏的话。")
    found = db.session.scalars(visible_posts(world.organiser).where(Post.id == hidden.id)).one()
    hide_post(world.organiser, found, "说的不是实情")
    db.session.commit()
    for post in (secret, hidden):
        for actor in (world.far_secretary, world.organiser, world.deputy):
            assert "的话" not in typed(browse(actor), thread, post).get("body", "")
