"""The index holds what the database holds: soon after every change, whatever happens on the way."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from forum.changes import Change, note_change
from forum.clock import utcnow
from forum.consultations.actions import conclude
from forum.extensions import db
from forum.library.actions import edit_card, make_card
from forum.library.models import Experience
from forum.media.actions import keep_document
from forum.media.documents import PreparedDocument
from forum.media.models import DocumentKind
from forum.notices.worker import JOBS, run_jobs_once
from forum.search import follower
from forum.search.documents import Filters
from forum.search.follower import KEPT, bring_up_to_date, follow, follow_changes, forget_old_changes, rebuild_index
from forum.search.generations import IndexUnavailable, WriterBusy
from forum.search.index import open_writer
from forum.search.place import reader
from forum.tags.models import Tag
from forum.threads.actions import add_reply, begin_thread, edit_post
from forum.threads.deeds import accept_answer
from forum.threads.models import Post, Thread, ThreadKind, ThreadTag
from forum.threads.tidying.merging import merge, undo_merge
from forum.threads.tidying.splitting import split, undo_split
from tests.conftest import SECRET
from tests.factories import World, make_thread, save

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def opening(world: World, root: Path) -> Post:
    """A thread that is in the index, written by an action; what follows is followed, not rebuilt."""
    post = begin_thread(world.secretary, ThreadKind.QUESTION, "路灯坏了", "村口一到晚上就不亮。")
    db.session.commit()
    rebuild_index()
    return post


@pytest.fixture
def generation(opening: Post, root: Path) -> Iterator[None]:
    """The index is followed all the while, never built anew."""
    before = list(root.glob("generation-*"))
    yield
    assert list(root.glob("generation-*")) == before


def with_thread(post: Post) -> Post:
    """As a view loads it: a follower's look at the database lets go of what the session held."""
    return db.session.scalars(select(Post).where(Post.id == post.id).options(joinedload(Post.thread))).one()


def thread_of(opening: Post) -> Thread:
    return db.session.get_one(Thread, opening.thread_id)


def found(query: str, **filters: Any) -> set[tuple[str, int]]:
    return {(hit.kind, hit.id) for hit in reader().matches(query, Filters(**filters))}


def followed() -> None:
    db.session.commit()
    while follow():
        pass


@pytest.mark.usefixtures("generation")
def test_what_is_written_and_edited_is_followed(world: World, opening: Post) -> None:
    reply = add_reply(world.neighbour_secretary, thread_of(opening), "找供电所换灯头。")
    followed()
    assert found("供电所") == {("post", reply.id)}
    assert found("路灯") >= {("thread", opening.thread_id), ("post", reply.id)}
    edit_post(world.neighbour_secretary, with_thread(reply), "改成太阳能的。", version=reply.version)
    followed()
    assert found("供电所") == set()
    assert found("太阳能") == {("post", reply.id)}
    edit_post(world.secretary, with_thread(opening), "机井不出水。", version=1, title="浇地没水")
    followed()
    assert found("路灯") == set()
    assert found("浇地") == {("thread", opening.thread_id), ("post", reply.id)}


@pytest.mark.usefixtures("generation")
def test_a_post_is_found_by_what_its_files_are_called(world: World, opening: Post) -> None:
    kept = keep_document(world.secretary, PreparedDocument(DocumentKind.DOCX, "管护公约.docx", b"", None))
    db.session.flush()
    reply = add_reply(world.secretary, thread_of(opening), "都写在里头了。", documents=[kept])
    followed()
    assert found("公约") == {("post", reply.id)}


@pytest.mark.usefixtures("generation")
@pytest.mark.parametrize("how", ["accepted", "concluded"])
def test_an_answer_is_a_fact_of_the_thread_and_its_replies(world: World, opening: Post, how: str) -> None:
    reply = add_reply(world.neighbour_secretary, thread_of(opening), "找供电所换灯头。")
    followed()
    assert found("路灯", answered=True) == set()
    if how == "accepted":
        accept_answer(world.secretary, thread_of(opening), reply)
    else:
        conclude(world.organiser, thread_of(opening), "统一换灯头。")
    followed()
    assert found("路灯", answered=True) == {("thread", opening.thread_id), ("post", reply.id)}
    assert found("路灯", answered=False) == set()


