"""How text is cut, what a query asks for, and where its words stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search import sayings
from forum.search.terms import LONG_TEXT, LONGEST_WORD, index_terms, match_spans, part_with, query_terms, snippet

# Any Unicode, and often enough the characters that the rules are about.
ANY_TEXT = st.text(max_size=2000) | st.text(
    alphabet="乡村振兴怎么办的吗 \u3000\u200b\nＡa5５①㎡İﬀ\u0301。", max_size=200
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("，。！ \n", []),
        ("村", ["村"]),
        ("乡村", ["乡", "村", "乡村"]),
        ("村集体", ["村", "集", "体", "村集", "集体"]),
        ("路，灯", ["路", "灯"]),
        ("路 \u3000\n灯", ["路", "灯", "路灯"]),
        ("路\u200b灯", ["路", "灯", "路灯"]),
        ("5G 基站", ["5g", "基", "站", "基站"]),
        ("５Ｇ", ["5g"]),
        ("Wi Fi", ["wi", "fi"]),
        ("第12号", ["第", "12", "号"]),
        ("灯、灯", ["灯", "灯"]),
        ("𠮷々〇", ["𠮷", "々", "〇", "𠮷々", "々〇"]),
        ("a" * 500, ["a" * LONGEST_WORD]),
    ],
)
def test_text_is_cut_into_characters_pairs_and_words(text: str, terms: list[str]) -> None:
    assert index_terms(text) == terms


@pytest.mark.parametrize(
    ("spoken", "plain"),
    [
        ("请问路灯坏了怎么办？", "路灯坏了"),
        ("咋 整路灯", "路灯"),
        ("有没有路灯", "路灯"),
        ("想问一下，路灯归谁管呢？", "路灯归谁管"),
        ("反映路灯问题", "路灯"),
        ("怎么办理路灯", "办理路灯"),
        ("工程的目的", "工程。目的"),
        ("路灯路灯", "路灯，灯路"),
    ],
)
def test_a_spoken_question_asks_for_what_it_is_about(spoken: str, plain: str) -> None:
    assert set(query_terms(spoken)) == set(query_terms(plain)) == set(index_terms(plain))


def test_a_dropped_word_does_not_join_its_neighbours() -> None:
    assert "灯路" not in query_terms("灯怎么路")


@pytest.mark.parametrize("query", ["怎么办", "请问", "的", "有没有"])
def test_a_query_of_nothing_but_stop_words_keeps_them(query: str) -> None:
    assert set(query_terms(query)) == set(index_terms(query))


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("村里的路灯坏了", "路灯", ["路灯"]),
        ("路灯线路", "路灯线", ["路灯线"]),
        ("公路边的路灯", "路灯", ["路灯"]),
        ("公路", "路灯", ["路"]),
        ("路灯，路灯。", "请问路灯怎么办", ["路灯", "路灯"]),
        ("路 灯", "路灯", ["路 灯"]),
        ("装５Ｇ，装5g", "5G", ["５Ｇ", "5g"]),
        ("一百㎡地", "M2", ["㎡"]),
        ("İstanbul 路灯", "路灯", ["路灯"]),
        ("路灯", "？", []),
        ("", "路灯", []),
        ("水渠", "路灯", []),
    ],
)
def test_matches_are_shown_in_the_original_text(text: str, query: str, shown: list[str]) -> None:
    assert [text[start:end] for start, end in match_spans(text, query)] == shown


@pytest.mark.parametrize(
    ("text", "query", "shown"), [("公路", "路灯", []), ("公路边的路灯", "路灯", ["路灯"]), ("路，5G", "路 5G", ["5G"])]
)
def test_single_characters_are_left_out_where_they_would_only_disturb(text: str, query: str, shown: list[str]) -> None:
    assert [text[start:end] for start, end in match_spans(text, query, characters=False)] == shown


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        ("路灯坏了", "路灯坏了", ["路灯"]),
        ("水" * 100 + "。路灯坏了" + "渠" * 100, "…路灯坏了" + "渠" * 16 + "…", ["路灯"]),
        ("路" + "水" * 100 + "路灯", "…" + "水" * 18 + "路灯", ["路灯"]),
        ("水" * 100, "水" * 20 + "…", []),
        ("路灯" + "水" * 100 + "。修路灯杆" + "渠" * 100, "…修路灯杆" + "渠" * 16 + "…", ["路灯杆"]),
    ],
)
def test_a_snippet_shows_the_best_part(text: str, part: str, shown: list[str]) -> None:
    query = "路灯杆" if "杆" in text else "路灯"
    found, spans = snippet(text, match_spans(text, query), length=20)
    assert found == part
    assert [found[start:end] for start, end in spans] == shown


@given(text=ANY_TEXT)
def test_terms_are_never_split_by_the_index_nor_lost_to_a_query(text: str) -> None:
    terms = index_terms(text)
    assert " ".join(terms).split() == terms
    assert set(query_terms(text)) <= set(terms)
    assert bool(query_terms(text)) == bool(terms)


@given(text=ANY_TEXT, query=ANY_TEXT)
def test_spans_lie_in_the_text_in_order_and_apart(text: str, query: str) -> None:
    places = [place for span in match_spans(text, query) for place in span]
    assert places == sorted(set(places))
    assert not places or (places[0] >= 0 and places[-1] <= len(text))


@given(text=ANY_TEXT, query=ANY_TEXT, length=st.integers(1, 200))
def test_a_snippet_is_a_part_of_the_text_with_spans_inside_it(text: str, query: str, length: int) -> None:
    part, spans = snippet(text, match_spans(text, query), length)
    inner = part if len(text) <= length else part.removeprefix("…").removesuffix("…")
    assert inner in text
    assert len(inner) <= length
    assert all(0 <= start < end <= len(part) for start, end in spans)
    assert bool(spans) == bool(match_spans(text, query))


def test_of_a_long_text_the_part_with_the_words_is_looked_at() -> None:
    text = "路边的树。" * 3000 + "潜水泵坏了。" + "河里的水。" * 3000
    part = part_with(text, "怎么修潜水泵")
    assert "潜水泵坏了" in part
    assert len(part) == LONG_TEXT
    assert snippet(part, match_spans(part, "怎么修潜水泵"))[0].startswith("…")


@pytest.mark.parametrize("query", ["", "的", "天", "翡翠", "(", "[a"])
def test_of_a_long_text_without_the_words_the_beginning_is_looked_at(query: str) -> None:
    text = "路边的树。" * 3000
    assert part_with(text, query) == text[:LONG_TEXT]
    assert part_with("短", query) == "短"


@pytest.mark.parametrize(
    ("query", "also"),
    [
        ("三资怎么清", {"资金", "资产", "资源"}),
        ("资产怎么清", set()),  # the long word does not look for the office's
        ("棒子卖不动", {"玉米", "苞米"}),
        ("１２３４５老打来", {"热线", "投诉"}),
        ("玉米棒子", {"苞米"}),
        ("路上", set()),
    ],
)
def test_the_same_said_in_other_words_is_asked_for_too(query: str, also: set[str]) -> None:
    plain, more = query_terms(query, others=False), query_terms(query)
    assert more[: len(plain)] == plain
    assert also <= set(more) - set(plain)
    assert all(len(term) > 1 for term in more[len(plain) :])
    assert bool(also) == (len(more) > len(plain))


def test_no_word_of_the_list_stands_for_itself() -> None:
    others, _known = sayings._list()
    assert len(others) > 60
    assert [word for word, rest in others.items() if word in rest or not rest] == []
