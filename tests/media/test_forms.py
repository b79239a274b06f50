"""Forms that carry pictures, with and without script."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, g, render_template_string
from sqlalchemy import select
from wtforms.validators import InputRequired

from forum.accounts.sessions import begin_session, cookie_name
from forum.extensions import db
from forum.forms import LongTextField
from forum.media import store
from forum.media.actions import MOST_WAITING
from forum.media.forms import PictureForm
from forum.media.models import Picture
from forum.media.queries import own_unattached
from forum.once import issue_token
from forum.threads.models import Post
from forum.units.actors import Actor
from tests.browsing import Browser, forms_of
from tests.factories import World
from tests.media.shots import picture

GOOD = picture()
OTHER = picture(size=(30, 30))
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0"
PAGE = """{% from "media/_pictures.html" import picture_field %}{% from "_parts.html" import pictures %}{{ picture_field(form) }}{{ pictures(form.kept_pictures) }}"""


class NoteForm(PictureForm):
    body = LongTextField("正文", [InputRequired("写点什么吧。")])


Sent = Callable[..., Any]


@pytest.fixture
def sent(app: Flask, world: World) -> Sent:
    """A form as it comes in from the secretary's browser: ``with sent(body="…", photos=[bytes], pictures=[keys]) as form``."""
    token, _ = begin_session(world.secretary.id)
    db.session.commit()

    @contextmanager
    def sending(
        body: str = "路修好了", photos: tuple[bytes, ...] = (), pictures: tuple[str, ...] = ()
    ) -> Iterator[NoteForm]:
        once = issue_token(world.secretary.id, f"{NoteForm.__module__}.NoteForm:")
        files = [(BytesIO(data), f"{n}.jpg") for n, data in enumerate(photos)] or [(BytesIO(b""), "")]
        data = {"body": body, "once": once, "photos": files, "pictures": list(pictures)}
        with app.test_request_context("/", method="POST", data=data, headers={"Cookie": f"{cookie_name()}={token}"}):
            g.csrf_valid = True
            yield NoteForm()
            g.pop("_login_user", None)

    return sending


def stored() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Picture.key).order_by(Picture.id)))


def test_files_are_stored_before_anything_is_found_wrong(world: World, sent: Sent) -> None:
    with sent(body="", photos=(GOOD, OTHER)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert form.errors == {"body": ["写点什么吧。"]}
        assert form.pictures.data == stored()
        page = render_template_string(PAGE, form=form)
    for key in stored():
        assert f'name="pictures" value="{key}" checked' in page
        assert f'src="/pictures/{key}/thumb"' in page


def test_sent_again_they_come_as_keys(world: World, sent: Sent) -> None:
    with sent(body="", photos=(GOOD,)) as form:
        form.take_uploads(world.secretary)
    with sent(pictures=(*stored(), "x", "../../secret_key", stored()[0])) as form:
        form.take_uploads(world.secretary)
        assert form.validate()
        assert form.pictures.data == stored()
        assert [p.key for p in own_unattached(world.secretary, form.pictures.data)] == stored()


def test_what_is_wrong_with_a_file_stands_at_the_field(world: World, sent: Sent) -> None:
    with sent(photos=(GOOD, HEIC, OTHER)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        [message] = form.photos.errors
        assert message.startswith("第 2 张：")
        assert "HEIC" in message
        assert form.pictures.data == stored()
        assert len(stored()) == 2
    with sent(photos=(HEIC,)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert str(form.photos.errors[0]).startswith("这是 HEIC")


def test_nine_in_all(world: World, sent: Sent) -> None:
    keys = tuple(f"{n:040x}" for n in range(8))
    with sent(pictures=keys, photos=(GOOD, OTHER)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert form.photos.errors == ["一次最多 9 张照片，多出来的没有收。"]
        assert form.pictures.data == [*keys, *stored()]
        assert len(stored()) == 1
    with sent(pictures=tuple(f"{n:040x}" for n in range(10))) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert form.photos.errors == ["一次最多 9 张照片，请去掉几张。"]


def test_when_the_disk_is_full_the_text_is_kept_and_the_form_says_so(
    world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_write", full)
    with sent(photos=(GOOD, OTHER)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert form.body.data == "路修好了"
        assert len(form.photos.errors) == 1
        assert "暂时存不下" in form.photos.errors[0]
    assert stored() == []


def test_too_many_waiting_is_said_at_the_field(world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST_WAITING, Picture, 1)
    with sent(photos=(GOOD, OTHER, GOOD)) as form:
        form.take_uploads(world.secretary)
        assert not form.validate()
        assert len(form.photos.errors) == 1
        assert "太多了" in form.photos.errors[0]
    assert len(stored()) == 1


def test_other_photos_under_the_same_text_are_another_sending(world: World, sent: Sent) -> None:
    def digest(*photos: bytes) -> str:
        with sent(photos=photos) as form:
            form.take_uploads(world.secretary)
            return form.digest()

    assert digest(GOOD) == digest(GOOD)
    assert len({digest(), digest(GOOD), digest(OTHER), digest(GOOD, OTHER)}) == 4


def test_without_files_nothing_is_asked_of_the_database(
    world: World, sent: Sent, count_statements: Callable[..., Any]
) -> None:
    with sent() as form, count_statements() as seen:
        form.take_uploads(world.secretary)
    assert seen == []


def test_a_gallery_says_which_of_how_many(world: World, sent: Sent) -> None:
    keys = tuple(f"{n:040x}" for n in range(3))
    with sent(pictures=keys) as form:
        page = render_template_string(PAGE, form=form)
    assert f'<a href="/pictures/{keys[1]}"><img src="/pictures/{keys[1]}/thumb"' in page
    assert 'alt="照片 2/3"' in page
    assert 'loading="lazy"' in page
    assert 'accept="image/jpeg,image/png,image/webp"' in page
    assert "multiple" in page


def test_the_secretary_alone_gets_what_he_sent(world: World, sent: Sent) -> None:
    with sent(photos=(GOOD,)) as form:
        form.take_uploads(world.secretary)
    others: list[Actor] = [world.deputy, world.organiser, world.admin]
    assert [own_unattached(actor, stored()) for actor in others] == [[], [], []]


def test_other_words_with_a_photo_under_a_spent_token_lose_neither(
    world: World, browse: Callable[[Actor | None], Browser]
) -> None:
    browser = browse(world.secretary)
    asking = forms_of(browser.get("/threads/ask").get_data(as_text=True))
    fields = next(form.fields for form in asking if "body" in form.fields).to_dict() | {"body": "井坏了"}
    assert browser.post("/threads/ask", data=fields).status_code == 303
    again = fields | {"body": "井坏了，这是照片", "photos": (BytesIO(GOOD), "井.jpg")}
    both = browser.post("/threads/ask", data=again, content_type="multipart/form-data")
    assert both.status_code == 409
    page = both.get_data(as_text=True)
    assert "还有 1 张照片" in page
    other = next(form for form in forms_of(page) if form.action == "/threads/ask")
    assert browser.post(other.action, data=other.fields).status_code == 303
    taken = select(Picture.key).join(Post, Post.id == Picture.post_id).where(Post.body == "井坏了，这是照片")
    assert list(db.session.scalars(taken)) == stored() != []
