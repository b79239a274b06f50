"""What is like a thread or a card, and what is the very same thing."""

import re

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.search.similar import is_same
from tests.factories import make_thread
from tests.search.test_page import make_card

LAMP = "村东头的路灯坏了三盏，天一黑就看不见路，老人摔了一跤，谁来修？"


def alike(browser, url):
    answer = browser.get(url + "?part=1")
    assert answer.status_code == 200
    return re.findall(r'<a href="(/(?:threads|library)/\d+)">', answer.get_data(as_text=True))


@pytest.fixture
def lamps(world, indexed):
    """A thread, one like it, a card like it, and what is about something else."""
    mine = make_thread(world.secretary, "路灯坏了谁来修", LAMP)
    other = make_thread(world.neighbour_secretary, "村里路灯坏了没人修", LAMP)
    card = make_card(world, "路灯坏了有人修", problem="路灯坏了报修没人应。")
    make_thread(world.far_secretary, "石榴卖不动", "今年石榴丰收，没人来收。")
    indexed()
    return mine, other, card


def test_beside_a_thread_stand_cards_and_threads_like_it_and_not_itself(browse, world, lamps):
    mine, other, card = lamps
    browser = browse(world.neighbour_secretary)
    assert set(alike(browser, f"/threads/{mine.id}/similar")) == {f"/threads/{other.id}", f"/library/{card.id}"}
    assert set(alike(browser, f"/library/{card.id}/similar")) == {f"/threads/{mine.id}", f"/threads/{other.id}"}
    for url in (f"/threads/{mine.id}", f"/library/{card.id}"):
        assert f'data-part-url="{url}/similar?part=1"' in browser.get(url).get_data(as_text=True)
        assert f'href="{url}/similar"' in browser.get(url).get_data(as_text=True)


def test_what_is_hidden_or_narrowed_is_like_nothing_from_the_next_request_on(browse, world, lamps):
    mine, other, card = lamps
    browser = browse(world.far_organiser)
    assert len(alike(browser, f"/threads/{other.id}/similar")) == 2
    mine.hidden_at, card.reach = utcnow(), "township"
    db.session.commit()
    assert alike(browser, f"/threads/{other.id}/similar") == []
    assert "别的村还没说过" in browser.get(f"/threads/{other.id}/similar").get_data(as_text=True)


def test_without_an_index_nothing_is_like_it_and_the_page_says_so(browse, world, root):
    thread = make_thread(world.secretary, "路灯坏了", LAMP)
    assert "别的村还没说过" in browse(world.secretary).get(f"/threads/{thread.id}/similar").get_data(as_text=True)


def test_who_looks_after_a_thread_is_told_that_it_may_be_the_same_as_another(browse, world, lamps):
    mine, other, _card = lamps
    seen = browse(world.organiser).get(f"/threads/{mine.id}/similar?part=1").get_data(as_text=True)
    assert seen.count("像是同一件事") == 1
    assert f"/threads/{mine.id}/similar/{other.id}" in seen
    assert "像是同一件事" not in browse(world.secretary).get(f"/threads/{mine.id}/similar").get_data(as_text=True)
    page = browse(world.organiser).get(f"/threads/{mine.id}/similar/{other.id}").get_data(as_text=True)
    assert page.count("老人摔了一跤") == 2
    merging = re.search(r'href="([^"]+)">把头一个并到第二个', page).group(1)
    assert f'value="{other.id}"' in browse(world.organiser).get(merging).get_data(as_text=True)
    for other_id in (mine.id, 999):
        assert browse(world.organiser).get(f"/threads/{mine.id}/similar/{other_id}").status_code == 404


def test_it_costs_six_statements_however_much_is_alike(browse, world, lamps, indexed, count_statements):
    mine, _other, _card = lamps
    browser, counts = browse(world.organiser), []
    for number in (0, 4):
        for _ in range(number):
            make_thread(world.far_secretary, "路灯坏了没人修", LAMP)
            make_card(world, "路灯坏了有人修")
        indexed()
        with count_statements() as seen:
            browser.get(f"/threads/{mine.id}/similar")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


@pytest.mark.pure
@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (LAMP, LAMP, True),
        (LAMP, "村东头路灯坏了三盏，天黑看不见路，谁来修？", True),
        (LAMP, "今年石榴丰收，没人来收，怎么卖出去？", False),
        ("路灯坏了", "路灯坏了", False),  # too short to say
        ("", LAMP, False),
    ],
)
def test_two_texts_are_the_same_when_half_of_the_shorter_stands_in_the_other(first, second, same):
    assert is_same(first, second) is is_same(second, first) is same
