"""Nobody finds, counts or guesses what he may not read, by any word of it."""

import pytest

from forum.clock import utcnow
from forum.extensions import db
from forum.library.models import CardState
from forum.search.lists import PAGE
from tests.factories import make_post, make_thread
from tests.search.test_page import links, make_card, search

ROLES = [
    "secretary",
    "deputy",
    "neighbour",
    "far_secretary",
    "organiser",
    "far_organiser",
    "district",
    "expert",
    "admin",
]
NEAR = {"secretary", "deputy", "neighbour", "organiser"}


def hide(row):
    row.hidden_at = utcnow()
    db.session.commit()
    return row


@pytest.mark.parametrize("role", ROLES)
def test_everybody_finds_what_he_may_read_and_nothing_else(browse, world, indexed, role):
    narrowed = make_thread(world.secretary, "翡翠一", reach="township")
    hidden = hide(make_thread(world.secretary, "翡翠二"))
    gone = hide(make_thread(world.secretary, "翡翠三", reach="township"))
    by_reply = make_thread(world.neighbour_secretary, "浇地没水")
    hide(make_post(by_reply, world.secretary, "翡翠四"))
    shown = make_thread(world.neighbour_secretary, "路灯不亮")
    hide(make_post(shown, world.secretary, "翡翠翡翠翡翠五"))
    make_post(shown, world.far_secretary, "翡翠六，还有许多别的话要说。")
    narrow_card = make_card(world, "翡翠七", reach="township")
    draft = make_card(world, "翡翠八")
    draft.state, draft.published_at = CardState.DRAFT, None
    db.session.commit()
    indexed()
    actor = world.everybody[role]
    seen_by = {
        f"/threads/{narrowed.id}": NEAR,
        f"/threads/{hidden.id}": {"secretary", "organiser", "district"},
        f"/threads/{gone.id}": {"secretary", "organiser"},
        f"/threads/{by_reply.id}": {"secretary", "organiser", "district"},
        f"/threads/{shown.id}": set(ROLES) - {"admin"},
        f"/library/{narrow_card.id}": NEAR,
        f"/library/{draft.id}": {"secretary", "organiser"},
    }
    page = search(browse(actor), "翡翠")
    assert set(links(page)) == {url for url, roles in seen_by.items() if role in roles}
    assert ("翡翠</mark>四" in page) == ("翡翠</mark>五" in page) == (role in {"secretary", "organiser", "district"})


def test_a_hidden_reply_lends_its_thread_no_place(browse, world, indexed):
    """The thread is found by its readable reply, and stands where that one puts it."""
    better = make_thread(world.neighbour_secretary, "翡翠", "翡翠")
    worse = make_thread(world.neighbour_secretary, "路灯不亮")
    make_post(worse, world.far_secretary, "翡翠，" + "还有许多别的话要说，" * 5)
    hide(make_post(worse, world.far_organiser, "翡翠翡翠翡翠翡翠"))
    indexed()
    reader = world.far_secretary
    assert links(search(browse(reader), "翡翠")) == [f"/threads/{better.id}", f"/threads/{worse.id}"]


def test_narrowing_and_hiding_hold_at_once_without_a_new_index(browse, world, indexed):
    thread = make_thread(world.secretary, "翡翠")
    indexed()
    assert links(search(browse(world.far_secretary), "翡翠"))
    hide(db.session.merge(thread))
    assert "翡翠</mark>" not in search(browse(world.far_secretary), "翡翠")


def test_one_s_own_replies_in_threads_that_closed_are_no_way_into_them_and_take_no_place(browse, world, indexed):
    for _ in range(PAGE + 1):
        thread = make_thread(world.secretary, "浇地没水", reach="township")
        make_post(thread, world.far_secretary, "翡翠")  # written while it was open to all
    shown = make_thread(world.secretary, "路灯不亮", "翡翠，" + "还有许多别的话要说，" * 5)
    indexed()
    page = search(browse(world.far_secretary), "翡翠")
    assert links(page) == [f"/threads/{shown.id}"]
    assert "浇地没水" not in page
