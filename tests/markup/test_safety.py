"""Nothing that people type becomes more than text and a few harmless tags."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum import markup, village_markdown
from tests.markup.oracle import faults
from tests.markup.vectors import VECTORS

MARKS = [
    *"*_`[]()!<>#|-\\&;:\"'",
    "**",
    "> ",
    "- ",
    "1. ",
    "|-|",
    "\n",
    "\n\n",
    "    ",
    "\u3000",
    "\x02",
    "\x03",
    "https://a.cn",
    "<script>",
]
marked_text = st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=30).map("".join)
any_text = st.text(st.characters(exclude_categories=[])) | marked_text


def test_there_are_enough_vectors() -> None:
    assert len(set(VECTORS)) == len(VECTORS) >= 300


def test_no_vector_gets_through() -> None:
    for vector in VECTORS:
        html = markup.render(vector)
        assert faults(html) == [], vector
        assert markup._SANITIZER.clean(html) == html, vector


def test_markdown_alone_makes_no_tag_of_typed_html() -> None:
    for vector in VECTORS:
        assert faults(village_markdown.to_html(vector)) == [], vector


def test_the_sanitiser_alone_lets_no_vector_through() -> None:
    for vector in VECTORS:
        assert faults(markup._SANITIZER.clean(vector.replace("\ud83c", ""))) == [], vector


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<p>x</p>", []),
        ("<img src=x>", ["<img>", "img src=x"]),
        ("<p class=x>", ["p class=x"]),
        ('<a href="JavaScript:x" rel="nofollow ugc noopener">', ["a href=JavaScript:x"]),
        ("<!-- x -->", ["comment  x "]),
    ],
)
def test_the_oracle_sees(html: str, wrong: list[str]) -> None:
    assert faults(html) == wrong


@settings(max_examples=150, deadline=None)
@given(any_text)
def test_any_text_comes_out_clean(text: str) -> None:
    html = markup.render(text)
    assert faults(html) == []
    assert markup._SANITIZER.clean(html) == html
    assert not any("\ud800" <= sign <= "\udfff" for sign in html)


@settings(max_examples=100, deadline=None)
@given(any_text, st.integers(1, 100))
def test_any_text_has_an_excerpt_and_a_title_of_one_line(text: str, length: int) -> None:
    for line in (markup.excerpt(text, length), markup.title_from(text, length)):
        assert len(line) <= length
        assert len(line.splitlines()) <= 1


@settings(max_examples=100, deadline=None)
@given(any_text, st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))))
def test_highlighting_only_adds_marks(text: str, spans: list[tuple[int, int]]) -> None:
    marked = markup.highlight(text, spans)
    assert marked.replace("<mark>", "").replace("</mark>", "") == markup.highlight(text, [])
    assert markup.highlight(text, []).unescape() == text
