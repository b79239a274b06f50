"""The invented district holds together: what refers to something finds it, and nothing is said by one who could not."""

import hashlib
import re
from collections import Counter

import pytest

from forum.library.models import CardState
from forum.threads.models import TITLE_LENGTH
from forum.units.models import Role, UnitKind
from tests.demo.content import (
    ADOPTIONS,
    CARDS,
    DATA,
    FACTS,
    KIND_OF,
    LEAVES,
    LOOKS,
    MEETINGS,
    OUTCOMES,
    PANELS,
    PEOPLE,
    POSTINGS,
    POSTS,
    REPLIES,
    REPORTS,
    SHELVES,
    SUGGESTIONS,
    THREADS,
    TOWNSHIP_OF,
    UNITS,
    held_on,
    letters,
    moment,
    replies_below,
)

# Who did what and when, wherever an act is written down.
ACTS = (
    [(f"post {row.get('key', row['body'][:8])}", row["author"], row) for row in POSTS + SUGGESTIONS if "body" in row]
    + [(f"{field} {row.get('key', row['author'])}", row[field]["by"], row[field])
       for row in POSTS + CARDS + SUGGESTIONS for field in ("accepted", "hidden", "locked", "outcome", "nominated", "published", "handled") if field in row]
    + [(row["key"], row["author"], row) for row in CARDS]
    + [(row["post"], row["by"], row) for row in REPORTS]
    + [(row["post"], row["handled"]["by"], row["handled"]) for row in REPORTS if "handled" in row]
)  # fmt: skip

# Names of living people and real places, which must stand nowhere in the project: hence only their digests, and one
# name that is nobody's to try the search itself with.
REAL_NAMES = (
    "033037f3430d 05f3706f5a53 0b06b07efa4c 0be5c161d6d2 0c6adf9288b3 0ceec51bd42e 1364b7f85447 136eaaf6da74 "
    "146abd14469c 171d4a77c8a0 17231559e4f2 2626902349c8 2c31601fe2a8 34013e5c268c 344567505a67 3f9534788e2e "
    "4247d400c064 44348d973574 44ee39015b38 4b07a98b4466 5bec4b151b5f 6faefe81ee7b 75ed7ce54b3b 8498842d439a "
    "86ee183fe15c 8bf6e4eea449 910f712d6403 95481ed839ce 99f6dd654296 9becc5835eba a107ce3068cc a8a645397c50 "
    "ad2ad498125d b3e75b56be80 b59d89c994a4 b878448565a5 b97f2a183645 bb09a35bed1b bbfab6e8ecbf bed7ebd47df2 "
    "bf1c7e4dc0f0 c7a0e9cebaaa cc8b1e7b3346 d640da857e27 dd4bd45d9670 e2672b0cf10b e5ee21502e1b ecd3431ac018 "
    "ed41c47b475c ef5a41bf1d62 efdafbc1fe85 f16371796da7 fb581fecf371"
)


def real_names_in(text):
    words = {text[at : at + size] for at in range(len(text)) for size in (2, 3)}
    return {word for word in words if hashlib.blake2b(word.encode(), digest_size=6).hexdigest() in REAL_NAMES.split()}


# Units and people


def test_the_district_has_three_townships_and_forty_villages():
    kinds = Counter(unit["kind"] for unit, _ in UNITS)
    assert (kinds["district"], kinds["township"], kinds["village"], kinds["bureau"]) == (1, 3, 40, 3)
    assert set(kinds) <= set(UnitKind)


def test_names_tell_units_and_people_apart():
    for names in ([unit["name"] for unit, _ in UNITS], [person["name"] for person in PEOPLE]):
        assert len(names) == len(set(names))


def test_phones_are_unique_and_of_the_invented_range():
    phones = [person["phone"] for person in PEOPLE]
    assert len(phones) == len(set(phones))
    assert all(re.fullmatch(r"199000000\d\d", phone) for phone in phones)


def test_every_posting_is_of_a_known_unit_and_role_and_runs_forward():
    for person in PEOPLE:
        assert person["postings"]
        for posting in person["postings"]:
            assert posting["unit"] in TOWNSHIP_OF
            assert posting["role"] in set(Role)
            assert posting["since_days_ago"] > posting.get("until_days_ago", 0) >= 0


def test_every_village_has_one_secretary_and_never_two():
    for days_ago in range(0, 500):
        held = [p["unit"] for name in POSTINGS for p in held_on(name, days_ago) if p["role"] == "secretary"]
        assert len(held) == len(set(held)), days_ago
        if days_ago == 0:
            assert set(held) == {unit for unit, kind in KIND_OF.items() if kind == "village"}


