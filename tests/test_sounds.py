"""How names sound."""

import pytest

from forum.sounds import LENGTH, MOST, sounds_of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("柳大山", ["liudashan", "lds"]),
        ("单雄信", ["shanxiongxin", "sxx"]),  # a surname is read in its own way, so every way is kept
        ("吕家楼村", ["lvjialoucun", "ljlc"]),
        ("第3生产队", ["di3shengchandui", "d3scd"]),
        ("Müller·柳", ["müllerliu"]),
    ],
)
def test_a_name_is_heard_whole_and_by_initials(name: str, heard: list[str]) -> None:
    assert set(heard) <= set(sounds_of(name).split())


def test_no_name_sounds_longer_than_its_column() -> None:
    assert sounds_of("") == sounds_of("·") == ""
    assert len(sounds_of("单" * 60)) <= LENGTH
    assert len(sounds_of("单单").split()) <= 2 * MOST
