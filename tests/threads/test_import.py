"""Importing threads: what is required, what is filled in, what is refused, and that it can be interrupted."""

import json

import pytest
from sqlalchemy import func, select

from forum.changes import Change
from forum.extensions import db
from forum.markup import render
from forum.tags.actions import load_taxonomy
from forum.threads import importing
from forum.threads.importing import BadLine, import_threads, parse_line
from forum.threads.models import Post, Thread, ThreadTag
from forum.units.models import Person, Unit


def line(**values):
    return json.dumps(
        {"external_id": "a1", "body": "孤寡老人中午没人做饭，村里办个食堂行不行？", **values}, ensure_ascii=False
    )


def only_thread():
    return db.session.scalars(select(Thread)).one()


def test_external_id_and_body_are_enough_even_in_an_empty_database(app):
    report = import_threads([line()])
    thread = only_thread()
    assert (report.threads, report.posts, report.bad) == (1, 1, [])
    assert (thread.title, thread.kind, thread.reach) == (
        "孤寡老人中午没人做饭，村里办个食堂行不行",
        "share",
        "district",
    )
    author = db.session.get_one(Person, thread.author_id)
    assert (author.name, author.phone, author.password_hash) == ("佚名", None, None)
    assert db.session.get_one(Unit, thread.unit_id).kind == "district"
    assert db.session.execute(select(Change.kind, Change.object_id)).all() == [("thread", thread.id)]


def test_everything_given_is_kept(app, world):
    load_taxonomy()
    db.session.commit()
    replies = [
        {"body": "先摸清有多少老人。", "author": "杨来福", "created_at": "2024-03-02T09:00:00"},
        {"body": "找民政要补贴。", "accepted": True, "created_at": "2024-03-03"},
    ]
    given = {
        "kind": "question",
        "title": "老人吃饭",
        "author": "柳大山",
        "unit": "前柳村",
        "tags": ["elderly", "养老助老", "孝老食堂", "没有的标签"],
        "created_at": "2024-03-01T08:00:00+08:00",
        "replies": replies,
    }
    report = import_threads([line(**given)])
    thread = only_thread()
    posts = db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.id)).all()
    assert [p.body for p in posts][1:] == ["先摸清有多少老人。", "找民政要补贴。"]
    assert (thread.author_id, thread.unit_id, thread.township_id) == (
        world.secretary.id,
        world.village.id,
        world.town.id,
    )
    assert (thread.reply_count, thread.accepted_post_id) == (2, posts[2].id)
    assert thread.created_at.isoformat() == "2024-03-01T00:00:00+00:00"
    assert thread.last_post_at == posts[2].created_at
    assert db.session.scalar(select(func.count()).select_from(ThreadTag)) == 1
    assert report.unknown_tags == 1


def test_the_same_external_id_never_comes_twice_and_an_interrupted_import_goes_on(app):
    lines = [line(external_id=f"x{n}", author="老王") for n in range(7)]

    class Killed(Exception):
        pass

    def die_after_two_batches(report):
        if report.threads == 4:
            raise Killed

    with pytest.raises(Killed):
        import_threads(lines, die_after_two_batches, batch=2)
    db.session.rollback()
    report = import_threads([*lines, lines[0]], batch=2)
    assert (report.threads, report.known) == (3, 5)
    assert db.session.scalar(select(func.count(Thread.id))) == 7
    assert db.session.scalar(select(func.count(Person.id))) == 1


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        '"text"',
        "[" * 100_000,
        '{"external_id": "a"}',
        '{"body": "b"}',
        line(external_id=""),
        line(external_id="x" * 101),
        line(external_id="\u0958" * 60),  # two characters each once they are normalised
        line(external_id=True),
        line(body="  \n "),
        line(body=7),
        line(body="字" * 100_001),
        line(kind="gossip"),
        line(title=["a"]),
        line(tags="elderly"),
        line(tags=[1]),
        line(replies={"body": "x"}),
        line(replies=[{"body": ""}]),
        line(created_at="yesterday"),
        line(created_at=5),
        line(created_at="0001-01-01"),
        line(author="长" * 41),
    ],
)
def test_a_bad_line_is_reported_by_its_number_and_the_others_come_in(app, bad):
    with pytest.raises(BadLine):
        parse_line(bad)
    report = import_threads([line(external_id="good1"), bad, line(external_id="good2")])
    assert report.threads == 2
    assert [number for number, _ in report.bad] == [2]


def test_nul_and_lone_surrogates_are_cleaned_not_stored(app):
    import_threads(['{"external_id": "s", "body": "a\\u0000b\\ud800c"}'])
    assert db.session.scalars(select(Post.body)).one() == "ab\ufffdc"


def test_the_command_says_what_it_did(app, tmp_path):
    file = tmp_path / "threads.jsonl"
    file.write_text("\n".join([line(), "{", line(external_id="a2")]), encoding="utf-8")
    result = app.test_cli_runner().invoke(args=["threads", "import", str(file)])
    assert result.exit_code == 0
    assert "2 threads with 2 posts imported, 0 known before, 1 bad lines skipped" in result.output
    assert "line 2: not a JSON object" in result.output


def test_no_lock_is_held_while_texts_are_rendered(app, monkeypatch):
    held = []

    def watched(text):
        held.append(db.session().in_transaction())
        return render(text)

    monkeypatch.setattr(importing, "render", watched)
    import_threads([line(replies=[{"body": "行。"}]), line(external_id="a2")], batch=1)
    assert held == [False, False, False]
