"""Whoever may read a post sees what was changed in it, by whom, when and why; nobody else does."""

from forum.extensions import db
from forum.threads.actions import edit_post
from forum.threads.models import Post, PostRevision, Reach
from forum.threads.policies import visible_posts
from forum.threads.revisions import EDITS_SHOWN, edits_of
from tests.factories import make_post, make_thread


def opening_of(thread) -> Post:
    return db.session.scalars(db.select(Post).where(Post.thread_id == thread.id, Post.is_opening)).one()


def loaded(actor, post) -> Post:
    return db.session.scalars(visible_posts(actor).where(Post.id == post.id)).one()


def change(actor, post, body, why=""):
    found = loaded(actor, post)
    edit_post(actor, found, body, version=found.version, why=why)
    db.session.commit()


def test_a_correction_shows_what_went_what_came_who_and_why(browse, world):
    post = make_post(make_thread(world.secretary), world.neighbour_secretary, "租金一亩500元，一年一付。")
    page = f"/posts/{post.id}/edit"
    sent = {"body": "租金一亩580元，一年一付。", "why": "数字写错了"}
    assert browse(world.neighbour_secretary).submit(page, sent).status_code == 303
    text = browse(world.secretary).get(f"/posts/{post.id}/revisions").get_data(as_text=True)
    assert "<del><b>删去：</b>500</del><ins><b>加上：</b>580</ins>" in text
    assert "为什么：数字写错了" in text
    assert f"{world.neighbour_secretary.name} 改的" in text


def test_what_was_written_is_shown_as_it_was_written(browse, world):
    post = make_post(make_thread(world.secretary), world.secretary, "原话")
    change(world.secretary, post, "<script>alert(1)</script>", why="<i>改</i>")
    text = browse(world.secretary).get(f"/posts/{post.id}/revisions").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;i&gt;改&lt;/i&gt;" in text
    assert "<script>alert" not in text


def test_the_former_words_of_a_narrowed_post_stay_narrowed(browse, world):
    thread = make_thread(world.secretary, reach=Reach.TOWNSHIP)
    post = opening_of(thread)
    change(world.secretary, post, "改过的话")
    assert browse(world.neighbour_secretary).get(f"/posts/{post.id}/revisions").status_code == 200
    assert browse(world.far_secretary).get(f"/posts/{post.id}/revisions").status_code == 404


def test_a_post_changed_many_times_is_read_piece_by_piece(world):
    post = opening_of(make_thread(world.secretary, body="第0稿"))
    for n in range(1, 2 * EDITS_SHOWN + 2):
        change(world.secretary, post, f"第{n}稿", why=str(n))
    whys, before = [], None
    while True:
        edits, before = edits_of(loaded(world.secretary, post), before)
        assert all(edit.body for edit in edits)
        whys += [int(edit.why) for edit in edits]
        if before is None:
            break
    assert whys == list(range(2 * EDITS_SHOWN + 1, 0, -1))


def test_a_reason_without_a_change_is_not_kept(world):
    post = opening_of(make_thread(world.secretary, body="一样"))
    change(world.secretary, post, "一样", why="没什么")
    assert db.session.scalars(db.select(PostRevision)).all() == []
