"""What is hidden is gone from the next request on, wherever the search shows anything, by words and by meaning alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app

from forum.clock import utcnow
from forum.extensions import db
from forum.search.asked import Asked, understand
from forum.search.facets import facets
from forum.search.follower import make_vectors, rebuild_index
from forum.search.lists import results
from forum.search.saved.models import SavedSearch
from forum.search.saved.queries import is_new
from forum.search.similar import alike
from forum.search.suggestions import suggestions
from forum.threads.models import ThreadKind
from forum.units.actors import Actor
from tests.factories import World, make_thread
from tests.search.meanings import BagOfMeanings
from tests.search.test_page import make_card

pytest.importorskip("numpy")

ASKED = "摸黑"  # means 路灯, and shares no character with it


def shown(reader: Actor) -> dict[str, Any]:
    """How much of lamps each part of the search shows somebody."""
    asked = Asked(text=ASKED, narrow=True)
    with current_app.test_request_context():
        meant = understand(reader, asked)
        found = results(reader, asked, meant)
        counts = {tap.label: tap.count for facet in facets(asked, found.hits) for tap in facet.taps}
        saved = SavedSearch(id=0, person_id=reader.id, text="路灯", arguments="")
        return {
            "results": len(found.page),
            "counts": (counts.get("提问", 0), counts.get("经验分享", 0), counts.get("经验卡", 0)),
            "similar": len(alike(reader, "thread", 0, "路灯坏了谁来修", "路灯")),
            "typed": [label for label, _group in suggestions(reader, "路灯")],
            "saved": is_new(saved, reader, utcnow() - timedelta(hours=1)) is not None,
        }


def test_nothing_shows_what_is_hidden(world: World, bag: BagOfMeanings, indexed: Callable[[], None]) -> None:
    rows = [
        make_thread(world.secretary, "路灯坏了谁来修", "路灯"),
        make_thread(world.secretary, "路灯坏了谁来换", "路灯", kind=ThreadKind.SHARE),
        make_card(world, "路灯坏了有人修", problem="路灯"),
    ]
    for number in range(4):
        make_thread(world.neighbour_secretary, f"石榴丰收{number}", "卖不动。")
    indexed()
    while make_vectors():
        pass
    rebuild_index()
    reader = world.far_secretary
    assert shown(reader) == {"results": 3, "counts": (1, 1, 1), "similar": 3, "typed": ["经验卡"], "saved": True}
    for row in rows[:2]:
        row.hidden_at = utcnow()
    rows[2].reach = "township"
    db.session.commit()
    assert shown(reader) == {"results": 0, "counts": (0, 0, 0), "similar": 0, "typed": [], "saved": False}
    assert bag.asked, "meaning was asked"
