"""What the index survives: rebuilding, damage, and the death of its writer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import forum.search
from forum.search import generations
from forum.search import index as engine
from forum.search.documents import Filters
from forum.search.generations import IndexUnavailable
from forum.search.index import open_reader, open_writer, rebuild
from tests.search.builders import build, change, found, thread

IMPORTABLE = Path(forum.search.__file__).parents[2]


@pytest.mark.parametrize("older_is_left", [0, 1])
def test_an_open_reader_follows_the_pointer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older_is_left: int
) -> None:
    if older_is_left:  # as when its removal failed
        monkeypatch.setattr(generations, "sweep", lambda root, keep: None)
    reader = build(tmp_path, thread(1, "路灯"), state={"upto": 1})
    assert found(reader, "路灯") == [("thread", 1)]
    with rebuild(tmp_path) as writer:
        writer.apply([thread(2, "路灯")])
        writer.commit({"upto": 2})
        assert found(reader, "路灯") == [("thread", 1)]
    assert found(reader, "路灯") == [("thread", 2)]
    assert reader.state() == {"upto": 2}
    assert len(list(tmp_path.glob("generation-*"))) == 1 + older_is_left


def test_a_search_under_way_outlives_its_generation(tmp_path: Path) -> None:
    reader = build(tmp_path, *(thread(number, "路灯", "水渠" * number) for number in range(1, 200)))
    under_way = reader._searcher()
    build(tmp_path, thread(1, "别的"))
    asked = engine._query(["路灯"], Filters())
    assert len(engine._grouped(under_way, under_way.search(asked, 500, count=False).hits)) == 199


def fails_midway(root: Path) -> None:
    with rebuild(root) as writer:
        writer.apply([thread(2, "路灯")])
        writer.commit({})
        raise ValueError


def commits_nothing(root: Path) -> None:
    with rebuild(root) as writer:
        writer.apply([thread(2, "路灯")])


def forgets_the_last_commit(root: Path) -> None:
    with rebuild(root) as writer:
        writer.commit({})
        writer.apply([thread(2, "路灯")])


@pytest.mark.parametrize("attempt", [fails_midway, commits_nothing, forgets_the_last_commit])
def test_a_failed_rebuild_leaves_the_index_in_use(tmp_path: Path, attempt: Any) -> None:
    reader = build(tmp_path, thread(1, "路灯"))
    with pytest.raises(ValueError):
        attempt(tmp_path)
    assert found(reader, "路灯") == found(open_reader(tmp_path), "路灯") == [("thread", 1)]
    assert len(list(tmp_path.glob("generation-*"))) == 1


def remove_all(root: Path) -> None:
    shutil.rmtree(root)


def remove_folder(root: Path) -> None:
    shutil.rmtree(next(root.glob("generation-*")))


def empty_folder(root: Path) -> None:
    for file in next(root.glob("generation-*")).iterdir():
        file.unlink()


def garble_pointer(root: Path) -> None:
    (root / "current").write_text("{")


def point_outside(root: Path) -> None:
    shutil.copytree(next(root.glob("generation-*")), root.parent / "elsewhere")
    (root / "current").write_text(json.dumps({"folder": "../elsewhere", "version": engine.SCHEMA_VERSION}))


def cut_postings(root: Path) -> None:
    for file in root.glob("generation-*/*.idx"):
        file.write_bytes(file.read_bytes()[:10])


def garble_commit(root: Path) -> None:
    next(root.glob("generation-*/meta.json")).write_text("garbage")


def older_version(root: Path) -> None:
    pointer = json.loads((root / "current").read_text())
    (root / "current").write_text(json.dumps(pointer | {"version": engine.SCHEMA_VERSION - 1}))


@pytest.mark.parametrize(
    "damage",
    [
        remove_all,
        remove_folder,
        empty_folder,
        garble_pointer,
        point_outside,
        cut_postings,
        garble_commit,
        older_version,
    ],
)
def test_a_missing_damaged_or_older_index_says_so_and_can_be_rebuilt(tmp_path: Path, damage: Any) -> None:
    root = tmp_path / "index"
    build(root, thread(1, "路灯"))
    damage(root)
    reader = open_reader(root)
    with pytest.raises(IndexUnavailable):
        reader.search("路灯")
    with pytest.raises(IndexUnavailable):
        reader.state()
    with pytest.raises(IndexUnavailable), open_writer(root):
        pass
    build(root, thread(1, "路灯"))
    assert found(reader, "路灯") == [("thread", 1)]


class PanicException(BaseException):
    """As the binding names a panic of the engine."""


@pytest.mark.parametrize(
    ("raised", "told"), [(PanicException, IndexUnavailable), (KeyboardInterrupt, KeyboardInterrupt)]
)
def test_a_panic_of_the_engine_is_told_apart_from_the_end(raised: type, told: type) -> None:
    with pytest.raises(told), engine._engine():
        raise raised


def test_an_open_reader_notices_that_its_index_is_gone(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"))
    assert found(reader, "路灯") == [("thread", 1)]
    remove_folder(tmp_path)
    with pytest.raises(IndexUnavailable):
        reader.search("路灯")


CHILD = """
import itertools, sys
from pathlib import Path
from forum.search.documents import Doc
from forum.search.index import open_writer, rebuild

with (open_writer if sys.argv[2] == "follow" else rebuild)(Path(sys.argv[1])) as writer:
    for number in itertools.count(2):
        writer.apply([Doc(kind="thread", id=number, group=number, title="路灯", body="", year=2024)])
        writer.commit({"upto": number})
        print(number, flush=True)
"""


def kill_a_writer_at_work(root: Path, task: str) -> int:
    """Kill it somewhere within its next change; return the last number that it said to be committed."""
    command = [sys.executable, "-c", CHILD, str(root), task]
    environment = os.environ | {"PYTHONPATH": str(IMPORTABLE)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as child:
        assert child.stdout
        last = [int(child.stdout.readline()) for _ in range(10)][-1]
        child.kill()
    return last


def test_after_kill_9_the_last_commit_is_whole(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"), state={"upto": 1})
    last = kill_a_writer_at_work(tmp_path, "follow")
    upto = reader.state()["upto"]
    assert upto >= last
    assert {hit.id for hit in reader.search("路灯", limit=1000)} == set(range(1, upto + 1))
    change(tmp_path, thread(1, "水渠"), state={"upto": upto + 1})
    assert found(reader, "水渠") == [("thread", 1)]


def test_after_kill_9_of_a_rebuild_the_old_index_answers_and_the_leftover_goes(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"), state={"upto": 1})
    kill_a_writer_at_work(tmp_path, "rebuild")
    assert len(list(tmp_path.glob("generation-*"))) == 2
    assert reader.state() == open_reader(tmp_path).state() == {"upto": 1}
    assert found(reader, "路灯") == [("thread", 1)]
    build(tmp_path, thread(2, "路灯"))
    assert len(list(tmp_path.glob("generation-*"))) == 1
    assert found(reader, "路灯") == [("thread", 2)]