def test_the_cast_is_complete():
    now = {name: held_on(name, 0) for name in POSTINGS}
    roles = Counter(posting["role"] for postings in now.values() for posting in postings)
    assert (roles["deputy"], roles["organiser"], roles["district"], roles["expert"], roles["admin"]) == (4, 3, 2, 3, 1)
    first = {
        n: max((p["since_days_ago"] for p in ps if p["role"] == "secretary"), default=999) for n, ps in POSTINGS.items()
    }
    assert sum(days < 365 and bool(now[name]) for name, days in first.items()) == 5
    assert sum(len(postings) > 1 for postings in now.values()) == 1
    assert sum(not postings for postings in now.values()) >= 5


# What was done, by whom and when


def test_who_acts_holds_a_posting_that_day_and_it_is_clear_which():
    for act, name, at in ACTS:
        assert at["days_ago"] >= 1, act  # past, at whatever hour one loads
        assert re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at["time"]), act
        units = {posting["unit"] for posting in held_on(name, at["days_ago"])}
        assert units, act
        assert at.get("unit", next(iter(units))) in units, act
        assert len(units) == 1 or at.get("unit", at.get("village")) in units, act


def test_an_answer_is_accepted_by_who_asked_or_an_organiser():
    for thread, reply, _ in REPLIES:
        if "accepted" in reply and reply["accepted"]["by"] != thread["author"]:
            assert held_on(reply["accepted"]["by"], reply["accepted"]["days_ago"])[0]["role"] == "organiser"


@pytest.mark.parametrize("field", ["hidden", "locked", "published"])
def test_organisers_decide_in_their_own_township(field):
    decided = [row for row in POSTS + CARDS if field in row]
    assert decided
    for row in decided:
        unit = row.get("village") or held_on(row["author"], row["days_ago"])[0]["unit"]
        posting = held_on(row[field]["by"], row[field]["days_ago"])[0]
        assert (posting["role"], posting["unit"]) == ("organiser", TOWNSHIP_OF[unit])


def test_only_organisers_and_the_district_write_notices():
    for thread in THREADS:
        if thread["kind"] == "notice":
            roles = {posting["role"] for posting in held_on(thread["author"], thread["days_ago"])}
            assert roles <= {"organiser", "district"}, thread["key"]


# Cards, suggestions, reports


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["key"])
def test_a_card_teaches_something(card):
    assert KIND_OF[card["village"]] == "village"
    assert 1 <= len(card["tags"]) <= 3
    assert set(card["tags"]) <= LEAVES
    assert len(card["title"]) <= TITLE_LENGTH
    assert card["state"] in set(CardState)
    assert ("nominated" in card) == (card["state"] != "draft")
    assert ("published" in card) == (card["state"] == "published")
    assert re.fullmatch(r"(\d\. .+\n?){3,9}", card["practice"])
    assert all(letters(card[part]) >= 4 for part in ("problem", "practice", "result", "suitable", "caution", "cost"))
    assert (
        200
        <= sum(letters(card[part]) for part in ("problem", "practice", "result", "suitable", "caution", "cost"))
        <= 600
    )
    source = next(thread for thread in THREADS if thread["key"] == card["source"])
    steps = [source, card, *(card[step] for step in ("nominated", "published", "promoted") if step in card)]
    assert [moment(step) for step in steps] == sorted(moment(step) for step in steps)
    assert source["reach"] == "district" or card["state"] == "draft"  # nobody agreed to publish it


def test_there_are_cards_enough_in_every_state():
    states = Counter(card["state"] for card in CARDS)
    assert sum(states.values()) >= 25
    assert set(states) == set(CardState)


def test_a_village_tries_anothers_card_after_it_was_published_and_then_says_how_it_went():
    cards = {card["key"]: card for card in CARDS}
    for entry in ADOPTIONS:
        card, told = cards[entry["card"]], entry.get("result")
        assert card["village"] != entry["village"]
        assert card["published"]["days_ago"] > entry["days_ago"] > entry["due_days_ago"]
        assert any(p["unit"] == entry["village"] for p in held_on(entry["by"], entry["days_ago"]))
        if told:
            assert entry["days_ago"] > told["days_ago"] >= 1
    tries = [(entry["card"], entry["village"]) for entry in ADOPTIONS]
    assert len(set(tries)) == len(tries)
    assert {entry["result"]["result"] for entry in ADOPTIONS if "result" in entry} == {"worked", "partly", "failed"}


