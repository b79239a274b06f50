"""Sending a picture ahead of its form."""

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.media import store, uploads
from forum.media.actions import MOST_WAITING
from forum.media.models import Picture
from forum.media.store import PICTURES, THUMB
from forum.units.actors import Actor
from tests.browsing import Browser
from tests.factories import World, make_thread
from tests.media.conftest import Send, opening_of
from tests.media.shots import SERIAL, markers, phone_photo, picture, png_claiming


def kept() -> list[Picture]:
    return list(db.session.scalars(select(Picture).order_by(Picture.id)))


def files(data_dir: Path) -> list[Path]:
    return [path for path in (data_dir / "pictures").rglob("*") if path.is_file()]


@pytest.fixture(autouse=True)
def _no_files(data_dir: Path) -> None:
    for path in files(data_dir):
        path.unlink()


def test_a_photo_is_stored_for_its_sender_alone(world: World, send: Send, data_dir: Path) -> None:
    answer = send(world.secretary, phone_photo(orientation=6))
    assert answer.status_code == 201
    [row] = kept()
    assert (row.owner_id, row.post_id, row.width, row.height) == (world.secretary.id, None, 48, 64)
    assert answer.json == {"id": row.key, "thumb_url": f"/pictures/{row.key}/thumb"}
    full, thumb = PICTURES.path_of(row.key), PICTURES.path_of(row.key, THUMB)
    assert sorted(files(data_dir)) == sorted([full, thumb])
    assert full.relative_to(data_dir).as_posix() == f"pictures/{row.key[:2]}/{row.key[2:4]}/{row.key}.jpg"
    assert full.stat().st_size == row.size
    assert full.stat().st_mode & 0o077 == 0, "readable by the forum's own user alone"
    for path in (full, thumb):
        assert 0xE1 not in markers(path.read_bytes())
        assert SERIAL.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    "name",
    ["a.jpg.svg", "a.php\0.jpg", "\u202egpj.exe", "../../../etc/passwd", "%2e%2e%2fx", "照片 1.jpg", ".htaccess",
     "a%0d%0aSet-Cookie: x=1", "C:\\x\\y.jpg", "x" * 5000],
)  # fmt: skip
def test_no_name_reaches_the_disk(world: World, send: Send, data_dir: Path, name: str) -> None:
    assert send(world.secretary, picture() + b"<script>alert(1)</script>", name).status_code == 201
    [row] = kept()
    assert {path.name for path in files(data_dir)} == {f"{row.key}.jpg", f"{row.key}.thumb.jpg"}
    assert b"script" not in PICTURES.path_of(row.key).read_bytes()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不一定认得"),
        (picture()[:400], "没有传完整"),
        (png_claiming(20_000, 20_000), "五千万像素"),
        (b"\0" * (15 * 2**20 + 1), "15 兆"),
    ],
    ids=["heic", "svg", "truncated", "bomb", "heavy"],
)
def test_what_cannot_be_shown_is_refused_in_plain_words(
    world: World, send: Send, data_dir: Path, data: bytes, message: str
) -> None:
    answer = send(world.secretary, data)
    assert answer.status_code == 422
    assert message in answer.json["error"]
    assert kept() == files(data_dir) == []


def test_a_body_beyond_all_bounds_is_refused_in_words_the_script_shows(world: World, send: Send) -> None:
    answer = send(world.secretary, b"\0" * (17 * 2**20))
    assert answer.status_code == 413
    assert "15 兆" in answer.json["error"]


def test_a_photo_of_many_megabytes_arrives(world: World, send: Send) -> None:
    assert send(world.secretary, picture() + os.urandom(9_000_000)).status_code == 201


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 201), ("expert", 201), ("organiser", 201), ("district", 201), ("admin", 403), ("former", 403), ("nobody", 401)],
)  # fmt: skip
def test_who_may_send(world: World, send: Send, who: str, status: int) -> None:
    assert send(world.everybody[who]).status_code == status
    assert len(kept()) == (1 if status == 201 else 0)


def test_without_token_or_file_nothing_is_stored(world: World, browse: Callable[[Actor], Browser], send: Send) -> None:
    file = (BytesIO(picture()), "a.jpg")
    assert browse(world.secretary).post("/pictures", data={"file": file}).status_code == 400
    assert browse(world.secretary).get("/pictures").status_code == 405
    assert kept() == []


def test_sixty_an_hour_may_wait_for_a_post(
    world: World, send: Send, keep: Callable[..., Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST_WAITING, Picture, 2)
    first = keep(world.secretary, created_at=utcnow() - timedelta(minutes=40))
    keep(world.secretary)
    answer = send(world.secretary)
    assert answer.status_code == 429
    assert "太多了" in answer.json["error"]
    assert 19 * 60 < int(answer.headers["Retry-After"]) <= 20 * 60 + 1
    assert send(world.deputy).status_code == 201, "each for himself"
    first.post_id = opening_of(make_thread(world.secretary))
    db.session.commit()
    assert send(world.secretary).status_code == 201, "what a post has taken does not count"


@pytest.mark.parametrize("step", ["write", "fsync", "rename"])
def test_a_full_disk_leaves_no_half_file(
    world: World, send: Send, data_dir: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "rename":
        rename = Path.replace
        monkeypatch.setattr(
            Path, "replace", lambda a, b: full() if b.name.endswith("g") and "thumb" not in b.name else rename(a, b)
        )
    else:
        monkeypatch.setattr(store, "_write" if step == "write" else "_sync", full)
    answer = send(world.secretary)
    assert answer.status_code == 507
    assert "暂时存不下" in answer.json["error"]
    assert kept() == files(data_dir) == []
    monkeypatch.undo()
    assert send(world.secretary).status_code == 201


def test_no_lock_is_held_while_a_picture_is_decoded(world: World, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    open_transactions = []

    def watching(data: bytes) -> Any:
        open_transactions.append(db.session().in_transaction())
        return prepare(data)

    prepare = uploads.prepare
    monkeypatch.setattr(uploads, "prepare", watching)
    assert send(world.secretary).status_code == 201
    assert open_transactions == [False]
