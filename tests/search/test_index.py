"""What the index finds, and how its writer changes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search import index as engine
from forum.search.documents import Doc, Filters
from forum.search.generations import WriterBusy
from forum.search.index import Reader, open_reader, open_writer, rebuild
from tests.search.builders import build, card, change, found, reply, thread


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("路灯", {1, 2}),
        ("灯", {1, 2, 3}),
        ("路 灯", {1, 2}),
        ("ｗｉｆｉ", {4}),
        ("5g", {4}),
        ('text:路灯 AND -坏 "*', {1, 2}),
        ("请问", set()),
        ("？", set()),
        ("", set()),
    ],
)
def test_one_character_two_characters_and_words_are_found(tmp_path: Path, query: str, numbers: set[int]) -> None:
    docs = [thread(1, "路灯不亮"), thread(2, "修路灯"), thread(3, "灯笼"), thread(4, "村里的WiFi和5G")]
    hits = build(tmp_path, *docs).search(query)
    whole = {hit.id for hit in hits if hit.score > hits[0].score / 3}  # beside those that share one character
    assert whole == numbers if len(query) != 1 else {hit.id for hit in hits} == numbers


def test_more_of_the_question_ranks_higher_and_so_does_the_title(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "灯", "水渠" * 9), thread(2, "水渠", "路灯坏了"), thread(3, "路灯坏了", "水渠"))
    assert found(reader, "路灯坏了怎么办") == [("thread", 3), ("thread", 2), ("thread", 1)]


def test_a_character_that_stands_nearly_everywhere_counts_only_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = [thread(0, "村里的灯"), *(thread(number, "村里的渠") for number in range(1, 10))]
    assert len(found(build(tmp_path, *docs), "村灯")) == 10
    monkeypatch.setattr(engine, "FEW", 5)
    reader = open_reader(tmp_path)
    assert found(reader, "村灯") == [("thread", 0)]
    assert {hit.score for hit in reader.among([("thread", 0), ("thread", 1)], "村灯")} == {
        0,
        reader.search("灯")[0].score,
    }
    assert len(found(reader, "村")) == len(reader.matches("村")) == 10


def test_a_title_is_written_twice_but_once_before_a_body_that_begins_with_it(tmp_path: Path) -> None:
    same = build(tmp_path, thread(1, "修路灯", "修路灯，要钱"), thread(2, "", "修路灯，修路灯，要钱")).search("路灯")
    assert same[0].score == same[1].score
    same = build(tmp_path, thread(1, "修路灯", "要钱"), thread(2, "", "修路灯，修路灯，要钱")).search("路灯")
    assert same[0].score == same[1].score


def test_a_reply_is_found_by_its_thread_s_title_and_its_own_words_together(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯坏了"), reply(2, 1, "找供电所", title="路灯坏了"), thread(3, "供电所"))
    assert found(reader, "路灯坏了找供电所")[0] == ("post", 2)


def test_ten_replies_of_one_thread_are_one_result_with_the_best_of_them(tmp_path: Path) -> None:
    replies = [reply(number, 1, f"路灯{'水渠' * number}") for number in range(2, 12)]
    reader = build(
        tmp_path, thread(1, "求助"), *replies, thread(20, "别的事", "说到路灯" + "水渠" * 30), card(1, "路灯" * 3)
    )
    hits = reader.search("路灯")
    assert [(hit.kind, hit.id, hit.group) for hit in hits] == [("card", 1, 1), ("post", 2, 1), ("thread", 20, 20)]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path) -> None:
    docs = [
        doc
        for n in range(1, 31)
        for doc in (thread(n, "路灯" + "渠" * n), *(reply(100 * n + r, n, "路灯") for r in range(5)))
    ]
    reader = build(tmp_path, *docs)
    whole = reader.search("路灯", limit=100)
    assert len({hit.group for hit in whole}) == len(whole) == 30
    assert [hit for start in range(0, 40, 7) for hit in reader.search("路灯", limit=7, offset=start)] == whole
    assert reader.search("路灯", limit=10, offset=10**12) == []


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, {1, 2, 3}),
        ({"kinds": ["card"]}, {3}),
        ({"kinds": ["thread", "card"]}, {1, 2, 3}),
        ({"thread_kinds": ["question"]}, {1}),
        ({"tags": [7]}, {1, 3}),
        ({"tags": [7, 8]}, {1, 2, 3}),
        ({"townships": [1]}, {1, 3}),
        ({"years": [2023]}, {2}),
        ({"answered": True}, {2}),
        ({"answered": False}, {1, 3}),
        ({"tags": [7], "townships": [1], "answered": False, "kinds": ["thread"]}, {1}),
        ({"tags": [9]}, set()),
        ({"tags": [2**63]}, set()),
    ],
)
def test_filters_decide_and_leave_the_score_alone(tmp_path: Path, filters: dict[str, Any], numbers: set[int]) -> None:
    reader = build(
        tmp_path,
        thread(1, "修路灯", tags=[7, 5], township=1, thread_kind="question"),
        thread(2, "修路灯", tags=[8], year=2023, answered=True, thread_kind="share"),
        card(3, "修路灯", tags=[7], township=1),
    )
    scores = {hit.id: hit.score for hit in reader.search("路灯")}
    assert {hit.id: hit.score for hit in reader.search("路灯", Filters(**filters))} == {n: scores[n] for n in numbers}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return build(tmp_path_factory.mktemp("index"), thread(1, "乡村路灯 5G", "振兴"), card(2, "路"))


@given(query=st.text(max_size=2000) | st.text(alphabet='乡村路灯 5G"*():+-^~[]{}\\/&|!<>AND', max_size=100))
def test_any_text_is_a_query(small: Reader, query: str) -> None:
    assert len(small.search(query)) <= 2


def test_a_very_long_query_is_asked_by_its_beginning(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"))
    rest = " ".join(f"w{number}" for number in range(100_000))
    assert found(reader, f"路灯 {rest}") == [("thread", 1)]
    assert found(reader, f"{rest} 路灯") == []


def test_a_change_shows_with_its_commit_and_not_before(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"))
    assert found(reader, "水渠") == []
    with open_writer(tmp_path) as writer:
        writer.apply([thread(1, "水渠"), thread(2, "水渠", "和"), thread(3, "水渠", "很长的水渠")], [("thread", 3)])
        assert found(reader, "水渠") == []
        writer.commit({})
        assert found(reader, "路灯") == []
        assert sorted(found(reader, "水渠")) == [("thread", 1), ("thread", 2), ("thread", 3)]
        writer.apply([], [("thread", 2), ("card", 1), ("thread", 99)])
        writer.commit({})
    assert sorted(found(reader, "水渠")) == [("thread", 1), ("thread", 3)]


def test_applying_the_same_again_changes_nothing(tmp_path: Path) -> None:
    reader = build(tmp_path, thread(1, "路灯"), thread(1, "路灯"))
    change(tmp_path, thread(1, "路灯"), thread(2, "路灯"), thread(2, "路灯"))
    change(tmp_path, thread(1, "路灯"), thread(2, "路灯"), thread(2, "路灯"))
    assert sorted(found(reader, "路灯")) == [("thread", 1), ("thread", 2)]


def test_the_state_goes_with_the_commit(tmp_path: Path) -> None:
    reader = build(tmp_path, state={"upto": 1})
    with open_writer(tmp_path) as writer:
        assert writer.state() == {"upto": 1}
        writer.apply([thread(1, "路灯")])
        writer.commit({"upto": 2, "late": [1, 3]})
        writer.apply([thread(2, "路灯")])  # never committed
    assert reader.state() == {"upto": 2, "late": [1, 3]}
    assert found(reader, "路灯") == [("thread", 1)]
    assert found(reader, "state") == []


def test_an_error_of_the_caller_is_told_as_his(tmp_path: Path) -> None:
    def broken() -> Iterator[Doc]:
        yield thread(1, "路灯")
        raise OSError("the database is away")

    build(tmp_path)
    with pytest.raises(OSError, match="database"), open_writer(tmp_path) as writer:
        writer.apply(broken())


@pytest.mark.parametrize("second", [open_writer, rebuild])
@pytest.mark.parametrize("first", [open_writer, rebuild])
def test_a_second_writer_is_refused(tmp_path: Path, first: Any, second: Any) -> None:
    build(tmp_path, thread(1, "路灯"))
    with first(tmp_path) as writer:
        with pytest.raises(WriterBusy), second(tmp_path):
            pass
        writer.commit({})
    with second(tmp_path) as writer:
        writer.commit({})
