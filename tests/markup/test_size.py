"""Texts made to keep the server busy come out whole, as plain lines or with bounded depth, and nothing is lost."""

import re

import pytest

from forum.markup import MAX_IMPORTED, excerpt, render, title_from
from forum.village_markdown import MAX_NESTING, MAX_PIECES
from tests.markup.oracle import faults


def filled(unit: str, length: int = MAX_IMPORTED) -> str:
    return (unit * (length // len(unit) + 1))[:length]


BLOCKS = [
    "> ",
    ">",
    "# ",
    "#",
    "# a\n",
    "> a\n",
    "- ",
    "- a\n",
    "1. ",
    "- a\n  - b\n    - c\n",
    "---\n",
    "====\n",
    "\n",
    "字\n",
]
TABLES = ["|", "|-|-|\n", "|a|b|\n|-|-|\n"]
INLINE = [
    "*",
    "** ",
    "*a* ",
    "*a*\n",
    "`",
    "_",
    "\\",
    "\\#",
    "&",
    "<",
    "<!--",
    "\t",
    "\u3000",
    "字",
    "\x02klzzwxh:0000\x03",
]
LINKS = ["[", "[](", "![", "[a](x", "[a](http://a.cn) ", "http://", "http://a.cn "]


@pytest.mark.parametrize("unit", BLOCKS + TABLES + INLINE + LINKS)
def test_repeated_marks(unit: str) -> None:
    text = filled(unit)
    html = render(text)
    assert faults(html) == []
    assert depth(html) <= 2 * MAX_NESTING + 4
    assert len(excerpt(text)) <= 80
    assert len(title_from(text)) <= 60


def depth(html: str) -> int:
    deepest = level = 0
    for closing, tag in re.findall(r"<(/?)(\w+)", html):
        if tag not in ("br", "hr"):
            level += -1 if closing else 1
            deepest = max(deepest, level)
    assert level == 0
    return deepest


def test_too_many_marks_are_shown_as_typed() -> None:
    assert render("**字**\n" * MAX_PIECES).count("**字**<br>") == MAX_PIECES - 1


def test_a_text_beyond_the_limit_is_shown_as_typed() -> None:
    assert render("**字**" + "字" * MAX_IMPORTED).startswith("<p>**字**字")


def test_a_long_text_of_ordinary_lines_is_read_as_markdown() -> None:
    html = render("# 标题\n\n" + "**村里**的道路去年修好了，今年想装上路灯，请教大家。\n" * 600)
    assert (html.count("<h3>"), html.count("<strong>村里</strong>"), html.count("<br>")) == (1, 600, 599)


def test_quotes_and_lists_deeper_than_the_limit_stay_text() -> None:
    quoted = render("> " * 3000 + "深")
    assert quoted.count("<blockquote>") == MAX_NESTING
    assert "&gt; &gt; 深" in quoted
    nested = render("".join(" " * 2 * level + "- 层\n" for level in range(300)))
    assert nested.count("层") == 300
    assert depth(nested) <= 2 * MAX_NESTING + 2


def test_a_quote_hidden_in_what_is_nearly_a_table_is_no_deeper() -> None:
    assert (
        render("> " * MAX_NESTING + "> " * 2000 + "`|`\n" + "> " * MAX_NESTING + "-|-").count("<blockquote>")
        == MAX_NESTING
    )


def test_a_wide_header_does_not_multiply_short_rows() -> None:
    html = render("|列" * 300 + "|\n" + "|-" * 300 + "|\n" + "|甲|\n" * 1000)
    assert html.count("<t") < 2 * MAX_PIECES
    assert html.count("甲") == 1000


def test_a_long_line_behind_a_heading_sign_is_a_paragraph() -> None:
    assert render("# " + "#" * 90_000) == "<p># " + "#" * 90_000 + "</p>"
