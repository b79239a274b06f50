"""What is for the panel only: read by whoever asked, those admitted and the organiser of the township, by nobody else's office."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from forum.clock import today
from forum.extensions import db
from forum.threads.models import Thread
from forum.units.models import Posting, Role
from tests.factories import make_actor, make_post, make_thread


@pytest.mark.parametrize(
    ("reader", "status"),
    [
        ("secretary", 200),
        ("organiser", 200),
        ("far_secretary", 200),
        ("expert", 200),
        ("deputy", 404),
        ("neighbour", 404),
        ("far_organiser", 404),
        ("district", 404),
        ("admin", 404),
        ("former", 403),
        ("nobody", 303),
    ],
)
def test_who_reads_a_thread_for_the_panel_only(browse, world, reader, status):
    thread = make_thread(
        world.secretary, reach="panel", admitted=[world.far_secretary, world.expert, world.admin, world.former]
    )
    browser = browse(world.everybody[reader])
    assert browser.get(f"/threads/{thread.id}").status_code == status
    assert (thread.title in browser.get("/threads/").get_data(as_text=True)) == (status == 200)


def test_who_was_admitted_reads_no_more_once_out_of_office(browse, world):
    helper = make_actor("渡大江", Role.DEPUTY, world.far_village)
    thread = make_thread(world.secretary, reach="panel", admitted=[helper])
    assert browse(helper).get(f"/threads/{thread.id}").status_code == 200
    db.session.execute(update(Posting).where(Posting.person_id == helper.id).values(until=today() - timedelta(days=1)))
    db.session.commit()
    assert browse(helper).get(f"/threads/{thread.id}").status_code == 403


def test_the_district_does_not_moderate_what_is_for_the_panel_only(browse, world):
    thread = make_thread(world.secretary, reach="panel", admitted=[world.district_staff])
    own = make_post(thread, world.district_staff)
    assert browse(world.district_staff).get(f"/threads/{thread.id}").status_code == 200  # as a person, not by office
    assert browse(world.district_staff).get(f"/posts/{own.id}/hide").status_code == 403
    assert browse(world.organiser).get(f"/posts/{own.id}/hide").status_code == 200


def test_a_question_may_be_asked_for_the_panel_only(browse, world):
    asked = {"body": "两家争宅基地", "reach": "panel"}
    assert browse(world.secretary).submit("/threads/ask", asked).status_code == 303
    assert db.session.scalars(select(Thread.reach)).one() == "panel"
    refused = browse(world.secretary).submit("/threads/ask", asked | {"kind": "share"})
    assert refused.status_code == 422
    assert "只有提问题、提议题才能只给请到的人看" in refused.get_data(as_text=True)


def test_who_is_of_no_township_is_not_offered_to_narrow(browse, world):
    page = browse(world.expert).get("/threads/ask").get_data(as_text=True)
    assert "只给请到的人看" not in page
    assert browse(world.expert).submit("/threads/ask", {"body": "问", "reach": "panel"}).status_code == 422
