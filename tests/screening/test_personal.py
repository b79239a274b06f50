"""What of people stands in a text is noticed, however it is written; what only looks like it is not. The numbers are invented."""

from time import process_time

import pytest

from forum.screening.personal import PersonalKind, find_personal, mask_personal

pytestmark = pytest.mark.pure

ID, CARD, MOBILE, BIRTH = PersonalKind.IDENTITY, PersonalKind.BANK_CARD, PersonalKind.MOBILE, PersonalKind.BIRTH


def found(text: str) -> list[tuple[str, PersonalKind]]:
    return [(text[start:end], kind) for start, end, kind in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("身份证370302196503080015，", "370302196503080015", ID),
        ("身份证３７０３０２１９６５０３０８００１５", "３７０３０２１９６５０３０８００１５", ID),
        ("号码370302 19650308 0015。", "370302 19650308 0015", ID),
        ("号码370302-19650308-0015", "370302-19650308-0015", ID),
        ("号码11010519491231002X", "11010519491231002X", ID),
        ("号码11010519491231002x", "11010519491231002x", ID),
        ("号码11010519491231002Ｘ", "11010519491231002Ｘ", ID),
        ("三七〇三〇二一九六五〇三〇八〇〇一五", "三七〇三〇二一九六五〇三〇八〇〇一五", ID),
        ("叁柒零叁零贰壹玖陆伍零叁零捌零零壹伍", "叁柒零叁零贰壹玖陆伍零叁零捌零零壹伍", ID),
        ("參柒零參零貳壹玖陸伍零參零捌零零壹伍", "參柒零參零貳壹玖陸伍零參零捌零零壹伍", ID),
        ("卡号6222021234567890128", "6222021234567890128", CARD),
        ("卡号6222 0212 3456 7890 128", "6222 0212 3456 7890 128", CARD),
        ("卡号622202 1234567890128", "622202 1234567890128", CARD),
        ("卡号4111111111111111", "4111111111111111", CARD),
        ("卡号4111-1111-1111-1111", "4111-1111-1111-1111", CARD),
        ("找老李13812345678", "13812345678", MOBILE),
        ("找老李138-1234-5678。", "138-1234-5678", MOBILE),
        ("找老李138 1234 5678", "138 1234 5678", MOBILE),
        ("找老李1 3 8 1 2 3 4 5 6 7 8", "1 3 8 1 2 3 4 5 6 7 8", MOBILE),
        ("找老李+86 13812345678", "+86 13812345678", MOBILE),
        ("找老李8613812345678", "8613812345678", MOBILE),
        ("找老李１３８１２３４５６７８", "１３８１２３４５６７８", MOBILE),
        ("找老李一三八一二三四五六七八", "一三八一二三四五六七八", MOBILE),
        ("找老李幺三八幺二三四五六七八", "幺三八幺二三四五六七八", MOBILE),
        ("他1965年3月8日生，", "1965年3月8日", BIRTH),
        ("他1965年03月08日出生", "1965年03月08日", BIRTH),
        ("出生日期：1965-03-08", "1965-03-08", BIRTH),
        ("（1965.3.8出生）", "1965.3.8", BIRTH),
        ("生日是1965/3/8", "1965/3/8", BIRTH),
        ("我生于一九六五年十月二十一日", "一九六五年十月二十一日", BIRTH),
        ("生于１９６５年３月８日", "１９６５年３月８日", BIRTH),
    ],
)
def test_what_is_noticed(text: str, number: str, kind: PersonalKind) -> None:
    assert found(text) == [(number, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证370302196503080016",  # the last digit does not fit
        "号码370302196513080018",  # the thirteenth month
        "号码990302196503080015",  # no such province
        "卡号6222021234567890129",  # the last digit does not fit
        "编号7222021234567890128",  # no card begins so
        "订单4200001234202511251234567890",  # a longer number
        "设备号213812345678、138123456789",
        "座机0533-7180000，拨12345",
        "12012345678",  # no mobile begins so
        "面积15.2亩、30.5亩、20.1亩，共65.8亩",
        "投入13500元，补贴2000元，自筹1300元",
        "会议定在2025年3月8日召开",
        "这条路1965年3月8日生产队修的",
        "2025年3月8日生效",
        "1949年10月1日",
        "二〇二五年三月八日",
        "",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_several_are_found_in_their_order() -> None:
    text = "老李13812345678，身份证370302196503080015，卡6222021234567890128"
    assert [kind for _number, kind in found(text)] == [MOBILE, ID, CARD]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("证370302 19650308 0015。", "证3703＊＊ ＊＊＊＊＊＊＊＊ ＊＊＊＊。"),
        ("证11010519491231002X", "证1101＊＊＊＊＊＊＊＊＊＊＊＊＊＊"),
        ("卡6222021234567890128", "卡＊＊＊＊＊＊＊＊＊＊＊＊＊＊＊0128"),
        ("找13812345678、+86 138-1234-5678", "找138＊＊＊＊5678、+86 138-＊＊＊＊-5678"),
        ("一三八一二三四五六七八", "一三八＊＊＊＊五六七八"),
        ("他1965年3月8日生", "他1965年＊月＊日生"),
        ("没有什么", "没有什么"),
    ],
)
def test_what_a_mask_leaves(text: str, masked: str) -> None:
    assert mask_personal(text) == masked
    assert found(masked) == []


def test_no_text_keeps_it_busy() -> None:
    for text in ("13 " * 6_600, "1 " * 10_000, "6222 " * 4_000, "1965年3月" * 2_500, "3" * 20_000, "生于" * 10_000):
        began = process_time()
        find_personal(text)
        assert process_time() - began < 0.3, text[:10]
