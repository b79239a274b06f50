"""The one door for text: what counts as something said."""

from collections.abc import Callable

import pytest

from forum.forms import on_one_line, tidied
from forum.text import shows_nothing
from tests.browsing import Browser
from tests.factories import World

pytestmark = pytest.mark.pure
UNSEEN = ["", "  ", "\u200b\u200d", "\u3000\n\t", "\u3164", "\u2060\u00ad "]


@pytest.mark.parametrize("text", UNSEEN)
def test_what_shows_nothing_is_nothing(text: str) -> None:
    assert shows_nothing(text)
    assert on_one_line(text) == tidied(text) == ""


@pytest.mark.parametrize("text", ["路", "\u200b路", "\U000323b0", "\ue864", "？", "👍"])
def test_one_sign_that_shows_is_enough(text: str) -> None:
    """Rare characters of names too, which this Python does not know or which lie in a private range."""
    assert not shows_nothing(text)
    assert on_one_line(text) == text


def test_a_question_of_joiners_alone_is_told_at_its_field(browse: Callable[..., Browser], world: World) -> None:
    asked = browse(world.secretary).submit("/threads/ask", {"body": "\u200b\u200d\u3164"})
    assert asked.status_code == 422
