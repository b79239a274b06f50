"""The invented threads: who says what after what, in every state a thread can be in."""

import re
from collections import Counter

import pytest

from forum.threads.models import TITLE_LENGTH, Reach, ThreadKind
from tests.demo.content import (
    CARDS,
    GROUPS,
    KEYS,
    LEAVES,
    MEETINGS,
    OUTCOMES,
    POSTINGS,
    POSTS,
    REPLIES,
    THREADS,
    TOWNSHIP_OF,
    held_on,
    letters,
    moment,
    replies_below,
)


def test_keys_are_unique():
    for keys in (KEYS, [meeting["key"] for meeting in MEETINGS], [card["key"] for card in CARDS]):
        assert len(keys) == len(set(keys))
        assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in keys)


@pytest.mark.parametrize("thread", THREADS, ids=lambda thread: thread["key"])
def test_a_thread_reads_like_one(thread):
    assert thread["kind"] in set(ThreadKind)
    assert thread["reach"] in set(Reach)
    assert 8 <= len(thread["title"]) <= TITLE_LENGTH // 2
    assert 80 <= letters(thread["body"]) <= 400
    assert 1 <= len(thread["tags"]) <= 3
    assert set(thread["tags"]) <= LEAVES
    replies = [reply for reply, _ in replies_below(thread)]
    assert len(replies) <= 8
    assert all(2 <= letters(reply["body"]) <= 500 for reply in replies)
    assert sum("accepted" in reply for reply in replies) <= (thread["kind"] == "question")


def test_a_reply_follows_what_it_answers():
    for thread, reply, parent in REPLIES:
        assert moment(reply) > moment(parent), (thread["key"], reply["body"][:20])
        for field in ("accepted", "hidden"):
            assert field not in reply or moment(reply[field]) > moment(reply)


def test_earlier_words_come_before_later_ones():
    edited = [post for post in POSTS if "revisions" in post]
    assert len(edited) >= 2
    for post in edited:
        times = [(-past["replaced_days_ago"], past["replaced_time"]) for past in post["revisions"]]
        assert [moment(post), *times] == sorted({moment(post), *times})
        assert post["body"] not in [past["body"] for past in post["revisions"]]


def test_one_answer_was_changed_after_it_was_accepted():
    assert any(
        (-reply["revisions"][-1]["replaced_days_ago"], reply["revisions"][-1]["replaced_time"])
        > moment(reply["accepted"])
        for _, reply, _ in REPLIES
        if "revisions" in reply and "accepted" in reply
    )


@pytest.mark.parametrize("kind", ["useful", "same"])
def test_those_who_agree_are_people_and_not_the_author(kind):
    for post in POSTS:
        names = post.get(kind, [])
        assert len(names) == len(set(names))
        assert post["author"] not in names
        for name in names:  # in office at some time after it was written
            assert any(posting.get("until_days_ago", 0) < post["days_ago"] for posting in POSTINGS[name])


def test_a_narrowed_thread_is_spoken_in_by_its_township_alone():
    narrowed = [thread for thread in THREADS if thread["reach"] == "township"]
    assert 5 <= len(narrowed) <= 8
    for thread in narrowed:
        home = TOWNSHIP_OF[held_on(thread["author"], thread["days_ago"])[0]["unit"]]
        for post in [thread, *(reply for reply, _ in replies_below(thread))]:
            for name in [post["author"], *post.get("useful", []), *post.get("same", [])]:
                assert TOWNSHIP_OF[POSTINGS[name][-1]["unit"]] == home, (thread["key"], name)


def test_an_outcome_rests_on_replies_of_its_thread_and_names_who_does_what():
    for thread, outcome in OUTCOMES:
        replies = {reply["key"]: reply for reply, _ in replies_below(thread) if "key" in reply}
        assert set(outcome["rests_on"]) <= set(replies)
        assert moment(outcome) > max((moment(replies[key]) for key in outcome["rests_on"]), default=moment(thread))
        assert outcome["actions"]
        for action in outcome["actions"]:
            assert action["unit"] in TOWNSHIP_OF
            assert "person" not in action or action["unit"] in [
                p["unit"] for p in held_on(action["person"], outcome["days_ago"])
            ]
            assert action["due_days_ago"] < outcome["days_ago"]
            assert "done_days_ago" not in action or 1 <= action["done_days_ago"] <= outcome["days_ago"]


def test_threads_are_there_in_every_state():
    kinds = Counter(thread["kind"] for thread in THREADS)
    assert kinds["question"] >= 60
    assert kinds["share"] >= 15
    assert min(kinds["topic"], kinds["notice"]) >= 7
    questions = [thread for thread in THREADS if thread["kind"] == "question"]
    accepted = {thread["key"] for thread, reply, _ in REPLIES if "accepted" in reply}
    assert sum("replies" not in thread for thread in questions) >= 8
    assert sum("replies" in thread and thread["key"] not in accepted for thread in questions) >= 8
    assert len(accepted) >= 20
    assert len(OUTCOMES) >= 6
    assert sum("locked" in thread for thread in THREADS) == 1
    assert sum("hidden" in reply for _, reply, _ in REPLIES) == 1
    assert sum("entered_by" in thread for thread in THREADS) >= 2
    assert sum(parent is not thread for thread, _, parent in REPLIES) >= 50
    assert sum(letters(reply["body"]) >= 200 for _, reply, _ in REPLIES) >= 25
    assert any(
        "done_days_ago" not in action and action["due_days_ago"] < 0 for _, o in OUTCOMES for action in o["actions"]
    )


def test_threads_and_cards_reach_over_the_taxonomy():
    used = {tag for thread in THREADS for tag in thread["tags"]}
    assert len(used) >= 30
    assert all(used & {tag["code"] for tag in group["tags"]} for group in GROUPS)


def test_the_taxonomy_has_eight_groups_of_named_tags():
    codes = [node["code"] for group in GROUPS for node in (group, *group["tags"])]
    assert len(GROUPS) == 8
    assert len(codes) == len(set(codes))
    for group in GROUPS:
        for tag in group["tags"]:
            assert set(tag) == {"code", "name", "name_en", "synonyms"}
            assert all((tag["name"], tag["name_en"], tag["synonyms"]))
            assert len(tag["synonyms"]) == len(set(tag["synonyms"]))
