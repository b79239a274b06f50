"""Showing pictures: by right of their post, asked anew every time."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.clock import utcnow
from forum.extensions import db
from forum.media import policies
from forum.media.models import Picture
from forum.media.store import FULL, PICTURES, THUMB
from forum.threads.models import Post, Reach
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread
from tests.media.conftest import opening_of

Browse = Callable[[Actor | None], Browser]
Keep = Callable[..., Picture]
Readers = dict[int, set[int]]


@pytest.fixture
def attached(world: World, keep: Keep) -> Picture:
    """The secretary's picture in the opening of his thread."""
    return keep(world.secretary, post_id=opening_of(make_thread(world.secretary)))


@pytest.mark.parametrize("part", ["", "/thumb"])
def test_its_owner_sees_an_unattached_one_and_nobody_else(
    world: World, browse: Browse, keep: Keep, readers: Readers, part: str
) -> None:
    address = f"/pictures/{keep(world.secretary).key}{part}"
    seen = {name: browse(actor).get(address, buffered=True).status_code for name, actor in world.everybody.items()}
    assert seen == dict.fromkeys(seen, 404) | {"secretary": 200, "nobody": 303}


@pytest.mark.parametrize("part", ["", "/thumb"])
def test_an_attached_one_is_seen_by_whoever_may_read_its_post(
    world: World, browse: Browse, attached: Picture, readers: Readers, part: str
) -> None:
    address = f"/pictures/{attached.key}{part}"
    for actor in (world.far_secretary, world.former):
        readers[actor.id] = {attached.post_id}
    readers[world.expert.id] = {attached.post_id + 1}
    seen = {name: browse(actor).get(address, buffered=True).status_code for name, actor in world.everybody.items()}
    assert seen == dict.fromkeys(seen, 404) | {"far_secretary": 200, "former": 200, "nobody": 303}


TOWN = {"secretary", "deputy", "neighbour", "organiser"}
DISTRICT = {*TOWN, "far_secretary", "far_organiser", "district", "expert"}


@pytest.mark.parametrize(
    ("thread", "post", "seen_by"),
    [
        ({}, {}, DISTRICT),
        ({"reach": Reach.TOWNSHIP}, {}, TOWN),
        ({}, {"hidden_at": utcnow()}, {"secretary", "organiser", "district"}),
        ({"reach": Reach.TOWNSHIP}, {"hidden_at": utcnow()}, {"secretary", "organiser"}),
    ],
    ids=["open", "narrowed", "hidden", "narrowed and hidden"],
)
def test_it_goes_where_its_thread_goes(
    world: World, browse: Browse, keep: Keep, thread: dict[str, object], post: dict[str, object], seen_by: set[str]
) -> None:
    opening = db.session.get(Post, opening_of(make_thread(world.secretary, **thread)))
    for name, value in post.items():
        setattr(opening, name, value)
    db.session.commit()
    address = f"/pictures/{keep(world.secretary, post_id=opening.id).key}"
    found = {who: browse(actor).get(address, buffered=True).status_code for who, actor in world.everybody.items()}
    assert {who for who, status in found.items() if status == 200} == seen_by


def test_headers(world: World, browse: Browse, keep: Keep) -> None:
    kept = keep(world.secretary)
    for part, suffix in (("", FULL), ("/thumb", THUMB)):
        answer = browse(world.secretary).get(f"/pictures/{kept.key}{part}", buffered=True)
        assert answer.data == PICTURES.path_of(kept.key, suffix).read_bytes()
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == f"inline; filename=photo-{kept.key[:8]}.jpg"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_what_the_browser_has_is_not_sent_again_but_asked_for(
    world: World, browse: Browse, attached: Picture, readers: Readers
) -> None:
    browser, address = browse(world.far_secretary), f"/pictures/{attached.key}/thumb"
    readers[world.far_secretary.id] = {attached.post_id}
    etag = browser.get(address, buffered=True).headers["ETag"]
    again = browser.get(address, headers={"If-None-Match": etag}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert browser.get(f"/pictures/{attached.key}", buffered=True).headers["ETag"] != etag
    readers.clear()  # the post was hidden
    assert browser.get(address, headers={"If-None-Match": etag}, buffered=True).status_code == 404


def test_until_the_room_above_has_spoken_attached_ones_are_nobodys(
    world: World, browse: Browse, attached: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "_readable_posts", policies._none)
    assert browse(world.secretary).get(f"/pictures/{attached.key}").status_code == 404


@pytest.mark.parametrize(
    "key",
    ["0" * 40, "A" * 40, "x", "%00" * 40, "..", "%2e%2e%2f%2e%2e%2fsecret_key", "0" * 5000, "%ff%fe", "0" * 39 + "%0a", "照片"],
)  # fmt: skip
def test_no_other_address_leads_to_a_file(world: World, browse: Browse, key: str) -> None:
    assert browse(world.secretary).get(f"/pictures/{key}").status_code == 404
    assert browse(world.secretary).get(f"/pictures/{key}/thumb").status_code == 404


@pytest.mark.parametrize("key", ["../../secret_key", "", "0" * 41, "0" * 40 + "\n"])
def test_no_other_name_becomes_a_path(app: Flask, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        PICTURES.path_of(key)


def test_a_file_that_is_gone_is_not_found(world: World, browse: Browse, keep: Keep) -> None:
    kept = keep(world.secretary)
    PICTURES.delete(kept.key)
    assert browse(world.secretary).get(f"/pictures/{kept.key}").status_code == 404


def test_two_statements(
    world: World, browse: Browse, attached: Picture, readers: Readers, count_statements: Callable[..., object]
) -> None:
    readers[world.deputy.id] = {attached.post_id}
    browser = browse(world.deputy)
    db.session.rollback()
    with count_statements() as seen:  # type: ignore[attr-defined]
        assert browser.get(f"/pictures/{attached.key}", buffered=True).status_code == 200
    assert len(seen) == 2, seen
