"""The list of meetings, and what every page of a meeting costs."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from forum.clock import from_local, today, utcnow
from forum.consultations.actions import Task, Written
from forum.extensions import db
from forum.meetings import actions, afterwards
from forum.meetings.closing.actions import Closing, Conclusion, close
from forum.meetings.models import Meeting, MeetingState, Sitting
from forum.threads.models import Thread
from forum.units.models import Role, UnitKind
from tests.factories import make_actor, make_post, make_thread, make_unit
from tests.meetings.makers import began, link, make_item, make_meeting, plan, reloaded


def text_of(answer):
    return answer.get_data(as_text=True)


def make_past(world, months, township=None, theme="旧事"):
    """Closed meetings of former months, written as an import would."""
    township = township or world.town
    month = today().replace(day=1)
    for n in range(months):
        month = (month - timedelta(days=1)).replace(day=1)
        meeting = Meeting(
            township_id=township.id,
            district_id=township.district_id,
            month=month,
            number=n + 1,
            theme=f"{theme}{n + 1}",
            state=MeetingState.CLOSED,
            created_by_id=world.organiser.id,
            announced_at=utcnow(),
            held_at=utcnow(),
            closed_at=utcnow(),
        )
        db.session.add(Sitting(meeting=meeting, place="镇上", starts_at=month_start(month), ends_at=None))
    db.session.commit()


def month_start(month):
    return from_local(datetime(month.year, month.month, 15, 9))


def test_ones_own_township_comes_first(browse, world):
    far = actions.schedule(world.far_organiser, world.other_town, plan(began(10), theme="外镇的题"))
    actions.announce(world.far_organiser, far)
    db.session.commit()
    make_meeting(world, starts_at=began(1), theme="本镇的题")
    for who, first in ((world.secretary, "本镇的题"), (world.far_secretary, "外镇的题")):
        page = text_of(browse(who).get("/meetings/"))
        assert page.index(first) == min(page.index("本镇的题"), page.index("外镇的题"))
    narrowed = text_of(browse(world.secretary).get(f"/meetings/?township={world.other_town.id}"))
    assert "外镇的题" in narrowed
    assert "本镇的题" not in narrowed


def test_former_meetings_stand_by_month_a_page_at_a_time(browse, world):
    make_past(world, 25)
    browser = browse(world.secretary)
    first = text_of(browser.get("/meetings/"))
    last_month = today().replace(day=1) - timedelta(days=1)
    assert f"{last_month.year}年{last_month.month}月" in first
    assert "旧事20<" in first
    assert "旧事21<" not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = text_of(browser.get(older))
    assert "旧事21<" in second
    assert "旧事25<" in second
    assert "旧事20<" not in second


@pytest.mark.parametrize(
    "bad", ["?township=x", "?township=-1", "?township=99999999999999999999", "?at=x", "?at=%00", "?township=0&at="]
)
def test_bad_addresses_show_the_list_all_the_same(browse, world, bad):
    make_meeting(world, theme="本镇的题")
    assert browse(world.secretary).get(f"/meetings/{bad}").status_code == 200


def test_an_empty_month_leads_on(browse, world):
    assert "排本月论坛" in text_of(browse(world.organiser).get("/meetings/"))
    assert "镇里排好以后，会在消息里告诉您。" in text_of(browse(world.secretary).get("/meetings/"))
    page = text_of(browse(world.district_staff).get("/meetings/"))
    assert f"/meetings/new?township={world.town.id}" in page
    assert f"/meetings/new?township={world.other_town.id}" in page


def test_what_is_not_there_is_not_found(browse, world):
    for path in ("/meetings/1", "/meetings/2147483647", "/meetings/99999999999999999999", "/meetings/1/edit"):
        assert browse(world.organiser).get(path).status_code == 404


def fill(world, lines, people, **values):
    """A meeting of this many agenda lines and people, with as many threads that might come onto it."""
    for n in range(people):
        village = make_unit(UnitKind.VILLAGE, f"{lines}里{n}村", world.town)
        make_actor(f"书记{n}", Role.SECRETARY, village)
    meeting = make_meeting(world, starts_at=began(), **values)
    make_item(world, meeting, "上期落实情况", kind="review")
    for n in range(lines):
        thread = make_thread(world.secretary, f"第{n}个问题")
        make_post(thread, world.far_secretary)
        link(world, meeting, thread)
        make_thread(world.neighbour_secretary, f"还没排的{n}")
    return meeting


PAGES = {
    "": "announced",
    "/edit": "announced",
    "/agenda": "announced",
    "/agenda/threads": "announced",
    "/agenda/new": "announced",
    "/minutes": "held",
    "/close": "held",
    "/attendance": "held",
    "/announce": "draft",
}


def test_a_page_costs_the_same_for_one_line_and_for_thirty(browse, world, count_statements):
    browser = browse(world.organiser)
    costs = []
    for size in (1, 30):
        meeting_id = fill(world, size, size, number=size).id
        costs.append({})
        pages = {f"/meetings/{meeting_id}{page}": state for page, state in PAGES.items()}
        for path, state in (pages | {"/meetings/": "announced", "/": "announced"}).items():
            db.session.execute(
                db.update(Meeting.__table__).where(Meeting.id == meeting_id).values(state=MeetingState(state))
            )
            db.session.commit()
            browser.get(path)
            with count_statements() as seen:
                assert browser.get(path).status_code == 200, path
            costs[-1][path.replace(f"/{meeting_id}", "/1")] = len(seen)
    assert costs[0] == costs[1]
    assert max(costs[1].values()) <= 8, costs[1]


def test_a_closed_meetings_page_costs_the_same_for_one_outcome_and_for_thirty(browse, world, count_statements):
    browser = browse(world.organiser)
    costs = []
    for size in (1, 30):
        meeting = fill(world, size, size, number=size, state="held")
        afterwards.take_attendance(world.organiser, reloaded(meeting), [world.secretary.id], version=meeting.version)
        threads = db.session.scalars(select(Thread).order_by(Thread.id.desc()).limit(size)).all()
        tasks = (Task("量地", world.village.id, today()), Task("签合同", world.neighbour.id, today()))
        found = [Conclusion(thread, Written("就这么办。", tasks=tasks)) for thread in threads]
        close(world.organiser, reloaded(meeting), Closing(found, left_out="没议完"))
        db.session.commit()
        following = make_meeting(world, number=100 + size)
        make_item(world, following, "上期落实情况", kind="review")
        for path in (f"/meetings/{meeting.id}", f"/meetings/{following.id}"):
            with count_statements() as seen:
                assert browser.get(path).status_code == 200
            costs.append(len(seen))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 8
