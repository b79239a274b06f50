"""Meetings in the calendar of a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from forum.clock import from_local, today, utcnow
from forum.extensions import db
from forum.learning.trips.actions import cancel_trip
from forum.meetings import actions
from forum.meetings.calendar_links import key_of, make_link
from forum.meetings.models import CalendarLink
from forum.threads.models import Thread
from forum.units.models import Person, Posting, Role
from tests.factories import make_thread
from tests.learning.makers import make_trip, put_down
from tests.learning.makers import now as reread
from tests.meetings.makers import link as put_on_agenda
from tests.meetings.makers import make_item, make_meeting, plan, plan_of, reloaded


def events_in(data):
    """The events of a file as dictionaries, read as RFC 5545 says: unfolded, unescaped."""
    text = data.decode("utf-8").replace("\r\n ", "")
    assert text.endswith("END:VCALENDAR\r\n")
    events = re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", text, flags=re.DOTALL)
    return [dict(line.split(":", 1) for line in event.splitlines()) for event in events]


def plain(value):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)


def link_for(actor):
    key = key_of(make_link(actor))
    db.session.commit()
    return f"/calendar/{key}.ics"


@pytest.fixture
def fetch(browse):
    """Fetch a link as a phone does: signed out."""
    return lambda url, **headers: browse(None).get(url, headers=headers)


def test_a_file_says_what_the_page_says_in_utc(browse, world):
    on = from_local(datetime(today().year + 1, 1, 1, 0, 30))  # in UTC still the year before
    meeting = make_meeting(world, starts_at=on, ends_at=on + timedelta(minutes=90), brief="带上账本")
    answer = browse(world.secretary).get(f"/meetings/{meeting.id}.ics")
    (event,) = events_in(answer.data)
    assert event["UID"] == f"meeting-{meeting.id}@127.0.0.1"
    assert event["DTSTART"] == f"{today().year}1231T163000Z"
    assert event["DTEND"] == f"{today().year}1231T180000Z"
    assert event["STATUS"] == "CONFIRMED"
    assert event["LOCATION"] == "前柳村大棚"
    assert plain(event["DESCRIPTION"]) == f"带上账本\nhttp://127.0.0.1:8000/meetings/{meeting.id}"
    assert answer.mimetype == "text/calendar"
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]


def test_lines_are_folded_between_characters_and_words_escaped(browse, world):
    theme = "A;B,C\\n" + "地没人种怎么办" * 9
    meeting = make_meeting(world, theme=theme, brief="一\n二\x0b三：BEGIN:VEVENT\r\nX")
    data = browse(world.secretary).get(f"/meetings/{meeting.id}.ics").data
    assert all(len(line) <= 75 and line.decode("utf-8") for line in data.split(b"\r\n")[:-1])
    (event,) = events_in(data)
    assert plain(event["SUMMARY"]).endswith(theme)


def test_each_change_is_a_later_one_of_the_same_event(fetch, world):
    meeting = make_meeting(world)
    url = link_for(world.secretary)
    (first,) = events_in(fetch(url).data)
    moved = plan_of(meeting, place="后柳村")
    actions.revise(world.organiser, reloaded(meeting), moved, version=reloaded(meeting).version)
    db.session.commit()
    (second,) = events_in(fetch(url).data)
    actions.postpone(world.organiser, reloaded(meeting), "防汛")
    db.session.commit()
    (third,) = events_in(fetch(url).data)
    actions.cancel(world.organiser, reloaded(meeting), "不开了")
    db.session.commit()
    (fourth,) = events_in(fetch(url).data)
    all_four = (first, second, third, fourth)
    assert len({e["UID"] for e in all_four}) == 1
    sequence = [int(e["SEQUENCE"]) for e in all_four]
    assert sequence == sorted(set(sequence))
    changed = [e["LAST-MODIFIED"] for e in all_four]
    assert changed == sorted(changed)
    assert [e["STATUS"] for e in all_four] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED"]
    assert "推迟" in third["SUMMARY"]
    assert "取消" in fourth["SUMMARY"]


def test_what_has_not_changed_is_not_sent_again(fetch, world):
    meeting = make_meeting(world)
    url = link_for(world.secretary)
    tag = fetch(url).headers["ETag"]
    again = fetch(url, **{"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    actions.cancel(world.organiser, reloaded(meeting), "不开了")
    db.session.commit()
    assert fetch(url, **{"If-None-Match": tag}).status_code == 200


def test_it_holds_what_concerns_its_owner_and_no_drafts(fetch, world):
    make_meeting(world, theme="本镇的题")
    make_meeting(world, "draft", number=57, theme="还没定")
    far = actions.schedule(world.far_organiser, world.other_town, plan(theme="外镇的题", chair_id=world.expert.id))
    actions.announce(world.far_organiser, far)
    db.session.commit()
    own, theirs = {"本镇的题"}, {"外镇的题"}
    for who, themes in (
        (world.secretary, own),
        (world.organiser, own),
        (world.far_secretary, theirs),
        (world.expert, theirs),  # he leads it
        (world.district_staff, own | theirs),
        (world.admin, set()),
    ):
        found = {e["SUMMARY"].partition("：")[2] for e in events_in(fetch(link_for(who)).data)}
        assert found == themes, who.name


def test_titles_of_threads_are_not_in_it(fetch, world):
    meeting = make_meeting(world)
    put_on_agenda(world, meeting, make_thread(world.secretary, "家里的事", reach="township"))
    make_item(world, meeting, "讲家里的事")
    assert "家里的事" not in fetch(link_for(world.far_secretary)).get_data(as_text=True)
    assert "家里的事" not in fetch(link_for(world.secretary)).get_data(as_text=True)


def test_it_holds_the_trips_in_which_its_owner_has_a_seat(fetch, world):
    trip = make_trip(world.organiser, title="家里的事", seats=1, ends_on=today() + timedelta(days=11))
    put_down(trip, world.secretary, world.deputy)
    url = link_for(world.secretary)
    (event,) = events_in(fetch(url).data)
    assert event["SUMMARY"] == "外出学习：南山县杏花村"
    first, after = today() + timedelta(days=10), today() + timedelta(days=12)
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == (f"{first:%Y%m%d}", f"{after:%Y%m%d}")
    assert f"/trips/{trip.id}" in event["URL"]
    assert events_in(fetch(link_for(world.deputy)).data) == [], "he waits"
    cancel_trip(world.organiser, reread(trip), "路上结冰")
    db.session.commit()
    (off,) = events_in(fetch(url).data)
    assert (off["STATUS"], off["UID"]) == ("CANCELLED", event["UID"])
    assert off["SUMMARY"].startswith("取消")
    assert int(off["SEQUENCE"]) > int(event["SEQUENCE"])
    db.session.get_one(Thread, trip.thread_id).hidden_at = utcnow()
    db.session.commit()
    assert events_in(fetch(url).data) == []


def test_a_new_link_ends_the_old_one(browse, fetch, world):
    make_meeting(world)
    browser = browse(world.secretary)
    assert "/calendar/" not in browser.get("/meetings/calendar").get_data(as_text=True)
    keys = []
    for _turn in range(2):
        browser.submit("/meetings/calendar")
        page = browser.get("/meetings/calendar").get_data(as_text=True)
        keys.append(re.search(r"/calendar/[\w-]+\.ics", page)[0])
    assert [fetch(key).status_code for key in keys] == [404, 200]


def test_it_ends_with_the_office_and_with_the_account(fetch, world):
    url = link_for(world.secretary)
    assert fetch(url).status_code == 200
    held = db.update(Posting).where(Posting.person_id == world.secretary.id)
    db.session.execute(held.values(since=today() - timedelta(days=9), until=today() - timedelta(days=1)))
    db.session.commit()
    assert fetch(url).status_code == 404
    db.session.execute(held.values(until=None))
    db.session.execute(db.update(Person).values(disabled_at=datetime.now(UTC)))
    db.session.commit()
    assert fetch(url).status_code == 404


def test_all_offices_of_a_person_count(fetch, world):
    make_meeting(world, theme="本镇的题")
    url = link_for(world.far_secretary)
    assert events_in(fetch(url).data) == []
    db.session.add(Posting(person_id=world.far_secretary.id, unit_id=world.town.id, role=Role.DEPUTY, since=today()))
    db.session.commit()
    assert len(events_in(fetch(url).data)) == 1


def test_a_guessed_key_is_refused_without_a_look_into_the_table(fetch, world, count_statements):
    url = link_for(world.secretary)
    with count_statements() as seen:
        assert fetch(url[:-5] + "x.ics").status_code == 404
        assert fetch("/calendar/%F0%28.ics").status_code == 404
    assert not [statement for statement in seen if "calendar_link" in statement]


def test_the_database_alone_opens_no_calendar(fetch, world):
    link_for(world.secretary)
    link = db.session.scalars(db.select(CalendarLink)).one()
    assert fetch(f"/calendar/{link.handle}.ics").status_code == 404


def test_the_link_is_in_no_log(fetch, world, capsys):
    url = link_for(world.secretary)
    fetch(url)
    assert key_of(db.session.scalars(db.select(CalendarLink)).one()) not in capsys.readouterr().err


def test_a_calendar_costs_the_same_for_many_meetings(fetch, world, count_statements):
    url = link_for(world.secretary)
    make_meeting(world)
    with count_statements() as one:
        fetch(url)
    for number in range(60, 64):
        make_meeting(world, number=number)
    with count_statements() as five:
        assert len(events_in(fetch(url).data)) == 5
    assert len(five) == len(one) <= 4
