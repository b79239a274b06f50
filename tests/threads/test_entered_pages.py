"""代录 on pages: whom one may write for, that it is always shown, and the author's own word on it."""

from collections.abc import Callable

import pytest

from forum.extensions import db
from forum.notices.models import OutboxMessage
from forum.screening.actions import list_words
from forum.screening.models import Degree
from forum.threads.actions import add_reply
from forum.threads.models import Post, Reach, Thread
from forum.units.actors import Actor
from tests.browsing import Browser, forms_of
from tests.factories import World, make_thread

Browse = Callable[[Actor | None], Browser]


def fields_of(browser: Browser, page: str) -> dict[str, str]:
    return dict(
        next(
            form.fields
            for form in forms_of(browser.get(page).text)
            if "speaker" in form.fields or "body" in form.fields
        )
    )


def newest() -> Post:
    return db.session.scalars(db.select(Post).order_by(Post.id.desc()).limit(1)).one()


def test_an_organiser_asks_for_a_secretary_and_it_is_his_question(world: World, browse: Browse) -> None:
    browser = browse(world.organiser)
    assert 'href="/threads/ask-for"' in browser.get("/threads/ask").text
    missing = browser.submit("/threads/ask-for", {"body": "井干了。", "speaker": "0"})
    assert missing.status_code == 422
    assert "请选一位。" in missing.text
    assert "井干了。" in missing.text

    fields = fields_of(browser, "/threads/ask-for") | {"body": "井干了。", "speaker": str(world.secretary.posting.id)}  # type: ignore[union-attr]
    fields |= {"kind": "question", "reach": "township"}
    sent = [browser.post("/threads/ask-for", data=fields) for _twice in range(2)]
    thread = db.session.scalars(db.select(Thread)).one()
    assert [answer.headers["Location"] for answer in sent] == [f"/threads/{thread.id}"] * 2
    assert (thread.author_id, thread.unit_id, thread.reach) == (world.secretary.id, world.village.id, Reach.TOWNSHIP)
    for reader in (world.organiser, world.secretary, world.deputy):
        assert "由林组织代录" in browse(reader).get(f"/threads/{thread.id}").text
    assert "由林组织代录" in browse(world.secretary).get("/me/writing").text
    listed = browse(world.deputy).get("/threads/").text
    assert "柳大山" in listed
    assert "林组织" not in listed


def test_a_deputy_reads_what_he_wrote_down_for_the_panel_only(world: World, browse: Browse) -> None:
    told = {"body": "家里闹矛盾。", "kind": "question", "reach": "panel", "speaker": str(world.secretary.posting.id)}  # type: ignore[union-attr]
    deputy = browse(world.deputy)
    assert deputy.get(deputy.submit("/threads/ask-for", told).headers["Location"]).status_code == 200
    assert browse(world.neighbour_secretary).get(f"/threads/{newest().thread_id}").status_code == 404


def test_for_whom_one_may_not_write_cannot_be_sent(world: World, browse: Browse) -> None:
    thread = make_thread(world.far_secretary)
    browser = browse(world.organiser)
    page = f"/threads/{thread.id}/answer-for"
    for posting in (world.far_secretary.posting, world.organiser.posting, world.expert.posting):
        answer = browser.submit(page, {"body": "好", "speaker": str(posting.id)})  # type: ignore[union-attr]
        assert answer.status_code == 422
    panel = make_thread(world.secretary, reach=Reach.PANEL)
    words = browser.get(f"/threads/{panel.id}/answer-for").text
    assert "柳大山" in words
    assert "杨来福" not in words, "he may not read it"
    assert db.session.scalar(db.select(db.func.count(Post.id))) == 2


def test_the_person_confirms_or_corrects_what_was_written_for_him(world: World, browse: Browse) -> None:
    thread = make_thread(world.far_secretary)
    deputy, author = browse(world.deputy), browse(world.secretary)
    assert f'href="/threads/{thread.id}/answer-for"' in deputy.get(f"/threads/{thread.id}").text
    assert "answer-for" not in author.get(f"/threads/{thread.id}").text
    told = {"body": "先修渠，@渡小舟 您看。", "speaker": str(world.secretary.posting.id)}  # type: ignore[union-attr]
    assert deputy.submit(f"/threads/{thread.id}/answer-for", told).status_code == 303
    post = newest()
    kinds = set(db.session.execute(db.select(OutboxMessage.kind, OutboxMessage.recipient_id)).tuples())
    assert kinds == {("post.entered", world.secretary.id), ("thread.mentioned", world.far_secretary.id)}

    shown = author.get(f"/threads/{thread.id}").text
    assert "这一条是柳二河替您写的，说得对不对？" in shown
    assert "说得对不对" not in deputy.get(f"/threads/{thread.id}").text
    seen_at = post.version
    assert deputy.submit(f"/posts/{post.id}/edit", {"body": "先打井。"}).status_code == 303
    token = forms_of(shown)[0].fields["csrf_token"]
    answer = author.post(f"/posts/{post.id}/confirm", data={"on": str(seen_at), "csrf_token": token})
    assert "这一条刚刚又改过，请再看一眼。" in author.get(f"/threads/{thread.id}").text
    assert answer.status_code == 303
    assert newest().confirmed_at is None

    for _twice in range(2):
        now = newest().version
        author.post(f"/posts/{post.id}/confirm", data={"on": str(now), "csrf_token": token})
    assert newest().confirmed_at is not None
    assert "本人看过，没错" in deputy.get(f"/threads/{thread.id}").text
    assert deputy.get(f"/posts/{post.id}/edit").status_code == 403
    assert author.submit(f"/posts/{post.id}/edit", {"body": "修渠。", "why": "说错了"}).status_code == 303
    edits = deputy.get(f"/posts/{post.id}/revisions").text
    assert edits.index("前柳村 柳大山 改的") < edits.index("柳二河改的")


def test_who_wrote_it_down_is_late_once_it_is_confirmed(world: World, browse: Browse) -> None:
    post = add_reply(world.secretary, make_thread(world.far_secretary), "先修渠。", scribe=world.deputy)
    db.session.commit()
    deputy = browse(world.deputy)
    fields = fields_of(deputy, f"/posts/{post.id}/edit") | {"body": "打井。"}
    post = db.session.get_one(Post, post.id)
    post.confirmed_at = post.created_at
    db.session.commit()
    assert deputy.post(f"/posts/{post.id}/edit", data=fields).status_code == 403
    assert newest().body == "先修渠。"


@pytest.mark.parametrize("where", ["ask-for", "answer-for"])
def test_what_has_to_wait_leads_its_writer_where_he_may_be(world: World, browse: Browse, where: str) -> None:
    list_words(world.district_staff, ["假种子"], Degree.HOLD)
    db.session.commit()
    page = "/threads/ask-for" if where == "ask-for" else f"/threads/{make_thread(world.far_secretary).id}/answer-for"
    told = {"body": "买到假种子", "kind": "question", "reach": "district", "speaker": str(world.secretary.posting.id)}  # type: ignore[union-attr]
    deputy = browse(world.deputy)
    shown = deputy.get(deputy.submit(page, told).headers["Location"])
    assert shown.status_code == 200
    assert "等镇里看一眼" in shown.text
    assert newest().held_at is not None
    assert browse(world.secretary).get(f"/posts/{newest().id}").status_code == 303