@pytest.mark.usefixtures("generation")
def test_tags_township_year_and_kind_travel_along(world: World, opening: Post) -> None:
    reply = add_reply(world.neighbour_secretary, thread_of(opening), "换灯头。")
    tag = save(Tag(code="light", name="路灯照明"))
    save(ThreadTag(thread_id=opening.thread_id, tag_id=tag.id))
    note_change("thread", opening.thread_id)
    followed()
    both = {("thread", opening.thread_id), ("post", reply.id)}
    year = opening.created_at.year
    assert found("路灯", tags=[tag.id], townships=[world.town.id], years=[year], thread_kinds=["question"]) == both
    assert found("路灯", tags=[tag.id + 1]) == found("路灯", townships=[world.other_town.id]) == set()


@pytest.mark.usefixtures("generation")
def test_cards_are_followed_with_all_their_parts(world: World, opening: Post) -> None:
    parts = {"problem": "没人种地", "practice": "土地托管", "cost": "三万元"}
    card = make_card(world.secretary, None, world.village, "抱团发展", parts)
    followed()
    assert [found(query) for query in ("没人种地", "托管", "三万元", "抱团发展")] == [{("card", card.id)}] * 4
    assert found("托管", answered=True) == {("card", card.id)}
    edit_card(world.secretary, card, "抱团发展", {**parts, "practice": "入股分红"}, [])
    followed()
    assert found("托管") == set()


@pytest.mark.usefixtures("generation")
def test_merging_and_splitting_are_followed_there_and_back(world: World, opening: Post) -> None:
    double = begin_thread(world.neighbour_secretary, ThreadKind.QUESTION, "灯不亮", "巷子里黑。")
    reply = add_reply(world.deputy, thread_of(double), "换太阳能的。")
    followed()
    before = {words: found(words) for words in ("路灯", "灯不亮", "巷子", "太阳能")}

    deed = merge(world.organiser, thread_of(double), thread_of(opening))
    followed()
    assert found("巷子") == {("post", double.id)}
    assert found("路灯") == {("thread", opening.thread_id), ("post", double.id), ("post", reply.id)}
    undo_merge(world.organiser, db.session.merge(deed))
    followed()
    assert {words: found(words) for words in before} == before

    deed = split(world.organiser, with_thread(reply), "太阳能灯好不好")
    followed()
    assert found("太阳能") == {("thread", deed.other_id)}
    undo_split(world.organiser, db.session.merge(deed))
    followed()
    assert {words: found(words) for words in before} == before


@pytest.mark.usefixtures("generation")
def test_what_is_deleted_leaves_the_index(world: World, opening: Post) -> None:
    card = make_card(world.secretary, None, world.village, "土地托管", {})
    followed()
    db.session.execute(delete(Experience).where(Experience.id == card.id))
    note_change("card", card.id)
    followed()
    assert found("托管") == set()


def test_the_worker_finds_a_new_post_within_two_seconds(app: Flask, world: World, opening: Post) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    began = time.monotonic()
    assert follow_changes() is False
    assert JOBS["search"].every_seconds + (time.monotonic() - began) < 2
    assert len(found("托管")) == 1


@pytest.mark.usefixtures("generation")
def test_many_changes_are_followed_in_batches(monkeypatch: pytest.MonkeyPatch, world: World, opening: Post) -> None:
    monkeypatch.setattr(follower, "BATCH", 3)
    for number in range(7):
        begin_thread(world.secretary, ThreadKind.SHARE, f"托管{number}", "")
    db.session.commit()
    assert [follow(), follow(), follow(), follow()] == [True, True, False, False]
    assert len(found("托管")) == 7


@pytest.mark.usefixtures("generation")
def test_following_takes_no_lock_of_the_database(world: World, opening: Post, count_statements: Any) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    with Session(db.engine) as other:
        other.execute(update(Thread).values(same_count=1))  # a writer in the middle of his transaction
        follow()
        other.rollback()
    assert len(found("托管")) == 1


