"""The invented lectures hold together: who announces them is in office, and nobody answered before they were given."""

import json

from tests.demo.content import DATA, LEAVES, held_on

FOUND = json.loads((DATA / "lectures.json").read_text(encoding="utf-8"))


def test_experts_and_lectures_are_by_people_in_office_and_of_known_subjects():
    keys = [expert["key"] for expert in FOUND["experts"]]
    assert len(set(keys)) == len(keys)
    for entry in FOUND["experts"] + FOUND["lectures"]:
        assert held_on(entry["by"], entry["days_ago"])
        assert set(entry["tags"]) <= LEAVES
    assert {lecture["expert"] for lecture in FOUND["lectures"]} <= set(keys)


def test_answers_come_after_a_lecture_and_from_no_more_than_were_there():
    for lecture in FOUND["lectures"]:
        assert lecture["days_ago"] > lecture["starts_days_ago"]
        if lecture["starts_days_ago"] > 0:
            assert sum(lecture["understood"]) == sum(lecture["useful"]) <= lecture["heads"]
        else:
            assert not lecture.keys() & {"understood", "useful", "wishes", "heads"}
