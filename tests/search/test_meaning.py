"""Searching by meaning: what the worker makes, what is found by it, and what it survives."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.changes import note_change
from forum.clock import utcnow
from forum.consultations.actions import conclude
from forum.extensions import db
from forum.notices.worker import JOBS
from forum.search import encoder, follower, meaning
from forum.search.documents import EVERYTHING, Hit
from forum.search.encoder import CURRENT, ENCODERS, Maker, Vectors
from forum.search.follower import bring_up_to_date, follow, make_vectors, rebuild_index
from forum.search.matrix import NAME, RECORD
from forum.search.models import Meaning
from forum.search.place import matrix, reader
from forum.search.queries import find, open_sight
from forum.threads.actions import add_reply, begin_thread, edit_post
from forum.threads.deeds import accept_answer
from forum.threads.models import Post, Thread, ThreadKind
from tests.conftest import SECRET
from tests.factories import World
from tests.search.conftest import forget_process
from tests.search.meanings import BagOfMeanings
from tests.search.test_follower import ROOT, followed, thread_of, with_thread

pytest.importorskip("numpy")


@pytest.fixture
def lamp(world: World, bag: BagOfMeanings) -> Post:
    """A thread about a lamp, and one about something else, both made vectors of."""
    begin_thread(world.secretary, ThreadKind.SHARE, "土地托管", "省心省力。")
    post = begin_thread(world.secretary, ThreadKind.QUESTION, "路灯坏了", "村口不亮。")
    db.session.commit()
    rebuild_index()
    made()
    return post


def made() -> None:
    """The worker has had its time."""
    followed()
    while make_vectors():
        pass
    followed()


def ask(question: str) -> list[Hit]:
    return find(open_sight(), question, EVERYTHING, 20, patience=None)


def found(question: str) -> set[tuple[str, int]]:
    return {(hit.kind, hit.id) for hit in ask(question) if hit.by_meaning}


def rows() -> int:
    return db.session.scalar(select(func.count(Meaning.id))) or 0


def test_what_shares_no_word_is_found_and_says_why(lamp: Post, bag: BagOfMeanings) -> None:
    best = ask("黑摸")[0]
    assert (best.kind, best.id, best.by_meaning) == ("thread", lamp.thread_id, True)
    assert reader().matches("黑摸") == []
    assert not ask("路灯")[0].by_meaning
    assert ask("？！") == []


def test_it_goes_from_the_next_request_on_when_it_is_hidden(lamp: Post) -> None:
    db.session.get_one(Thread, lamp.thread_id).hidden_at = utcnow()
    db.session.commit()
    assert ("thread", lamp.thread_id) not in {(hit.kind, hit.id) for hit in ask("黑摸")}


def test_another_text_has_another_meaning_and_tags_make_no_work(
    world: World, lamp: Post, bag: BagOfMeanings, app: Flask
) -> None:
    bag.made.clear()
    edit_post(world.secretary, with_thread(lamp), "井水浅了。", version=1, title="浇地")
    followed()
    assert found("黑摸") == set()  # even before the new vectors are there
    made()
    assert bag.made == ["浇地\n井水浅了。"]
    assert found("渠") == {("thread", lamp.thread_id)}
    note_change("thread", lamp.thread_id)
    made()
    assert len(bag.made) == 1


def test_the_answer_and_the_conclusion_count_for_the_thread(world: World, lamp: Post) -> None:
    reply = add_reply(world.neighbour_secretary, thread_of(lamp), "水渠清淤。")
    made()
    assert found("渴井") == set()
    accept_answer(world.secretary, thread_of(lamp), reply)
    made()
    assert found("渴井") == {("post", reply.id)}
    reply = db.session.get_one(Post, reply.id)
    reply.hidden_at = utcnow()
    db.session.commit()
    assert found("渴井") == set()  # the thread is not found by what a hidden reply says
    conclude(world.organiser, thread_of(lamp), "统一修水渠。")
    made()
    assert found("渴井") == {("thread", lamp.thread_id)}


def test_the_newest_come_first_a_piece_at_a_time(world: World, bag: BagOfMeanings) -> None:
    for number in range(3):
        begin_thread(world.secretary, ThreadKind.SHARE, f"托管{number}", "")
    db.session.commit()
    follow()
    assert [make_vectors(seconds=0) for _ in range(4)] == [True, True, True, False]
    assert [text.strip() for text in bag.made] == ["托管2", "托管1", "托管0"]
    assert JOBS["vectors"].turn_seconds == 0  # others of the worker's jobs come between


def test_what_was_made_outlives_the_index_and_the_process(
    app: Flask, lamp: Post, root: Path, bag: BagOfMeanings
) -> None:
    bag.made.clear()
    for damage in (shutil.rmtree, drop_vectors, cut_vectors, garble_vectors):
        damage(root)
        forget_process(app)
        bring_up_to_date()
        assert found("黑摸") == {("thread", lamp.thread_id)}
    assert bag.made == []


def drop_vectors(root: Path) -> None:
    next(root.glob(f"generation-*/{NAME}")).unlink()


def cut_vectors(root: Path) -> None:
    os.truncate(next(root.glob(f"generation-*/{NAME}")), 256 + RECORD)


def garble_vectors(root: Path) -> None:
    next(root.glob(f"generation-*/{NAME}")).write_bytes(b"\xff" * 300)


def test_without_its_file_the_words_answer(lamp: Post, root: Path) -> None:
    drop_vectors(root)
    assert [(hit.kind, hit.id) for hit in ask("路灯")] == [("thread", lamp.thread_id)]


def test_edited_while_the_index_was_away_it_is_not_found_by_what_it_said(world: World, lamp: Post, root: Path) -> None:
    shutil.rmtree(root)
    edit_post(world.secretary, with_thread(lamp), "井水浅了。", version=1, title="浇地")
    db.session.commit()
    bring_up_to_date()
    assert found("黑摸") == set()
    assert rows() == 1


def test_a_text_that_changes_while_its_vector_is_made_keeps_none_of_it(
    world: World, lamp: Post, bag: BagOfMeanings, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = begin_thread(world.secretary, ThreadKind.SHARE, "打井", "深。")
    db.session.commit()
    real = bag.passage

    def edited_meanwhile(texts: list[str]) -> object:
        monkeypatch.undo()
        edit_post(world.secretary, with_thread(reply), "浅。", version=1)
        db.session.commit()
        return real(texts)

    before = rows()
    monkeypatch.setattr(Vectors, "of_pieces", lambda self, texts, model: edited_meanwhile(list(texts)))
    follower.maker().make_some(0)
    db.session.commit()
    assert rows() == before


def test_two_machines_share_what_either_made(app: Flask, lamp: Post, bag: BagOfMeanings, tmp_path: Path) -> None:
    bag.made.clear()
    app.extensions["settings"] = replace(app.extensions["settings"], data_dir=tmp_path)
    forget_process(app)
    bring_up_to_date()
    assert not make_vectors()
    assert found("黑摸") == {("thread", lamp.thread_id)}
    assert bag.made == []


def test_switched_off_nothing_is_made_and_the_words_answer(app: Flask, world: World, lamp: Post) -> None:
    app.extensions["settings"] = replace(app.extensions["settings"], search_vectors=False)
    begin_thread(world.secretary, ThreadKind.SHARE, "打井", "")
    made()
    assert rows() == 2
    assert ask("黑摸") == []
    assert matrix().model_in(reader().folder()) == CURRENT  # the file stays until the index is built anew
    assert [hit.id for hit in ask("路灯")] == [lamp.thread_id]


def test_a_new_model_is_made_in_the_background_while_the_old_one_answers(
    app: Flask, world: World, lamp: Post, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENCODERS, "new", Maker(BagOfMeanings, lambda: True, 0.4))
    for module in (encoder, meaning, follower):
        monkeypatch.setattr(module, "CURRENT", "new")
    forget_process(app)
    assert make_vectors(seconds=0)
    followed()
    assert (rows(), matrix().model_in(reader().folder())) == (3, CURRENT)
    shutil.rmtree(root)
    bring_up_to_date()
    assert matrix().model_in(reader().folder()) == CURRENT
    assert found("黑摸") == {("thread", lamp.thread_id)}
    made()
    assert (rows(), matrix().model_in(reader().folder())) == (2, "new")
    assert found("黑摸") == {("thread", lamp.thread_id)}


def test_after_kill_9_making_goes_on_and_nothing_is_made_twice(app: Flask, world: World, bag: BagOfMeanings) -> None:
    for number in range(15):
        begin_thread(world.secretary, ThreadKind.SHARE, f"托管{number}", "")
    db.session.commit()
    settings = app.extensions["settings"]
    environment = os.environ | {
        "SECRET_KEY": SECRET,
        "DATABASE_URL": settings.database_url,
        "DATA_DIR": str(settings.data_dir),
        "SEARCH_VECTORS": "true",
    }
    command = [sys.executable, "-m", "tests.search.following_child", "vectors"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout
        for _ in range(5):
            child.stdout.readline()
        child.kill()
    before = rows()
    assert 5 <= before < 15
    made()
    assert rows() == 15
    assert len(bag.made) == 15 - before
    assert sorted(hit.group for hit in find(open_sight(), "管托", EVERYTHING, 50, None)) == sorted(
        db.session.scalars(select(Thread.id))
    )
