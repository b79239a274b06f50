"""Whatever is typed is a question: by words, by meaning too, beside the keys of the query language, and half-typed."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.search.follower import make_vectors
from forum.search.suggestions import suggestions
from forum.tags.models import Tag
from forum.text import clean
from tests.factories import World, make_thread, save

SIGNS = '乡村路灯 5G"*():+-^~[]{}\\/&|!<>%_\x00\ud800怎么办'
KEYS = [
    *("标签:", "镇：", "村:", "作者：", "年份:", "类别:", "2025年", "9999年", "已解决", "经验卡"),
    *("“", "”", "「", "養老", "前柳村", "柳大山", "路灯", "、", " ", "　", "\u200b", "\u0301", "㎡", "\ufffe", "𠮷"),
]
texts = (
    st.text(max_size=2000) | st.text(SIGNS, max_size=100) | st.lists(st.sampled_from(KEYS), max_size=30).map("".join)
)
arguments = st.dictionaries(
    st.sampled_from(["kind", "tag", "township", "unit", "author", "year", "answered", "since", "page", "narrow"]),
    st.text(max_size=50) | st.sampled_from(["card", "yes", "1", "light", "2026-01-31"]),
    max_size=3,
)


@pytest.fixture(params=["by words", "by both"])
def asker(request: Any, browse: Any, world: World, indexed: Callable[[], None]) -> Any:
    bag = request.getfixturevalue("bag") if request.param == "by both" else None
    save(Tag(code="light", name="养老"))
    make_thread(world.secretary, "乡村路灯 5G", "振兴")
    indexed()
    while bag and make_vectors():
        pass
    indexed()
    browser = browse(world.secretary)
    assert browser.get("/search?q=路灯").status_code == 200
    assert bag is None or bag.asked == ["路灯"]
    return browser


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, more=arguments)
def test_any_text_is_a_query(asker: Any, world: World, text: str, more: dict[str, str]) -> None:
    query = {name: value.encode("utf-8", "replace") for name, value in ({"q": text} | more).items()}
    assert asker.get("/search", query_string=query).status_code == 200
    with current_app.test_request_context():
        suggestions(world.secretary, clean(text))
