"""Dates, mobile numbers and titles as they stand in the cells of a roster."""

import datetime as dt
from contextlib import suppress

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from forum.units.roster_file import parse_date, parse_phone, role_of

ANY_CELL = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff")),  # no XML holds these two
    st.text("0123456789.-/年月日号起至今自〇一二十 +E~—", max_size=70),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@pytest.fixture(autouse=True)
def _in_august_2026():
    with time_machine.travel(dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(2021, 3, 15, 8, 30), dt.date(2021, 3, 15), 44270, 44270.0, 44270.75, "44270", 20210315, "20210315",
        "2021-3-15", "2021/3/15", "2021.3.15", "2021.03.15", "2021年3月15日", "2021年03月15号", " 2021 年 3 月 15 日 ",
        "２０２１．３．１５", "2021-03-15 00:00:00", "2021/3/15 8:30", "2021-03-15T00:00:00", "2021、3、15", "21.3.15",
        "二〇二一年三月十五日", "15-Mar-21", "2021.3.15至今", "自2021年3月15日起", "2021年3月15日任现职至今", "2021.3.15—",
    ],
)  # fmt: skip
def test_a_day_in_any_form(value):
    assert parse_date(value) == dt.date(2021, 3, 15)


@pytest.mark.parametrize(
    "value",
    [2021.3, 2021.03, 202103, "202103", "2021.3", "2021.03", "2021-3", "2021-03", "2021/3", "2021年3月", "2021年 3月",
     21.3, "21.3", "21年3月", "2021。3", "Mar-21", "2021年3月至今", "2021.3-今", "2021.3起", "二〇二一年三月"],
)  # fmt: skip
def test_a_month_means_its_first_day(value):
    assert parse_date(value) == dt.date(2021, 3, 1)


@pytest.mark.parametrize(
    ("value", "month"),
    [
        ("2021.1", 1),
        ("2021.10", 10),
        ("2021.12", 12),
        (2021.12, 12),
        ("2021年十月", 10),
        ("2021年十二月", 12),
        (2021.01, 1),
    ],
)
def test_the_month_is_the_one_that_was_written(value, month):
    assert parse_date(value) == dt.date(2021, month, 1)


@pytest.mark.parametrize(("value", "year"), [("98.12", 1998), ("26.8", 2026), ("71年1月", 1971)])
def test_two_digits_of_a_year_lie_in_the_past(value, year):
    assert parse_date(value).year == year


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (2021.1, "分不清是 1 月还是 10 月"), (21.1, "分不清"),
        (2021, "只写了年份"), ("2021年", "只写了年份"),
        ("2018.1-2021.3", "起止两个日期"), ("2018年1月至2021年3月", "起止两个日期"),
        ("03/05/21", "年份请写四位数"),
        ("2026-08-21", "还没有到"), (dt.datetime(2031, 1, 1), "还没有到"), ("2026.9", "还没有到"),
        ("1965年3月", "太早"), ("27.8", "太早"), (20213, "看不明白"), ("2021.13", "看不明白"), ("2021-2-30", "看不明白"), ("上届", "看不明白"),
        (0, "看不明白"), (True, "看不明白"), (None, "看不明白"), (dt.time(8), "看不明白"), (float("nan"), "看不明白"),
        (10**400, "看不明白"), ("-" * 5000 + "x", "看不明白"), ("今" * 5000, "看不明白"),
    ],
)  # fmt: skip
def test_what_is_no_certain_day_is_refused_with_the_reason(value, reason):
    with pytest.raises(ValueError, match=reason):
        parse_date(value)


def test_today_is_beijings():
    with time_machine.travel(dt.datetime(2026, 8, 20, 17, tzinfo=dt.UTC)):
        assert parse_date("2026-08-21") == dt.date(2026, 8, 21)