def test_a_panel_is_called_by_who_may_and_answered_by_who_is_called():
    threads = {thread["key"]: thread for thread in THREADS}
    assert {"outcome" in threads[panel["thread"]] for panel in PANELS} == {True, False}
    assert "panel" in {threads[panel["thread"]]["reach"] for panel in PANELS}
    for panel in PANELS:
        thread = threads[panel["thread"]]
        assert moment(panel) > moment(thread)
        asker = held_on(thread["author"], thread["days_ago"])[0]["unit"]
        offices = held_on(panel["by"], panel["days_ago"])
        assert panel["by"] == thread["author"] or any(TOWNSHIP_OF[asker] == office["unit"] for office in offices)
        after = {reply["author"] for reply, _ in replies_below(thread) if moment(reply) > moment(panel)}
        for called in panel["called"]:
            office = held_on(called["name"], panel["days_ago"])[0]
            assert office["role"] in ("secretary", "deputy", "expert")
            if "waited_for" in called:
                assert "declined" not in called
                assert called["name"] not in after
            elif "declined" in called:
                assert moment(called["declined"]) > moment(panel)
            else:
                assert called["name"] in after


def test_shelves_are_filled_with_cards_of_the_library():
    published = {card["key"] for card in CARDS if card["state"] == "published"}
    assert {entry["card"] for entry in SHELVES} <= published
    assert {entry["shelf"] for entry in SHELVES} - {"district"} <= set(TOWNSHIP_OF.values())


def test_a_report_points_at_a_post_that_was_there():
    posts = {post["key"]: post for post in POSTS if "key" in post}
    for report in REPORTS:
        assert moment(report) > moment(posts[report["post"]])
    assert any("handled" not in report for report in REPORTS)
    assert any("handled" not in suggestion for suggestion in SUGGESTIONS)


# All of it

SHAPES = [
    ("thread", THREADS, "key kind author days_ago time title body tags reach", "unit entered_by useful same revisions locked replies outcome"),
    ("reply", [reply for _, reply, _ in REPLIES], "author days_ago time body", "key unit entered_by stance useful accepted hidden held revisions replies"),
    ("outcome", [outcome for _, outcome in OUTCOMES], "by days_ago time statement rests_on actions", ""),
    ("action", [a for _, o in OUTCOMES for a in o["actions"]], "what unit due_days_ago", "person done_days_ago note"),
    ("look", [look for _, look in LOOKS], "due_days_ago", "said then"),
    ("said", [look["said"] for _, look in LOOKS if "said" in look], "result by days_ago time sentence", "entered_by"),
    ("person", PEOPLE, "name phone postings", ""),
    ("posting", [p for ps in POSTINGS.values() for p in ps], "unit role title since_days_ago", "until_days_ago"),
    ("meeting", MEETINGS, "key township month number state theme brief start end place agenda", "day in_days reason attendance minutes"),
    ("agenda", [item for meeting in MEETINGS for item in meeting["agenda"]], "kind title", "presenter thread material version"),
    ("attendance", [m["attendance"] for m in MEETINGS if "attendance" in m], "", "coming leave absent"),
    ("minutes", [m["minutes"] for m in MEETINGS if "minutes" in m], "by closed_after_days text", ""),
    ("card", CARDS, "key title village tags source author days_ago time state problem practice result suitable caution cost", "nominated published promoted"),
    ("panel", PANELS, "thread by days_ago time due_days_ago note called", ""),
    ("called", [called for panel in PANELS for called in panel["called"]], "name", "declined waited_for"),
    ("facts", FACTS, "village land population income distance", "is_relocated"),
    ("adoption", ADOPTIONS, "card village by days_ago time due_days_ago change", "entered_by result"),
    ("shelf", SHELVES, "shelf card by days_ago time note", ""),
    ("suggestion", SUGGESTIONS, "author days_ago time page body", "handled"),
    ("report", REPORTS, "by days_ago time post reason", "handled"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "rows", "required", "optional"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_rows_have_the_documented_fields_and_no_others(what, rows, required, optional):
    assert rows
    for row in rows:
        assert set(required.split()) <= set(row) <= {*required.split(), *optional.split()}, row


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.name)
def test_no_file_names_a_real_person_or_place_or_a_year(path):
    text = path.read_text(encoding="utf-8")
    assert real_names_in(text) == set()
    assert not re.search(r"20\d\d年", text)


def test_the_search_for_real_names_finds_one():
    assert real_names_in("村里查无此人。") == {"无此人"}
