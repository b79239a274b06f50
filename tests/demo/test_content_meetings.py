"""The invented year of meetings: whole, in every state, and true whatever the day of loading."""

from collections import Counter
from datetime import date

import pytest

from forum.meetings.models import AgendaKind, MeetingState
from tests.demo.content import (
    MEETINGS,
    THREADS,
    held_on,
    letters,
    secretaries,
)


def days_between(meeting):
    """The least and the most days that may lie between a past meeting and the day of loading."""
    found = []
    for ordinal in range(date(2027, 1, 1).toordinal(), date(2029, 1, 1).toordinal()):
        load = date.fromordinal(ordinal)
        year, month = divmod(load.year * 12 + load.month - 1 + meeting["month"], 12)
        found.append((load - date(year, month + 1, meeting["day"])).days)
    return min(found), max(found)


PAST = [(meeting, days_between(meeting)) for meeting in MEETINGS if meeting["month"] < 0]


def test_each_township_met_for_a_year():
    for township in {meeting["township"] for meeting in MEETINGS}:
        own = [meeting for meeting in MEETINGS if meeting["township"] == township]
        assert [meeting["month"] for meeting in own] == list(range(0, -12, -1))
        assert [meeting["number"] for meeting in own] == list(range(own[0]["number"], own[0]["number"] - 12, -1))
    assert len(MEETINGS) == 36


def test_meetings_are_there_in_every_state():
    assert {meeting["state"] for meeting in MEETINGS} == set(MeetingState)
    assert Counter(m["state"] for m in MEETINGS if m["month"] == 0) == {"announced": 2, "draft": 1}
    assert Counter(m["state"] for m in MEETINGS if m["month"] == -1) == {"closed": 2, "held": 1}
    for meeting in MEETINGS:
        assert ("reason" in meeting) == (meeting["state"] in ("postponed", "cancelled"))
        assert ("minutes" in meeting) == (meeting["state"] == "closed")


@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: meeting["key"])
def test_a_meeting_is_whole(meeting):
    assert ("in_days" in meeting) == (meeting["month"] == 0)
    assert meeting.get("in_days", 1) >= 1
    assert 1 <= meeting.get("day", 1) <= 26  # minutes follow within two days, and still in the month
    assert meeting["start"] < meeting["end"]
    assert meeting["theme"]
    assert meeting["brief"]
    assert meeting["place"]
    assert len(meeting["agenda"]) >= 2
    for item in meeting["agenda"]:
        assert item["kind"] in set(AgendaKind)
        assert 4 <= len(item["title"]) <= 80
    if "minutes" in meeting:
        least = 150 if meeting["month"] >= -8 else 80
        assert least <= letters(meeting["minutes"]["text"]) <= 400
        assert meeting["minutes"]["closed_after_days"] <= 2


@pytest.mark.parametrize(("meeting", "ago"), PAST, ids=[meeting["key"] for meeting, _ in PAST])
def test_who_spoke_or_was_missing_was_in_office_whatever_the_day_of_loading(meeting, ago):
    speakers = {item["presenter"] for item in meeting["agenda"] if "presenter" in item}
    missing = {*meeting.get("attendance", {}).get("leave", {}), *meeting.get("attendance", {}).get("absent", [])}
    for days_ago in ago:
        assert all(held_on(name, days_ago) for name in speakers)
        assert missing <= secretaries(meeting["township"], days_ago)
        if "minutes" in meeting:
            author = held_on(meeting["minutes"]["by"], days_ago)[0]
            assert (author["role"], author["unit"]) == ("organiser", meeting["township"])


def test_a_thread_is_older_than_the_meeting_that_takes_it_up():
    age = {thread["key"]: thread["days_ago"] for thread in THREADS}
    past = {meeting["key"]: most for meeting, (_, most) in PAST}
    linked = [(m, item["thread"]) for m in MEETINGS for item in m["agenda"] if "thread" in item]
    assert len(linked) >= 30
    for meeting, thread in linked:
        assert age[thread] > past.get(meeting["key"], 0), (meeting["key"], thread)


def test_answers_to_coming_meetings_are_of_its_secretaries():
    for meeting in MEETINGS:
        if meeting["month"] == 0:
            answers = [
                *meeting.get("attendance", {}).get("coming", []),
                *meeting.get("attendance", {}).get("leave", {}),
            ]
            assert len(answers) == len(set(answers))
            assert set(answers) <= secretaries(meeting["township"], 0)
