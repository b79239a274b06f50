"""What can be said in the search box beside plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.search.language import read
from forum.search.terms import query_terms

pytestmark = pytest.mark.pure


def parts(text: str) -> tuple[str, dict[str, str]]:
    said = read(text)
    return said.words, {piece.what: piece.value for piece in said.pieces}


@pytest.mark.parametrize(
    ("text", "words", "pieces"),
    [
        ("老人吃饭", "老人吃饭", {}),
        ("标签:养老 镇:六户 2025年 已解决 作者:柳大山", "", {"tag": "养老", "place": "六户", "year": "2025", "answered": "yes", "person": "柳大山"}),
        ("谁管饭 标签：养老", "谁管饭", {"tag": "养老"}),
        ("標籤：養老 村：神堂村 食堂", "食堂", {"tag": "养老", "place": "神堂村"}),
        ("标签 : 养老，食堂", ",食堂", {"tag": "养老"}),
        ("作者:“柳 大山” 石榴", "石榴", {"person": "柳 大山"}),
        ("２０２４年　没解决", "", {"year": "2024", "answered": "no"}),
        ("类别:经验 大棚", "大棚", {"kind": "card"}),
        ("年份:2023 大棚", "大棚", {"year": "2023"}),
        ("tag:路灯 by:柳大山", "", {"tag": "路灯", "person": "柳大山"}),
        # What only looks like it stays what it is: words.
        ("2025年新修的路", "2025年新修的路", {}),
        ("我们村:大柳", "我们村:大柳", {}),
        ("1200年 9999年", "1200年 9999年", {}),
        ("类别:什么", "类别:什么", {}),
        ("年份:明年", "年份:明年", {}),
        ("标签:", "标签:", {}),
        ("比例3:7，上午9：00", "比例3:7,上午9:00", {}),
        ("这事已解决了没有", "这事已解决了没有", {}),
    ],
)  # fmt: skip
def test_what_is_said_beside_words(text: str, words: str, pieces: dict[str, str]) -> None:
    assert parts(text) == (words, pieces)


def test_one_piece_is_taken_back_and_the_rest_stays() -> None:
    said = read("老人 标签:养老 镇:六户 吃饭")
    assert said.without(said.pieces[:1]) == "老人 镇:六户 吃饭"
    assert said.without(said.pieces[1:]) == "老人 标签:养老 吃饭"


SCRAPS = (
    "标签:",
    "镇：",
    "作者:",
    "“",
    "”",
    "2025年",
    "已解决",
    "类别:",
    " ",
    "　",
    "養",
    "路灯",
    ":",
    "\x00",
    "/",
    '"',
    "*",
)


@given(st.text(max_size=300) | st.lists(st.sampled_from(SCRAPS), max_size=40).map("".join))
def test_any_text_can_be_read_and_nothing_of_it_is_lost_or_doubled(text: str) -> None:
    said = read(text)
    ends = [0, *(place for piece in said.pieces for place in (piece.start, piece.end)), len(said.text)]
    assert ends == sorted(ends)
    assert all(piece.value for piece in said.pieces)
    assert "".join(said.words.split()) == "".join(
        "".join(said.text[a:b] for a, b in zip(ends[::2], ends[1::2], strict=True)).split()
    )
    query_terms(said.words)
