"""The invented trips hold together: who goes is in office, who writes was there, and what was said came after it was asked."""

from tests.demo.content import TRIPS, held_on


def test_members_are_in_office_and_fit_the_seats():
    for trip in TRIPS:
        assert len(set(trip["members"])) == len(trip["members"]) <= trip["seats"]
        assert all(held_on(name, trip["days_ago"] - 1) for name in trip["members"])
        assert trip["days_ago"] > trip["join_by_days_ago"] > trip["starts_days_ago"] >= trip["ends_days_ago"]


def test_notes_are_by_members_who_are_back_and_answers_follow_the_day():
    for trip in TRIPS:
        assert len({note["by"] for note in trip["notes"]}) == len(trip["notes"])
        for note in trip["notes"]:
            assert note["by"] in trip["members"]
            assert trip["ends_days_ago"] > note["days_ago"] >= 1
            for use in note["uses"]:
                days = [note["days_ago"], *(answer["days_ago"] for answer in use["answers"])]
                assert days == sorted(days, reverse=True)
                assert all("again_days_ago" in a for a in use["answers"] if a["result"] == "doing")


def test_twelve_villages_came_home_with_all_three_results():
    results = {a["result"] for trip in TRIPS for note in trip["notes"] for use in note["uses"] for a in use["answers"]}
    assert results == {"used", "doing", "unfit"}
    assert max(len(trip["notes"]) for trip in TRIPS) == 12
