"""The search commands: what they print, for a reader who sees all that is open."""

import json

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.threads.actions import add_reply, begin_thread
from forum.threads.models import Thread, ThreadKind
from tests.factories import make_post, make_thread
from tests.search.test_page import make_card


@pytest.fixture
def run(app, root):
    def invoke(*args, **kwargs):
        db.session.rollback()
        done = app.test_cli_runner().invoke(args=["search", *args], **kwargs)
        assert done.exit_code == 0, done.stderr
        return done

    return invoke


def batch(run, *lines, limit=50):
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    return run("batch", "-", "--limit", str(limit), input=text)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_batch_answers_line_by_line_with_the_names_from_outside(run, world):
    imported = make_thread(world.secretary, "路灯坏了", external_id="n17")
    own = make_thread(world.secretary, "路灯太暗，换哪一种好")
    make_post(imported, world.neighbour_secretary, "路灯换灯头")
    card = make_card(world, "太阳能的灯", problem="没有路灯，走夜路难，" * 3)
    done = batch(run, {"qid": "a", "text": "路灯"}, "\n", {"qid": 2, "text": "？"})
    first, second = answers(done)
    assert first["qid"] == "a"
    assert sorted(first["ids"]) == sorted(["n17", f"thread:{own.id}", f"card:{card.id}"])
    assert 0 < first["ms"] < 5000
    assert (second["qid"], second["ids"]) == (2, [])


def test_a_bad_line_is_reported_and_skipped(run, world):
    done = batch(run, "{\n", {"qid": "a"}, [1], {"qid": "b", "text": "路灯"})
    assert [answer["qid"] for answer in answers(done)] == ["b"]
    assert [f"line {number}" in done.stderr for number in (1, 2, 3, 4)] == [True, True, True, False]


def test_the_limit_counts_threads_and_cards(run, world):
    for number in range(5):
        thread = make_thread(world.secretary, f"路灯{number}")
        for _ in range(3):
            make_post(thread, world.neighbour_secretary, "路灯")
    (answer,) = answers(batch(run, {"qid": "a", "text": "路灯"}, limit=3))
    assert len(set(answer["ids"])) == 3


def test_the_commands_see_what_is_neither_hidden_nor_narrowed(run, world):
    shown = make_thread(world.secretary, "翡翠")
    make_thread(world.secretary, "翡翠", reach="township")
    make_thread(world.secretary, "翡翠", hidden_at=utcnow())
    make_card(world, "翡翠", reach="township")
    about = make_thread(world.secretary, "路灯")
    make_post(about, world.secretary, "翡翠", hidden_at=utcnow())
    in_closed = make_thread(world.secretary, "水渠", reach="township")
    make_post(in_closed, world.secretary, "翡翠")
    (answer,) = answers(batch(run, {"qid": "a", "text": "翡翠"}))
    assert answer["ids"] == [f"thread:{shown.id}"]


def test_query_prints_for_people_and_for_programs(run, world):
    thread = make_thread(world.secretary, "路灯坏了", external_id="n17")
    card = make_card(world, "太阳能灯杆", problem="走夜路难")
    assert run("query", "路灯坏了").stdout.split()[1:3] == ["n17", "路灯坏了"]
    found = [json.loads(line) for line in run("query", "太阳能灯杆", "--json", "--limit", "1").stdout.splitlines()]
    assert [(row["id"], row["kind"], row["title"]) for row in found] == [(f"card:{card.id}", "card", "太阳能灯杆")]
    assert found[0]["score"] > 0
    assert thread.id
    assert run("query", "zzz").stdout == ""


def test_the_index_is_first_brought_up_to_the_last_change(run, world):
    opening = begin_thread(world.secretary, ThreadKind.QUESTION, "路灯坏了", "不亮。")
    db.session.commit()
    assert "路灯坏了" in run("query", "路灯").stdout
    add_reply(world.neighbour_secretary, db.session.get_one(Thread, opening.thread_id), "换灯头。")
    db.session.commit()
    assert "路灯坏了" in run("query", "换灯头").stdout


def test_rebuild_tells_how_far_it_is_and_leaves_standard_output_alone(run, world, root):
    make_post(make_thread(world.secretary), world.neighbour_secretary)
    done = run("rebuild")
    assert done.stdout == ""
    assert "2 documents" in done.stderr
    assert len(list(root.glob("generation-*"))) == 1
