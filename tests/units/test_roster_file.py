"""A roster as offices keep it becomes rows with their problems, or one clear word on what to do with the file."""

import datetime as dt
import io
import re
import time

import pytest
import time_machine
from defusedxml import EntitiesForbidden
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from forum.units.roster_file import RosterFile, RosterFileError, read_roster, template_workbook
from forum.units.roster_template import EXAMPLE
from tests.units.rosters import HEADER, LI, SHEET, WANG, archive, as_excel_writes, saved, text, with_part, xlsx
from tests.units.test_roster_cells import ANY_CELL

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.fixture(autouse=True, scope="module")
def _in_august_2026():
    with time_machine.travel(dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC), tick=True):
        yield


def read(data: bytes, filename: str = "名册.xlsx") -> RosterFile:
    return read_roster(data, filename)


def the_row(values, header=HEADER):
    (row,) = read(xlsx([header, values])).rows
    return row


def facts(roster: RosterFile):
    return [(r.line, r.township, r.area, r.village, r.name, r.phone, r.title, r.role, r.since) for r in roster.rows]


def problems(roster: RosterFile):
    return {row.line: [str(problem) for problem in row.problems] for row in roster.rows if row.problems}


def reason(data: bytes, filename: str = "名册.xlsx") -> str:
    with pytest.raises(RosterFileError) as refusal:
        read(data, filename)
    assert str(refusal.value) == str(refusal.value.message)
    return str(refusal.value)


TWO_ROWS = [
    (2, "清河镇", "东片", "柳林村", "王一", "13800000001", "党支部书记", "secretary", dt.date(2021, 3, 1)),
    (3, "清河镇", "东片", "杨庄村", "李二", "13800000002", "书记", "secretary", dt.date(2022, 5, 6)),
]


