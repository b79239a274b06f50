"""What was searched for and not found: words that three people share, never who."""

from datetime import timedelta

import pytest

from forum.clock import today
from forum.extensions import db
from forum.search.missed.actions import _mark, forget_missed, note_missed
from forum.search.missed.models import MARKS, MissedWord
from forum.search.missed.queries import missed_words
from tests.browsing import forms_of
from tests.factories import make_thread
from tests.search.test_page import search


def kept():
    db.session.rollback()
    return {(row.word, row.mark, row.day) for row in db.session.scalars(db.select(MissedWord))}


def missed(actors, text):
    for actor in actors:
        note_missed(actor, text)
        db.session.commit()


@pytest.fixture
def three(world, monkeypatch):
    """Three people whose marks differ, whatever the key."""
    monkeypatch.setattr("forum.search.missed.actions._mark", lambda person_id, word: person_id % MARKS)
    return [world.secretary, world.neighbour_secretary, world.far_secretary]


def test_a_word_is_read_once_three_have_missed_it(world, three):
    missed(three[:2] * 3, "潜水泵怎么灌溉")
    assert missed_words(world.organiser) == []
    missed(three[2:], "潜水泵")
    assert [row.word for row in missed_words(world.organiser)] == ["潜水泵"]
    assert [row.word for row in missed_words(world.far_organiser)] == ["潜水泵"], (
        "the district's, whoever looks after it"
    )


def test_of_another_district_nothing_is_read(world, three):
    missed(three, "潜水泵")
    for row in db.session.scalars(db.select(MissedWord)):
        row.district_id = world.town.id
    db.session.commit()
    assert missed_words(world.organiser) == []


@pytest.mark.parametrize(
    "text", ["我的手机13900001234", "37052319800101123X", "字" * 21, "水", "一 甲乙 丙丁 戊己 庚辛", ""]
)
def test_numbers_and_stories_are_not_noted(world, text):
    missed([world.secretary], text)
    assert kept() == set()


def test_it_is_forgotten_after_a_month(world, three):
    missed(three, "潜水泵")
    for row, days in zip(db.session.scalars(db.select(MissedWord)), (0, 31, 32), strict=True):
        row.day = today() - timedelta(days=days)
    db.session.commit()
    assert missed_words(world.organiser) == []
    forget_missed()
    db.session.commit()
    assert len(kept()) == 2


def test_the_mark_is_shared_by_many_and_another_for_each_word(world):
    """A mark is one of 32: of a thousand people thirty have each, and nobody can be followed from word to word."""
    marks = [_mark(person, "潜水泵") for person in range(1000)]
    assert set(marks) == set(range(MARKS))
    assert max(marks.count(mark) for mark in range(MARKS)) < 80
    same = sum(_mark(person, "潜水泵") == _mark(person, "无人机") for person in range(1000))
    assert same < 80


def test_the_page_notes_it_once_it_was_looked_at_and_only_what_was_not_found(browse, world, indexed):
    make_thread(world.secretary, "路灯坏了", "天黑看不见。")
    indexed()
    browser = browse(world.secretary)
    token = forms_of(browser.get("/search").get_data(as_text=True))[0].fields["csrf_token"]
    assert 'data-seen-url="/search/missed"' not in search(browser, "路灯坏了")
    assert 'data-seen-url="/search/missed" data-seen-text="潜水泵"' in search(browser, "潜水泵")
    assert kept() == set(), "to look at a page writes nothing"
    for text in ("路灯坏了", "潜水泵", "潜水泵"):
        assert browser.post("/search/missed", data={"text": text, "csrf_token": token}).status_code == 204
    assert [(word, day) for word, _mark, day in kept()] == [("潜水泵", today())]


def test_organisers_and_the_district_read_it(browse, world, three):
    missed(three, "潜水泵")
    page = browse(world.organiser).get("/search/missed").get_data(as_text=True)
    assert "潜水泵" in page
    assert "柳大山" not in page
    assert "/threads/ask?kind=topic&amp;text=" in page
