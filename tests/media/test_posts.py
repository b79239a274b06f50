"""Pictures and the posts that take them."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from forum.clock import utcnow
from forum.extensions import db
from forum.media import actions, store
from forum.media.actions import attach, remove_stray_files, remove_unattached
from forum.media.models import Picture
from forum.media.pictures import Prepared
from forum.media.queries import own_unattached, pictures_of
from forum.media.store import FULL, PICTURES, THUMB
from forum.notices.worker import JOBS
from tests.factories import World, make_post, make_thread
from tests.media.conftest import opening_of

Keep = Callable[..., Picture]
LONG_AGO = timedelta(hours=25)


def shown(post_id: int) -> list[str]:
    db.session.rollback()
    return [row.id for row in pictures_of([post_id]).get(post_id, [])]


def age(picture: Picture) -> None:
    """Make a picture and its files a day old."""
    picture.created_at -= LONG_AGO
    db.session.commit()
    then = (utcnow() - LONG_AGO).timestamp()
    for suffix in (FULL, THUMB):
        os.utime(PICTURES.path_of(picture.key, suffix), (then, then))


def test_a_post_takes_its_authors_pictures_in_their_order(world: World, keep: Keep) -> None:
    post = opening_of(make_thread(world.secretary))
    a, b, c = (keep(world.secretary) for _ in range(3))
    attach(post, own_unattached(world.secretary, [c.key, a.key, c.key, b.key]))
    db.session.commit()
    assert shown(post) == [c.key, a.key, b.key]


def test_what_is_not_his_to_take_is_passed_over(world: World, keep: Keep) -> None:
    other = opening_of(make_thread(world.secretary))
    mine, taken, foreign = keep(world.secretary), keep(world.secretary, post_id=other), keep(world.deputy)
    keys = ["x", "", "0" * 40, "\0", taken.key, foreign.key, mine.key, mine.key.upper()]
    assert own_unattached(world.secretary, keys) == [mine]
    assert own_unattached(world.secretary, []) == []


def test_nine_at_most(world: World, keep: Keep) -> None:
    keys = [keep(world.secretary).key for _ in range(11)]
    assert [picture.key for picture in own_unattached(world.secretary, keys)] == keys[:9]


def test_an_edit_keeps_adds_and_gives_up(world: World, keep: Keep) -> None:
    post = opening_of(make_thread(world.secretary))
    a, b, new = (keep(world.secretary) for _ in range(3))
    attach(post, [a, b])
    db.session.commit()
    attach(post, own_unattached(world.secretary, [new.key, b.key], of_post=post))
    db.session.commit()
    assert shown(post) == [new.key, b.key]
    assert db.session.get(Picture, a.id).post_id is None


@pytest.mark.parametrize("posts", [1, 30])
def test_a_page_of_posts_costs_one_statement(
    world: World, keep: Keep, count_statements: Callable[..., object], posts: int
) -> None:
    thread = make_thread(world.secretary)
    ids = [make_post(thread, world.secretary).id for _ in range(posts)]
    bare = opening_of(thread)
    for post_id in ids:
        db.session.add_all(
            Picture(key=f"{post_id:039x}{n}", owner_id=world.secretary.id, post_id=post_id, position=n, width=2560, height=1280, size=1)
            for n in (1, 0)
        )  # fmt: skip
    db.session.commit()
    with count_statements() as seen:  # type: ignore[attr-defined]
        found = pictures_of([*ids, bare])
    assert len(seen) == 1
    assert set(found) == set(ids)
    assert [row.id[-1] for row in found[ids[0]]] == ["0", "1"]
    assert (found[ids[0]][0].width, found[ids[0]][0].height) == (480, 240)
    with count_statements() as seen:  # type: ignore[attr-defined]
        assert pictures_of([]) == {}
    assert seen == []


def test_after_a_day_what_no_post_took_is_removed(world: World, keep: Keep) -> None:
    old, fresh = keep(world.secretary), keep(world.secretary)
    taken = keep(world.secretary, post_id=opening_of(make_thread(world.secretary)))
    age(old)
    age(taken)
    remove_unattached()
    db.session.rollback()
    assert set(db.session.scalars(select(Picture.key))) == {fresh.key, taken.key}
    assert not PICTURES.path_of(old.key).exists()
    assert not PICTURES.path_of(old.key, THUMB).exists()
    assert all(PICTURES.path_of(p.key, s).exists() for p in (fresh, taken) for s in (FULL, THUMB))


def test_files_left_behind_by_a_killed_process_are_removed(world: World, keep: Keep) -> None:
    kept = keep(world.secretary)
    lost = PICTURES.save(b"full", b"thumb")
    young = PICTURES.save(b"full", b"thumb")
    half = PICTURES.path_of(lost).with_name(".abc.part")
    half.write_bytes(b"ha")
    then = (utcnow() - LONG_AGO).timestamp()
    for path in (PICTURES.path_of(lost), PICTURES.path_of(lost, THUMB), half, PICTURES.path_of(kept.key)):
        os.utime(path, (then, then))
    remove_stray_files()
    assert not any(path.exists() for path in (PICTURES.path_of(lost), PICTURES.path_of(lost, THUMB), half))
    assert PICTURES.path_of(kept.key).exists()
    assert PICTURES.path_of(young).exists()


def test_killed_after_the_rows_went_the_next_run_removes_the_files(
    world: World, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = keep(world.secretary), keep(world.secretary)
    age(old)

    def killed(key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(PICTURES, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            remove_unattached()
    db.session.rollback()
    assert db.session.get(Picture, old.id) is None
    assert PICTURES.path_of(old.key).exists()
    remove_stray_files()
    assert not PICTURES.path_of(old.key).exists()


def test_beside_a_wrong_database_no_picture_is_touched(world: World) -> None:
    lost = [PICTURES.save(b"full", b"thumb") for _ in range(51)]
    then = (utcnow() - LONG_AGO).timestamp()
    for key in lost:
        os.utime(PICTURES.path_of(key), (then, then))
        os.utime(PICTURES.path_of(key, THUMB), (then, then))
    remove_stray_files()
    assert all(PICTURES.path_of(key).exists() for key in lost)
    for key in lost:
        PICTURES.delete(key)


KILLED = """
import os, sys
from pathlib import Path
from forum.media import store
store.Store.root = lambda self: Path(sys.argv[1])
os.fsync = lambda handle: os.kill(os.getpid(), 9)
store.PICTURES.save(b"full" * 1000, b"thumb" * 1000)
"""


def test_a_writer_killed_in_the_middle_leaves_no_picture(tmp_path: Path) -> None:
    top = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=top, capture_output=True, timeout=60)
    assert run.returncode == -9, run.stderr
    assert [path for path in tmp_path.rglob("*") if path.suffix == ".jpg"] == []


def test_a_picture_is_written_before_it_is_known(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(store, "_write", full)
    with pytest.raises(OSError, match="no space"):
        actions.keep_picture(world.secretary, Prepared(b"", b"", 1, 1))
    assert not db.session.new


def test_the_worker_tidies_up(world: World, keep: Keep) -> None:
    old = keep(world.secretary)
    age(old)
    for name in ("unattached pictures", "stray picture files"):
        JOBS[name].function()
    db.session.rollback()
    assert list(db.session.scalars(select(Picture))) == []
    assert not PICTURES.path_of(old.key).exists()