@pytest.fixture
def late(opening: Post) -> Iterator[Callable[[], None]]:
    """Somebody has rewritten the thread in a transaction that is still open: ``late()`` commits it."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time: ids are in commit order")
    with Session(db.engine) as other:
        other.execute(update(Post).where(Post.id == opening.id).values(body="变压器烧了。"))
        other.add(Change(kind="thread", object_id=opening.thread_id))
        other.flush()
        yield other.commit


@pytest.mark.usefixtures("generation")
def test_a_change_that_is_committed_late_is_followed(world: World, late: Callable[[], None]) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    followed()
    assert (len(found("托管")), found("变压器")) == (1, set())
    late()
    followed()
    assert len(found("变压器")) == 1


def test_a_change_that_is_committed_after_a_rebuild_is_followed(world: World, late: Callable[[], None]) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    rebuild_index()
    late()
    followed()
    assert len(found("变压器")) == 1


def remove(root: Path) -> None:
    shutil.rmtree(root)


def cut(root: Path) -> None:
    for file in root.glob("generation-*/*.idx"):
        file.write_bytes(file.read_bytes()[:10])


def garble(root: Path) -> None:
    (root / "current").write_text("{")


def write_without_mark(root: Path) -> None:
    with open_writer(root) as writer:
        writer.commit({})


@pytest.mark.parametrize("damage", [remove, cut, garble, write_without_mark])
def test_a_missing_or_damaged_index_heals(opening: Post, root: Path, damage: Callable[[Path], None]) -> None:
    damage(root)
    follow()
    assert found("路灯") == {("thread", opening.thread_id)}


def exchange_database() -> None:
    """As after the restore of an older backup whose log then went on to the same number."""
    db.session.execute(update(Change).values(created_at=utcnow() - timedelta(days=1)))


def lose_the_log() -> None:
    db.session.execute(delete(Change))


@pytest.mark.parametrize("event", [exchange_database, lose_the_log])
def test_an_index_that_the_log_does_not_know_is_built_anew(opening: Post, event: Callable[[], None]) -> None:
    event()
    db.session.execute(update(Post).values(body="变压器烧了。"))  # without a change that says so
    followed()
    assert found("变压器") == {("thread", opening.thread_id)}


def test_old_changes_are_forgotten_and_only_an_index_left_behind_is_built_anew(
    world: World, opening: Post, root: Path
) -> None:
    db.session.execute(update(Change).values(created_at=utcnow() - KEPT - timedelta(hours=1)))
    db.session.commit()
    rebuild_index()
    before = list(root.glob("generation-*"))
    forget_old_changes()
    followed()
    assert list(root.glob("generation-*")) == before  # the last change is kept
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    forget_old_changes()
    db.session.commit()
    assert len(db.session.scalars(select(Change)).all()) == 1
    followed()
    assert len(found("托管")) == 1
    assert list(root.glob("generation-*")) != before


def test_a_full_disk_leaves_it_to_the_worker_to_try_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, root: Path
) -> None:
    tries = []

    def refuse(*args: object) -> None:
        tries.append(args)
        raise IndexUnavailable("no space left on device")

    monkeypatch.setattr(follower, "rebuild", refuse)
    monkeypatch.setattr("forum.notices.worker.JOBS", {"search": JOBS["search"]})
    assert run_jobs_once(app) is False
    assert len(tries) == 1
    assert JOBS["search"].due > time.monotonic() + 1


def test_the_worker_leaves_the_index_to_a_command_that_writes_it(world: World, opening: Post, root: Path) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    with open_writer(root):
        assert follow_changes() is False
        with pytest.raises(WriterBusy):
            follow()
    assert found("托管") == set()


def test_a_command_waits_for_whoever_writes(world: World, opening: Post, root: Path) -> None:
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心。")
    db.session.commit()
    is_writing, may_end = threading.Event(), threading.Event()

    def write() -> None:
        with open_writer(root):
            is_writing.set()
            may_end.wait(5)

    other = threading.Thread(target=write)
    other.start()
    is_writing.wait(5)
    threading.Timer(0.1, may_end.set).start()
    bring_up_to_date()
    other.join()
    assert len(found("托管")) == 1


def test_after_kill_9_the_next_follower_goes_on(app: Flask, world: World, opening: Post, root: Path) -> None:
    begun = [begin_thread(world.secretary, ThreadKind.SHARE, f"托管{number}", "") for number in range(60)]
    db.session.commit()
    settings = app.extensions["settings"]
    environment = os.environ | {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
    }
    command = [sys.executable, "-m", "tests.search.following_child"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout
        for _ in range(5):
            child.stdout.readline()
        child.kill()
    assert 5 <= len(reader().matches("托管", limit=100)) < 60
    while follow():
        pass
    assert {hit.id for hit in reader().matches("托管", limit=100)} == {post.thread_id for post in begun}


def test_an_index_of_nothing_is_followed_too(world: World, root: Path) -> None:
    follow()
    assert found("路灯") == set()
    thread = make_thread(world.secretary, "路灯坏了")
    note_change("thread", thread.id)
    followed()
    assert found("路灯") == {("thread", thread.id)}