@pytest.mark.parametrize(
    "value",
    [
        "13800000001", 13800000001, 13800000001.0, "13800000001.0", "138 0000 0001", "138-0000-0001", "１３８０００００００１",
        "+86 138 0000 0001", "+8613800000001", "8613800000001", "0086-13800000001", "(+86)13800000001", "'13800000001",
        "13800000001（微信同号）", "手机:13800000001", "13800000001\t", "138\u30000000\u30000001", "13800000001/13800000001",
        "0539-1234567/13800000001", "13800000001、8712345",
    ],
)  # fmt: skip
def test_one_mobile_number_in_any_form(value):
    assert parse_phone(value) == "13800000001"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("13800000001/13900000002", "两个以上手机号"), ("13800000001 13900000002", "两个以上"),
        ("13800000001\n13900000002", "两个以上"), ("1380000000113900000002", "两个以上"), ("13800000001、13900000002", "两个"),
        ("1.38E+10", "科学计数"), ("1.38000E+10", "科学计数"),
        ("05391234567", "座机"), ("0539-1234567", "座机"), ("12800000001", "座机"),
        ("1380000000", "不是 11 位"), ("138000000011", "不是 11 位"), ("370000199001010011", "不是 11 位"), (138, "不是 11 位"),
        ("", "不是 11 位"), (None, "不是 11 位"), (True, "不是 11 位"), (13800000001.5, "不是 11 位"), (float("inf"), "不是 11 位"),
        (10**400, "不是 11 位"), (-13800000001, "不是 11 位"),
    ],
)  # fmt: skip
def test_what_is_not_one_mobile_number_is_refused_with_the_reason(value, reason):
    with pytest.raises(ValueError, match=reason):
        parse_phone(value)


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("secretary", "书记 村书记 支书 村支书 党支部书记 党总支书记 党委书记 党组织书记 村党支部书记 社区党委书记 支部书记 党支部委员会书记"
         " 村党委书记、村委会主任 党支部书记兼村委会主任 书记主任 书记、主任 书记/主任 书记（兼主任） 和平村党支部书记 平原村党支部书记"
         " 城关镇东山村党总支书记 联合党支部书记 党支部书记、副主任 村委会主任、党支部书记 党总支部书记"),
        ("deputy", "副书记 支部副书记 党支部副书记 党总支副书记 村党委副书记 专职副书记 副书记、村委会主任 东山村副书记 副支书"),
        ("organiser", "组织委员 组织办 组织办主任 组织办公室干事 组织干事 镇组织委员 城关镇党委组织委员 街道党工委组织委员 党建办主任"
         " 组织委员、宣传委员"),
        ("district", "组织部 区委组织部 组织部科员 县委组织部副部长"),
        ("expert", "专家 特聘专家"),
        (None, "第一书记 驻村第一书记 村第一书记 驻村书记 主任 村委会主任 妇联主任 文书 会计 村民 书记助理 村书记助理 代理书记 原书记 书记（原）"
         " 前任书记 后备书记 管区书记 片区书记 镇党委书记 镇党委副书记 街道党工委书记 区委书记 县委书记 团支部书记 团支书 村团支部书记"
         " 纪检委员 支部组织委员 村组织委员 社区组织部 管理员 系统管理员 admin 包村干部"),
    ],
)  # fmt: skip
def test_a_title_tells_the_role_only_where_it_is_certain(role, titles):
    assert {title: role_of(title) for title in titles.split()} == dict.fromkeys(titles.split(), role)


def test_blanks_and_width_in_a_title_do_not_matter():
    assert role_of(" 党 支部\u3000书记 ") == role_of("党支部书记（女）") == "secretary"
    assert role_of("") is None


@given(ANY_CELL)
def test_any_value_is_read_or_refused_in_chinese(value):
    for parse in (parse_date, parse_phone):
        with suppress(ValueError):
            assert parse(value)
            continue
        with pytest.raises(ValueError, match=r"[\u4e00-\u9fff]"):
            parse(value)


@given(st.text("村党支部总委员会书记副主任、兼（）() 第一组织", max_size=250))
def test_any_title_has_a_role_or_none(title):
    assert role_of(title) in {"secretary", "deputy", "organiser", "district", "expert", None}
