"""What changed in a text is shown to the character, nothing is lost, and no text takes long."""

from random import Random
from time import process_time

import pytest

from forum.differences import Fate, compare, passages

pytestmark = pytest.mark.pure


def told(before: str, after: str) -> list[list[str]]:
    """The shown lines, removed words in [-…-] and added ones in [+…+]."""
    marks = {Fate.KEPT: "{}", Fate.REMOVED: "[-{}-]", Fate.ADDED: "[+{}+]"}
    return [
        ["".join(marks[p.fate].format(p.text) for p in line) for line in passage.lines]
        for passage in passages(before, after)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("租给王家，租金500元。", "租给王家，租金580元。", "租给王家，租金[-500-][+580+]元。"),
        ("有30亩地，一年500元。", "有50亩地，一年800元。", "有[-30-][+50+]亩地，一年[-500-][+800+]元。"),
        ("先开会。再签字。", "先开会，再请老人来看。再签字。", "先开会[+，再请老人来看+]。再签字。"),
        ("路修好了。", "路修好了。水也通了。", "路修好了。[+水也通了。+]"),
        ("路修好了。水也通了。", "水也通了。", "[-路修好了。-]水也通了。"),
        ("原来的话", "完全不同", "[-原来的话-][+完全不同+]"),
        ("", "写上了", "[+写上了+]"),
    ],
)
def test_a_changed_line_says_what_went_and_what_came(before: str, after: str, expected: str) -> None:
    assert told(before, after) == [[expected]]


def test_lines_far_from_a_change_are_left_out_and_counted() -> None:
    before = [f"第{n}行" for n in range(20)]
    after = [*before[:3], "第三行", *before[4:15], *before[16:]]
    shown = passages("\n".join(before), "\n".join(after))
    assert [passage.left_out for passage in shown] == [2, 9]
    assert told("\n".join(before), "\n".join(after)) == [
        ["第2行", "第[-3-][+三+]行", "第4行"],
        ["第14行", "[-第15行-]", "第16行"],
    ]


def test_nothing_is_shown_where_only_breaks_and_blanks_differ() -> None:
    assert passages("一\n\n二", "一\n二 ") == ()
    assert passages("一样", "一样") == ()


def test_both_texts_can_be_read_back_from_what_is_shown() -> None:
    random = Random(7)
    for _turn in range(200):
        before, after = ("".join(random.choices("水路3，。\n ", k=random.randrange(40))) for _side in range(2))
        pieces = compare(before, after)
        assert "".join(p.text for p in pieces if p.fate is not Fate.ADDED) == before
        assert "".join(p.text for p in pieces if p.fate is not Fate.REMOVED) == after


@pytest.mark.parametrize("signs", ["。", "a，", "甲乙，。\n", "水路山田村镇，"])
def test_no_two_texts_take_long(signs: str) -> None:
    random = Random(3)
    for length in (20_000, 1_500):
        before, after = ("".join(random.choices(signs, k=length)) for _side in range(2))
        began = process_time()
        passages(before, after)
        assert process_time() - began < 1
