"""The invented district loads whole, counts right, and goes away whole."""

import pytest
from sqlalchemy import func, select

from forum.accounts.passwords import is_right
from forum.clock import today
from forum.consultations.overdue import WAITED
from forum.demo.accounts import PASSWORD, demo_sign_ins
from forum.demo.loading import clear_demo, load_demo
from forum.extensions import db
from forum.library.models import Experience
from forum.meetings.models import Attendance, Meeting
from forum.threads.models import Post, Reaction, ReactionKind, Thread
from forum.units.models import Person, Unit
from tests.factories import actor_of


@pytest.fixture(scope="module")
def loaded(application):
    """The district, loaded once for this file."""
    with application.app_context():
        load_demo()
        db.session.commit()
        yield application
        db.session.rollback()
        clear_demo()
        db.session.commit()


def test_every_counter_is_what_counting_gives(loaded):
    replies = select(func.count(Post.id)).where(
        Post.thread_id == Thread.id, Post.is_opening.is_(False), Post.hidden_at.is_(None)
    )
    latest = select(func.max(Post.created_at)).where(Post.thread_id == Thread.id)
    wrong = db.session.scalars(
        select(Thread.title).where(
            (Thread.reply_count != replies.scalar_subquery()) | (Thread.last_post_at != latest.scalar_subquery())
        )
    ).all()
    assert wrong == []
    useful = select(func.count()).where(Reaction.post_id == Post.id, Reaction.kind == ReactionKind.USEFUL)
    assert db.session.scalars(select(Post.id).where(Post.useful_count != useful.scalar_subquery())).all() == []
    same = (
        select(func.count(func.distinct(Reaction.unit_id)))
        .join(Post, Post.id == Reaction.post_id)
        .where(Post.thread_id == Thread.id, Reaction.kind == ReactionKind.SAME)
    )
    assert db.session.scalars(select(Thread.id).where(Thread.same_count != same.scalar_subquery())).all() == []


def test_it_is_a_district_with_a_year_behind_it(loaded):
    counts = [
        db.session.scalar(select(func.count()).select_from(model))
        for model in (Unit, Person, Thread, Meeting, Experience)
    ]
    assert counts[0] >= 40
    assert counts[1] >= 50
    assert counts[2] >= 90
    assert counts[3] >= 30
    assert counts[4] >= 25
    assert db.session.scalar(select(func.count()).select_from(Attendance).where(Attendance.came)) > 200
    assert db.session.scalar(select(func.count()).select_from(Unit).where(Unit.is_demo)) == 1


def test_threads_stand_at_every_step_of_the_loop(loaded):
    on = today()
    steps = {
        "solved": Thread.solved_at.is_not(None),
        "asked again later": Thread.followup_due > on,
        "asked today": Thread.followup_due == on,
        "overdue": Thread.followup_due <= on - WAITED,
        "being done": Thread.open_actions > 0,
        "in another round": (Thread.round > 1) & Thread.concluded_at.is_(None),
        "concluded again": (Thread.round > 1) & Thread.concluded_at.is_not(None),
    }
    assert [step for step, is_there in steps.items() if not db.session.scalar(select(Thread.id).where(is_there))] == []


def test_the_printed_people_can_sign_in(loaded):
    shown = demo_sign_ins()
    assert len(shown) >= 6
    for _who, phone in shown:
        person = db.session.scalars(select(Person).where(Person.phone == phone)).one()
        assert is_right(PASSWORD, person.password_hash)


def test_every_page_of_the_story_opens(loaded):
    phone = demo_sign_ins()[0][1]
    person = db.session.scalars(select(Person.id).where(Person.phone == phone)).one()
    browser = loaded.test_client()
    browser.sign_in_as(actor_of(person))
    for url in ("/", "/threads/", "/library/", "/meetings/", "/notices", "/me"):
        assert browser.get(url).status_code == 200, url


def test_loading_twice_is_refused_and_clearing_leaves_nothing(loaded):
    assert loaded.test_cli_runner().invoke(args=["demo", "load"]).exit_code == 1
    result = loaded.test_cli_runner().invoke(args=["demo", "clear", "--yes"])
    assert result.exit_code == 0, result.output
    for name, table in db.metadata.tables.items():
        assert db.session.scalar(select(func.count()).select_from(table)) == 0, name
    db.session.rollback()


def test_a_real_district_is_never_cleared(app, world):
    result = app.test_cli_runner().invoke(args=["demo", "clear", "--yes"])
    assert result.exit_code == 1
    assert db.session.scalar(select(func.count(Unit.id))) > 0
