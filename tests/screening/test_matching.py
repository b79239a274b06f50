"""A listed word is found however it is disguised, and an honest text is left alone."""

from time import process_time

import pytest

from forum.screening.matching import Matcher, key_of, masked

pytestmark = pytest.mark.pure

WORDS = Matcher((word, word) for word in ("法轮", "假种子", "代开发票", "av", "VX123"))


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _listed in WORDS.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("有人卖假种子。", ["假种子"]),
        ("有人卖假 种　子。", ["假 种　子"]),
        ("假*种*子、假-种_子", ["假*种*子", "假-种_子"]),
        ("假\u200b种\ufe0f子", ["假\u200b种\ufe0f子"]),
        ("假。种。子", ["假。种。子"]),  # marks between all letters are no accident
        ("代\n开\n发\n票", ["代\n开\n发\n票"]),
        ("ＶＸ１２３，vx 123", ["ＶＸ１２３", "vx 123"]),
        ("看ａｖ的", ["ａｖ"]),
        ("这是好方法。轮到你说", []),  # a sentence ends between them
        ("这是好方法，轮到你说", []),
        ("都是假，种子贵", []),  # one mark of two
        ("have, avenue, vx1234", []),  # within another word
        ("", []),
        ("。。。 ***", []),
    ],
)
def test_where_a_word_is_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_words_within_words_are_all_found() -> None:
    words = Matcher((word, word) for word in ("种子", "假种子", "子弹"))
    assert [m.listed for m in words.find("假种子弹")] == ["假种子", "种子", "子弹"]


def test_a_mask_covers_the_letters_and_keeps_the_length() -> None:
    text = "卖假 种子，\n又卖假种子"
    spans = [m[:2] for m in WORDS.find(text)]
    assert masked(text, spans) == "卖＊ ＊＊，\n又卖＊＊＊"


def test_a_word_is_compared_by_its_letters() -> None:
    assert key_of(" ＶＸ-123！") == "vx123"
    assert key_of("。*") == ""


def test_five_thousand_words_in_twenty_thousand_letters_take_a_moment() -> None:
    began = process_time()
    words = Matcher((f"第{number}号{chr(0x4E00 + number)}种", number) for number in range(5_000))
    built = process_time()
    text = "村里的第四十号地没人种，大伙儿看怎么办。" * 999 + "第4999号" + chr(0x4E00 + 4999) + "种"
    assert len(text) > 19_900
    assert [m.listed for m in words.find(text)] == [4999]
    assert built - began < 0.5, "built once for each change of the list"
    assert process_time() - built < 0.1