@pytest.mark.parametrize(
    "data",
    [
        xlsx([HEADER, WANG, LI]),
        as_excel_writes(xlsx([HEADER, WANG, LI])),
        *(text([HEADER, WANG, LI]).encode(encoding) for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")),
        *(text([HEADER, WANG, LI], delimiter).encode() for delimiter in (";", "\t", "|", "，")),
        text([HEADER, WANG, LI]).replace("\r\n", "\r").encode(),
        text([HEADER, WANG, LI]).replace("王", "\0王").encode(),
        text([HEADER, WANG, LI]).replace("13800000001", '"13800000001\t"').replace("李二", '="李二"').encode(),
    ],
)
@pytest.mark.parametrize("filename", ["名册.xlsx", "名册.csv", "名册.xlsm", ""])
def test_what_the_file_is_its_bytes_say(data, filename):
    roster = read(data, filename)
    assert facts(roster) == TWO_ROWS
    assert problems(roster) == {}
    assert (roster.header_row, roster.unknown_titles, roster.ignored_columns, roster.notes) == (1, [], [], [])


def test_columns_stand_in_any_order_and_extra_ones_are_ignored():
    header = ("序号", "姓名", "性别", "任职时间", "职务", "村", "管区", "镇街", "身份证号", "手机")
    row = (1, "王一", "男", "2021.3", "党支部书记", "柳林村", "东片", "清河镇", "370000", 13800000001)
    roster = read(xlsx([header, row]))
    assert facts(roster) == TWO_ROWS[:1]
    assert roster.ignored_columns == ["序号", "性别", "身份证号"]


@pytest.mark.parametrize(
    "header",
    [
        ("镇（街道）", "管理区", "村居", "书记姓名", "联系电话", "职务名称", "任现职时间"),
        ("乡镇", "片区", "村（社区）名称", "姓　名", "手机号码", "现任职务", "上任时间"),
        ("所属镇街", "所属管区", "所在村", "姓 名", "*手机（必填）", "职务：", "任职时间\n（年月）"),
        ("镇/街道", "工作片", "行政村", "名字", "电话", "党内职务", "任现职年月"),
    ],
)
def test_columns_go_by_the_names_offices_give_them(header):
    assert facts(read(xlsx([header, WANG]))) == TWO_ROWS[:1]


def test_of_two_columns_for_one_thing_the_more_exact_is_taken():
    roster = read(
        xlsx([("村", "姓名", "电话", "手机", "职务"), ("柳林村", "王一", "0539-1234567", "13800000001", "书记")])
    )
    assert roster.rows[0].phone == "13800000001"
    assert roster.ignored_columns == ["电话"]


def test_titles_stand_above_the_header_and_totals_and_signatures_below_the_rows():
    roster = read(
        xlsx(
            [
                ("清河镇村党组织书记花名册",), (), ("填报单位：清河镇", "", "", "2026年8月"), HEADER, WANG, (), HEADER, LI,
                ("合 计", "", "", 2), ("", "小计", "", 2), ("填表人：赵三", "", "", "", "审核人：钱四"), ("注：手机为本人手机",),
            ],
            merged=["A1:G1"],
        )
    )  # fmt: skip
    assert [(row.line, row.name) for row in roster.rows] == [(5, "王一"), (8, "李二")]
    assert (roster.header_row, problems(roster), roster.notes) == (4, {}, [])


def test_what_stands_above_the_header_names_no_column():
    roster = read(xlsx([("花名册",), ("序号", *HEADER), (1, *WANG)], merged=["A1:H1"]))
    assert (roster.header_row, roster.ignored_columns) == (2, ["序号"])


def test_a_row_that_names_nobody_and_no_village_is_left_out_and_said_so():
    roster = read(xlsx([HEADER, WANG, ("第一管区",), LI], merged=["A3:G3"]))
    assert [row.name for row in roster.rows] == ["王一", "李二"]
    assert [str(note) for note in roster.notes] == ["第 3 行没有村和姓名，没有读取。"]


TWO_HEADERS = [
    ("花名册",), ("镇街", "村", "书记", "", "", "主任", ""), ("", "", "手机", "姓名", "任职时间", "手机", "姓名"),
    ("清河镇", "柳林村", "13800000001", "王一", "2021.3", "13800000003", "赵三"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "title", "role"),
    [
        (xlsx(TWO_HEADERS, merged=["A1:G1", "A2:A3", "B2:B3", "C2:E2", "F2:G2"]), "书记", "secretary"),
        (text(TWO_HEADERS).encode(), "", None),  # without the merging nothing tells how far 书记 reaches
    ],
)
def test_a_header_of_two_rows_under_groups(data, title, role):
    roster = read(data)
    assert facts(roster) == [(4, "清河镇", "", "柳林村", "王一", "13800000001", title, role, dt.date(2021, 3, 1))]
    assert (roster.header_row, roster.ignored_columns) == (3, ["手机", "姓名"])


def test_merged_cells_hold_for_all_their_rows():
    rows = [
        HEADER,
        WANG,
        ("", "", *LI[2:]),
        ("", "西片", "石桥村", "赵三", "", "书记", ""),
        ("", "", "", "钱四", "", "副书记", ""),
    ]
    roster = read(xlsx(rows, merged=["A2:A5", "B2:B3", "B4:B5", "C4:C5"]))
    assert [(row.township, row.area, row.village) for row in roster.rows] == [
        ("清河镇", "东片", "柳林村"), ("清河镇", "东片", "杨庄村"), ("清河镇", "西片", "石桥村"), ("清河镇", "西片", "石桥村"),
    ]  # fmt: skip
    assert roster.notes == []


def test_cells_merged_over_several_columns_count_for_the_first():
    header = ("镇街", "", "村", "姓名", "职务")
    rows = [header, ("清河镇", "", "柳林村", "王一", "书记"), ("", "", "杨庄村", "李二", "书记")]
    roster = read(xlsx(rows, merged=["A1:B1", "A2:B3"]))
    assert [(row.township, row.area) for row in roster.rows] == [("清河镇", ""), ("清河镇", "")]


@pytest.mark.parametrize("make", [xlsx, lambda rows: text(rows).encode("gb18030")])
def test_a_unit_written_once_for_several_rows_is_filled_down_and_said_so(make):
    rows = [
        HEADER,
        WANG,
        ("", "", *LI[2:]),
        ("南湖镇", "", "石桥村", "赵三", "", "书记", ""),
        ("", "西片", "塘口村", "钱四", "", "书记", ""),
    ]
    roster = read(make(rows))
    assert [(row.township, row.area) for row in roster.rows] == [
        ("清河镇", "东片"), ("清河镇", "东片"), ("南湖镇", ""), ("南湖镇", "西片"),
    ]  # fmt: skip
    assert [str(note) for note in roster.notes] == ["第 3、5 行的镇街或管区空着，已按上面一行填写，请核对。"]


def test_in_a_column_written_out_in_full_a_blank_stays_blank():
    roster = read(xlsx([HEADER, WANG, LI, ("清河镇", "", "石桥村", "赵三", "", "书记", "")]))
    assert [row.area for row in roster.rows] == ["东片", "东片", ""]
    assert roster.notes == []


def test_a_district_office_does_not_inherit_the_township_above_it():
    roster = read(xlsx([HEADER, WANG, ("", "", "", "赵三", "13800000003", "区委组织部", "")]))
    assert roster.rows[1].township == ""


@pytest.mark.parametrize(
    ("written", "name"),
    [("张 三", "张三"), ("张　三", "张三"), ("张\u200b三\n", "张三"), ("张三（女）", "张三"), ("张三(回族)", "张三"),
     ("买买提•吐尔逊", "买买提·吐尔逊"), ("张三_x000D_", "张三"), ("\u202e张三", "张三"), ("欧 阳 修", "欧阳修")],
)  # fmt: skip
def test_a_name_without_what_only_adorns_it(written, name):
    row = the_row((*WANG[:3], written, *WANG[4:]))
    assert (row.name, row.problems) == (name, [])


def test_units_without_blanks_and_full_width_digits():
    row = the_row(("清 河　镇", "第１片区", "柳\n林村 ", *WANG[3:]))
    assert (row.township, row.area, row.village) == ("清河镇", "第1片区", "柳林村")


@pytest.mark.parametrize("phone", [13800000001, 13800000001.0, "138 0000 0001", "+86 138-0000-0001"])
@pytest.mark.parametrize(
    "since", [dt.datetime(2021, 3, 1), dt.date(2021, 3, 1), 44256, 2021.3, "2021年3月至今", 202103]
)
def test_phones_as_numbers_and_dates_in_every_form(phone, since):
    row = the_row((*WANG[:4], phone, WANG[5], since))
    assert (row.phone, row.since, row.problems) == ("13800000001", dt.date(2021, 3, 1), [])


def test_a_csv_cannot_tell_january_from_october():
    january, october = read(text([HEADER, (*WANG[:6], "2021.1"), (*LI[:6], "2021.10")]).encode()).rows
    assert (january.since, october.since) == (None, dt.date(2021, 10, 1))
    assert "分不清" in str(january.problems[0])


def test_dates_of_old_macs_are_counted_from_1904():
    def from_1904(xml: str) -> str:
        return re.sub(r"<workbookPr[^>]*/>", '<workbookPr date1904="1"/>', xml)

    data = with_part(xlsx([HEADER, (*WANG[:4], 13800000001, WANG[5], 42794)]), "xl/workbook.xml", from_1904)
    assert facts(read(data)) == TWO_ROWS[:1]


@pytest.mark.parametrize("nothing", [None, "", "无", "-", "/", " "])
def test_a_row_may_lack_phone_and_date(nothing):
    row = the_row((*WANG[:4], nothing, WANG[5], nothing))
    assert (row.phone, row.since, row.problems) == (None, None, [])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"手机": "1380000001"}, "手机号不是 11 位"), ({"手机": "13800000001/13900000001"}, "两个以上手机号"),
        ({"任职时间": "2031-1-1"}, "还没有到"), ({"任职时间": 2021.1}, "分不清是 1 月还是 10 月"), ({"任职时间": "上届"}, "看不明白"),
        ({"姓名": ""}, "没有写姓名"), ({"姓名": "空缺"}, "没有人可以导入"), ({"姓名": "王一、李二"}, "两个人"),
        ({"姓名": "王小一 李小二"}, "两个人"), ({"姓名": "王1"}, "不像姓名"), ({"姓名": "王" * 41}, "超过 40 个字"),
        ({"村": ""}, "没有写村"), ({"村": "柳" * 61}, "超过 60 个字"), ({"职务": ""}, "没有写职务"),
        ({"职务": "组织委员"}, "不是村里的职务"), ({"职务": "区委组织部"}, "不是村里的职务"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_row_is_said(changed, said):
    row = the_row([changed.get(column, value) for column, value in zip(HEADER, WANG, strict=True)])
    (problem,) = row.problems
    assert said in str(problem)
    assert str(problem).endswith("。")


def test_one_phone_for_two_names_is_wrong_but_one_person_may_hold_two_villages():
    roster = read(xlsx([HEADER, WANG, (*LI[:4], WANG[4], *LI[5:]), (*LI[:3], *WANG[3:])]))
    assert problems(roster) == {3: ["手机号与第 2 行的王一相同。"]}


def test_a_township_officer_needs_no_village():
    row = the_row(("清河镇", "", "", "赵三", "13800000003", "组织委员", ""))
    assert (row.role, row.problems) == ("organiser", [])


def test_an_unknown_title_is_kept_as_written_and_offered_for_mapping():
    rows = [
        (*WANG[:3], f"王{n}", "", title, "")
        for n, title in zip("甲乙丙丁", ("村委会 主任", "文书", "书记", "文书"), strict=True)
    ]
    roster = read(xlsx([HEADER, *rows]))
    assert [(row.title, row.role, row.problems) for row in roster.rows] == [
        ("村委会 主任", None, []), ("文书", None, []), ("书记", "secretary", []), ("文书", None, []),
    ]  # fmt: skip
    assert roster.unknown_titles == ["村委会 主任", "文书"]


@pytest.mark.parametrize(
    ("name_column", "titles", "unknown"), [("书记姓名", ["书记"], []), ("书记", ["书记"], []), ("姓名", [""], [""])]
)
def test_without_a_column_of_titles_the_header_tells_or_somebody_must(name_column, titles, unknown):
    roster = read(xlsx([("村", name_column), ("柳林村", "王一")]))
    assert ([row.title for row in roster.rows], roster.unknown_titles, problems(roster)) == (titles, unknown, {})


def test_the_first_sheet_with_a_header_is_read_and_the_others_named():
    roster = read(xlsx([("目录",), ("名册见后",)], 清河=[HEADER, WANG], 南湖=[HEADER, LI]))
    assert (roster.sheet, [row.name for row in roster.rows]) == ("清河", ["王一"])
    assert [str(note) for note in roster.notes] == ["只读取了工作表“清河”，没有读取：名册、南湖。"]


def test_hidden_sheets_are_not_read_and_hidden_rows_are_and_said_so():
    book = Workbook()
    old = book.active
    old.sheet_state = "hidden"
    shown = book.create_sheet("今年")
    for line in (HEADER, WANG, LI):
        old.append((*line[:3], "旧人", *line[4:]) if line != HEADER else line)
        shown.append(line)
    shown.row_dimensions[3].hidden = True
    roster = read(saved(book))
    assert [row.name for row in roster.rows] == ["王一", "李二"]
    assert [str(note) for note in roster.notes] == ["第 3 行在表里是隐藏的，也已读取。"]


def test_formulas_give_their_stored_result_and_its_lack_is_said():
    rows = [(*WANG[:3], "=NAME()", *WANG[4:]), (*LI[:3], "=NAME()", *LI[4:]), (*LI[:3], "赵三", "#N/A", "书记", "")]
    formula = '<c r="D2"><f>NAME()</f><v/>'
    stored = '<c r="D2" t="str"><f>NAME()</f><v>王一</v>'
    roster = read(with_part(xlsx([HEADER, *rows]), SHEET, lambda xml: xml.replace(formula, stored)))
    assert [row.name for row in roster.rows] == ["王一", "", "赵三"]
    (without_result,), (error,) = problems(roster).values()
    assert "“姓名”一格是公式，文件里没有它的结果" in without_result
    assert "“手机”一格显示的是错误" in error


def test_a_formula_that_gives_nothing_leaves_the_cell_empty():
    def compute(xml: str) -> str:
        return xml.replace(
            '<c r="B2" t="inlineStr"><is><t>东片</t></is></c>', '<c r="B2" t="str"><f>IF(1,"")</f><v/></c>'
        )

    row = read(with_part(xlsx([HEADER, WANG]), SHEET, compute)).rows[0]
    assert (row.area, row.problems) == ("", [])


def test_the_template_is_read_and_its_example_is_nobody():
    assert "没有名册内容" in reason(template_workbook())
    book = load_workbook(io.BytesIO(template_workbook()))
    book["名册"].append(WANG)
    roster = read(saved(book))
    assert (facts(roster)[0][1:], roster.ignored_columns, roster.notes) == (TWO_ROWS[0][1:], ["备注"], [])
    book["名册"]["D2"] = "王二"
    assert [(row.name, row.role, row.problems) for row in read(saved(book)).rows] == [
        ("王二", "secretary", []),
        ("王一", "secretary", []),
    ]


def test_the_template_holds_text_only():
    book = load_workbook(io.BytesIO(template_workbook()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert {dimension.number_format for sheet in book for dimension in sheet.column_dimensions.values()} == {"@"}
    assert [cell.value for cell in book["名册"][1]][:7] == list(HEADER)
    assert not [cell.value for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t"))]
    assert EXAMPLE["phone"] in [cell.value for cell in book["名册"][2]]


@pytest.mark.parametrize(
    ("data", "filename", "said"),
    [
        (OLE, "名册.xls", "另存为 xlsx"), (OLE, "名册.xlsx", "另存为 xlsx"), (b"1,2", "名册.XLS", "另存为 xlsx"),
        (xlsx([HEADER, WANG]), "名册.xls", "另存为 xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "名册.xlsx", "密码"),
        (OLE + "WordDocument".encode("utf-16-le"), "名册.doc", "Word"),
        (archive("[Content_Types].xml", "word/document.xml"), "名册.docx", "Word"),
        (archive("[Content_Types].xml", "xl/workbook.bin"), "名册.xlsb", "另存为 xlsx"),
        (archive("mimetype", "content.xml"), "名册.ods", "另存为 xlsx"),
        (archive("名册.xlsx"), "名册.zip", "先解压"),
        (xlsx([HEADER, WANG]).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"), "名册.xlsx", "密码"),
        (b"\xef\xbb\xbf <html><table><tr><td>x", "名册.xlsx", "网页格式"), (b"<?xml version='1.0'?><Workbook/>", "a", "网页格式"),
        (b"%PDF-1.7", "名册.pdf", "不是表格"), (b"\xff\xd8\xff\xe0", "名册.jpg", "不是表格"),
        (b"", "名册.xlsx", "空的"), (b" \r\n", "名册.csv", "空的"), (b"x" * (10 * 1024 * 1024 + 1), "名册.csv", "10 MB"),
        (b"\x81\xff\xff", "名册.csv", "文字编码"), (b"PK\x03\x04 nothing", "名册.xlsx", "读不出来"),
        (xlsx([HEADER, WANG])[:-400], "名册.xlsx", "读不出来"),
        ("只有一行字".encode(), "名册.csv", "没有找到表头"), (xlsx([]), "名册.xlsx", "没有找到表头"),
        (xlsx([("姓名", "手机"), ("王一", "13800000001")]), "名册.xlsx", "没有找到表头"),
        (xlsx([HEADER]), "名册.xlsx", "没有名册内容"),
        ((text([HEADER]) + '"' + "长" * 140_000).encode(), "名册.csv", "引号"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_roster_is_refused_with_what_to_do(data, filename, said):
    assert said in reason(data, filename)


def rows_of(count: int):
    return [("清河镇", f"第{n // 20}片", f"第{n}村", "王一", 13800000000 + n, "书记", "2021.3") for n in range(count)]


@pytest.mark.parametrize("make", [xlsx, lambda rows: text([map(str, row) for row in rows]).encode()])
def test_no_more_rows_than_a_district_can_have(make, monkeypatch):
    for reader in ("xlsx", "spreadsheet"):
        monkeypatch.setattr(f"forum.units.{reader}.MAX_ROWS", 50)
    assert len(read(make([HEADER, *rows_of(49)])).rows) == 49
    assert "超过" in reason(make([HEADER, *rows_of(50)]))


def test_columns_beyond_the_200th_are_not_looked_at():
    roster = read(xlsx([("",) * 200 + HEADER, HEADER, ("",) * 200 + WANG, WANG]))
    assert [row.line for row in roster.rows] == [4]


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"boom"'])
def test_xml_with_entities_is_refused_before_they_are_read(part, entity):
    def headed_by(text: str) -> bytes:
        return with_part(xlsx([HEADER, WANG]), part, lambda xml: f"{text}{xml.partition('?>')[2] or xml}")

    assert read(headed_by("<!DOCTYPE x>")).rows
    with pytest.raises(RosterFileError, match="读不出来") as refusal:
        read(headed_by(f"<!DOCTYPE x [<!ENTITY e {entity}>]>"))
    assert isinstance(refusal.value.__cause__, EntitiesForbidden)


def with_rows(xml: str) -> bytes:
    return with_part(xlsx([HEADER, WANG]), SHEET, lambda sheet: sheet.replace("</sheetData>", xml + "</sheetData>"))


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert "解压后太大" in reason(with_rows(" " * 2_000_000))


@pytest.mark.parametrize(
    ("limit", "at_most", "said"),
    [
        ("spreadsheet.MAX_UNPACKED", 5_000, "解压后太大"),
        ("xlsx.MAX_ELEMENTS", 100, "内容太多"),
        ("xlsx.MAX_CELLS", 20, "超过"),
    ],
)
def test_what_a_file_holds_is_bounded(limit, at_most, said, monkeypatch):
    data = xlsx([HEADER, *rows_of(5)])
    assert len(read(data).rows) == 5
    monkeypatch.setattr(f"forum.units.{limit}", at_most)
    assert said in reason(data)


def test_the_empty_rows_of_a_bloated_sheet_do_no_harm():
    rows = "".join(f'<row r="{n + 9}" ht="{n * n % 99_991}"><c r="A{n + 9}" s="0"/></row>' for n in range(30_000))
    assert facts(read(with_rows(rows))) == TWO_ROWS[:1]


def test_a_merged_range_may_claim_a_whole_sheet():
    def merge(xml: str) -> str:
        return xml.replace(
            "</sheetData>",
            '</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/><mergeCell ref="H:H"/></mergeCells>',
        )

    start = time.process_time()
    assert len(read(with_part(xlsx([HEADER, WANG, LI]), SHEET, merge)).rows) == 2
    assert time.process_time() - start < 2


def test_one_long_text_in_every_cell_does_not_stop_the_reading():
    data = as_excel_writes(xlsx([HEADER, *[("长" * 30_000,) * 7] * 25]))
    start = time.process_time()
    roster = read(data)
    assert len(roster.rows) == 25
    assert time.process_time() - start < 5


def test_600_villages_are_read_in_far_less_than_10_seconds():
    data = xlsx([HEADER, *rows_of(600)])
    start = time.process_time()
    roster = read(data)
    assert (len(roster.rows), problems(roster)) == (600, {})
    assert time.process_time() - start < 2


def outcome(data: bytes, filename: str) -> RosterFile | str:
    try:
        roster = read_roster(data, filename)
    except RosterFileError as error:
        return str(error)
    for row in roster.rows:
        assert all(str(problem) for problem in row.problems)
        assert "\0" not in row.name + row.village + row.title
    return roster


ANYHOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
SHEETS = st.lists(st.lists(ANY_CELL, max_size=9), max_size=6)


@ANYHOW
@given(
    st.binary(max_size=400),
    st.sampled_from(["", "PK\x03\x04", "\ufeff", "镇街,村,姓名,手机,任职时间\n"]),
    st.text(max_size=8),
)
def test_any_bytes_are_a_roster_or_refused(data, beginning, filename):
    assert outcome(beginning.encode() + data, filename)


@ANYHOW
@given(SHEETS)
def test_any_cells_under_a_header_are_rows(rows):
    def storable(cell):
        if isinstance(cell, str):
            cell = ILLEGAL_CHARACTERS_RE.sub("", cell.encode("utf-8", "ignore").decode())
            return cell[:100].lstrip("=")
        return str(cell) if isinstance(cell, int) and abs(cell) > 1e300 else cell

    book = Workbook()
    book.active.append(HEADER)
    for row in rows:
        book.active.append([storable(cell) for cell in row])
    book.active.append(WANG)
    roster = outcome(saved(book), "a.xlsx")
    assert isinstance(roster, RosterFile)
    assert roster.rows[-1].name == "王一"


WORKBOOK = xlsx([HEADER, WANG, LI], merged=["A2:A3"])


@ANYHOW
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=5))
def test_a_damaged_workbook_is_a_roster_or_refused(damage):
    content = bytearray(WORKBOOK)
    for place, value in damage:
        content[int(place * len(content))] = value
    assert outcome(bytes(content), "a.xlsx")


@ANYHOW
@given(st.floats(0, 1), st.text("<>/=\"' rtsvf0123456789ABXce", max_size=12))
def test_damaged_xml_is_a_roster_or_refused(place, junk):
    def damage(xml: str) -> str:
        cut = int(place * len(xml))
        return xml[:cut] + junk + xml[cut:]

    assert outcome(with_part(WORKBOOK, SHEET, damage), "a.xlsx")
