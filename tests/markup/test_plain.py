"""Bodies as one line, first lines as titles, words marked in the original text."""

import pytest
from markupsafe import Markup

from forum.markup import below_title, excerpt, highlight, stored, title_from


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("  \n ", ""),
        ("# 修路\n\n　　村里**道路**不平，\n- 雨天积水", "修路 村里道路不平， 雨天积水"),
        ("看[官网](https://a.cn/x)和`代码`", "看官网和代码"),
        ("<b>5 < 6 & 7</b> &lt;", "<b>5 < 6 & 7</b> &lt;"),
        ("|村|亩|\n|-|-|\n|甲|3|", "村 亩 甲 3"),
        ("字" * 80, "字" * 80),
        ("字" * 81, "字" * 79 + "…"),
        ("[字](https://a.cn/" + "x" * 400 + ")", ("[字](https://a.cn/" + "x" * 80)[:79] + "…"),
    ],
)
def test_excerpt(text: str, line: str) -> None:
    assert excerpt(text) == line


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", ""),
        ("\n\n  \n", ""),
        ("村里路灯坏了怎么办\n已经坏了三个月", "村里路灯坏了怎么办"),
        ("\r\n　　村里路灯坏了怎么办？\r\n请教", "村里路灯坏了怎么办？"),
        ("# **路灯**坏了", "路灯坏了"),
        ("---\n\n> 路灯", "路灯"),
        ("1. 路灯坏了\n2. 没人修", "路灯坏了"),
        ("#1号楼漏水", "#1号楼漏水"),
        ("？？", "？？"),
        ("村里有三十亩荒地想流转。" + "请问怎么定价，" * 10 + "谢谢！", "村里有三十亩荒地想流转。"),
        ("村里有三十亩荒地，去年就想流转出去。" + "请问怎么定价，" * 10, "村里有三十亩荒地，去年就想流转出去。"),
        ("大家好！" + "字" * 80, "大家好！" + "字" * 55 + "…"),
    ],
)
def test_title(text: str, title: str) -> None:
    assert title_from(text) == title


def test_a_title_may_be_shorter() -> None:
    assert title_from("村里有三十亩荒地想流转", length=6) == "村里有三十…"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("路灯坏了\n三个月了", "三个月了"),
        ("路灯坏了", ""),
        ("\n　　路灯坏了？\n\n三个月了", "\n三个月了"),
        ("# **路灯**坏了\n- 三个月了", "- 三个月了"),
    ],
)
def test_the_line_that_became_the_title_is_not_shown_again_below_it(text: str, rest: str) -> None:
    assert below_title(text, title_from(text)) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "大家好！" + "字" * 80,
        "村里有三十亩荒地想流转。" + "请问怎么定价，" * 10,
        "看[官网](https://a.cn/x)\n怎么报名",
        "https://a.cn/x\n怎么报名",
        "1. 路灯坏了\n2. 没人修",
        "> 路灯坏了\n请教",
        "|村|亩|\n|-|-|\n|甲|3|",
        "---\n路灯坏了",
    ],
)
def test_a_first_line_that_says_more_than_the_title_stays(text: str) -> None:
    assert below_title(text, title_from(text)) == text
    assert below_title("路灯坏了\n三个月了", "求助") == "路灯坏了\n三个月了"


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("路灯坏了", [], "路灯坏了"),
        ("路灯坏了", [(0, 2)], "<mark>路灯</mark>坏了"),
        ("路灯坏了", [(2, 4), (0, 1)], "<mark>路</mark>灯<mark>坏了</mark>"),
        ("路灯坏了", [(0, 2), (1, 3), (3, 4)], "<mark>路灯坏了</mark>"),
        ("路灯坏了", [(-3, 1), (3, 99), (2, 2), (3, 1)], "<mark>路</mark>灯坏<mark>了</mark>"),
        ("<b>&", [(0, 1), (3, 4)], "<mark>&lt;</mark>b&gt;<mark>&amp;</mark>"),
        ("&amp;", [(1, 2)], "&amp;<mark>a</mark>mp;"),
        ("<script>", [(1, 7)], "&lt;<mark>script</mark>&gt;"),
    ],
)
def test_highlight(text: str, spans: list[tuple[int, int]], html: str) -> None:
    assert highlight(text, spans) == Markup(html)


def test_only_what_was_stored_is_taken_for_html() -> None:
    assert stored("<p>字</p>").__html__() == "<p>字</p>"
