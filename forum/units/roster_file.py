"""A roster file, read: who holds which office in which village, and what is wrong with each row.

Nothing here knows the database: finding the unit and the person, and saying what is new, is for whoever calls.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from operator import itemgetter

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.units.dates import parse_date
from forum.units.grid import MAX_ROWS, Cell, Fault, Grid, RosterFileError, text_of
from forum.units.phones import parse_phone
from forum.units.roster_header import Header, find_header
from forum.units.roster_template import EXAMPLE, NOTES_SHEET, template_workbook
from forum.units.spreadsheet import read_grids
from forum.units.titles import role_of

__all__ = [
    "RosterFile",
    "RosterFileError",
    "RosterRow",
    "parse_date",
    "parse_phone",
    "read_roster",
    "role_of",
    "template_workbook",
]

# As long as the database has room for.
_LONGEST = {"township": 60, "area": 60, "village": 60, "name": 40, "title": 40}
_LABELS = {
    "township": _l("镇街"),
    "area": _l("管区"),
    "village": _l("村"),
    "name": _l("姓名"),
    "phone": _l("手机"),
    "title": _l("职务"),
    "since": _l("任职时间"),
}
_OF_AN_ENTRY = {"village", "name", "phone", "title"}
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060]+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WIDE = str.maketrans(
    {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
)
_DOTS = re.compile(r"[•‧・．∙]")
_REMARK = re.compile(r"[(（](?:女|男|兼|\w{1,5}族)[)）]$")
_NOBODY = {"空缺", "暂缺", "缺", "无", "待定", "待选", "空"}
_NOTHING = {"", "无", "-", "--", "—", "/", "\\", "不详", "空", "暂无"}
_TOTAL = re.compile(r"[合总小共]计[::]?")
_FOOTER = re.compile(r"[合总小共]计|(?:注|备注|说明|填表|制表|填报|统计|审核|复核|联系|单位|负责)\w{0,6}[:：]")


@dataclass
class RosterRow:
    """One person's office as the file has it. ``line`` is the row number that Excel shows.

    ``problems`` says in Chinese why the row cannot be taken over as it stands; it is empty for a row that can.
    ``role`` is None for a title that somebody has to map.
    """

    line: int
    township: str
    area: str
    village: str
    name: str
    phone: str | None
    title: str
    role: str | None
    since: date | None
    problems: list[LazyString] = field(default_factory=list)


@dataclass
class RosterFile:
    """A roster as it was read.

    ``unknown_titles`` are the titles to be mapped, as written and in their order; an empty one stands for all rows of a
    file without a column for titles. ``notes`` are remarks on the file as a whole, to be shown above its rows.
    """

    rows: list[RosterRow]
    unknown_titles: list[str]
    sheet: str
    header_row: int
    ignored_columns: list[str]
    notes: list[LazyString] = field(default_factory=list)


def read_roster(data: bytes, filename: str) -> RosterFile:
    """Read a roster from the bytes of an XLSX or CSV file.

    Raises RosterFileError, with a message that says what to do, for whatever is no readable roster.
    """
    for grid in read_grids(data, filename):
        header = find_header(grid)
        if header:
            return _roster(grid, header)
    raise RosterFileError(
        _l(
            "没有找到表头。名册里要有一行写着“镇街、管区、村、姓名、手机、职务、任职时间”，至少要有“村”和“姓名”；也可以下载模板来填。"
        )
    )


def _roster(grid: Grid, header: Header) -> RosterFile:
    if grid.is_cut:
        raise RosterFileError(
            _l("表格超过 %(rows)s 行。请只保留名册内容，删掉下面的空行，或按镇街拆开后分别导入。", rows=MAX_ROWS)
        )
    notes = []
    others = [name for name in grid.others if name != NOTES_SHEET]
    if others:
        notes.append(
            _l("只读取了工作表“%(sheet)s”，没有读取：%(others)s。", sheet=grid.name, others=_("、").join(others))
        )
    rows, left_out = [], []
    for line in sorted(grid.rows):
        if line <= header.row or _is_aside(grid, line, header):
            continue
        cells = {name: grid.rows[line].get(column) for name, column in header.columns.items()}
        if any(text_of(cell) or isinstance(cell, Fault) for name, cell in cells.items() if name in _OF_AN_ENTRY):
            rows.append(_row(line, cells, header))
        else:
            left_out.append(line)
    if not rows:
        raise RosterFileError(_l("表头（第 %(line)s 行）下面没有名册内容。", line=header.row))
    if left_out:
        notes.append(_l("第 %(lines)s 行没有村和姓名，没有读取。", lines=_lines(left_out)))
    hidden = [row.line for row in rows if row.line in grid.hidden]
    if hidden:
        notes.append(_l("第 %(lines)s 行在表里是隐藏的，也已读取。", lines=_lines(hidden)))
    filled = _fill_down(rows)
    if filled:
        notes.append(_l("第 %(lines)s 行的镇街或管区空着，已按上面一行填写，请核对。", lines=_lines(filled)))
    _mark_shared_phones(rows)
    unknown = dict.fromkeys(
        row.title for row in rows if row.role is None and (row.title or "title" not in header.columns)
    )
    return RosterFile(rows, list(unknown), grid.name, header.row, header.ignored, notes)


def _is_aside(grid: Grid, line: int, header: Header) -> bool:
    """Whether a row is no entry but a total, a footer, the header once more or the template's own example."""
    texts = [text for _, cell in sorted(grid.rows[line].items(), key=itemgetter(0)) if (text := text_of(cell))]
    if not texts or _FOOTER.match(texts[0]) or any(_TOTAL.fullmatch(text.replace(" ", "")) for text in texts):
        return True
    labels = {name: text_of(grid.rows[line].get(column)) for name, column in header.columns.items()}
    return header.is_repeated_in(labels) or all(
        labels.get(name) == EXAMPLE[name] for name in ("village", "name", "phone")
    )


def _row(line: int, cells: dict[str, Cell | None], header: Header) -> RosterRow:
    texts = {name: text_of(cells.get(name)) for name in _LABELS}
    problems = [_fault(name, cell) for name, cell in cells.items() if isinstance(cell, Fault)]
    row = RosterRow(
        line=line,
        township=_unit_name(texts["township"]),
        area=_unit_name(texts["area"]),
        village=_unit_name(texts["village"]),
        name=_person_name(texts["name"]),
        phone=None,
        title="书记" if header.says_secretary else texts["title"],
        role=None,
        since=None,
        problems=problems,
    )
    row.role = role_of(row.title)
    if texts["phone"] not in _NOTHING:
        try:
            row.phone = parse_phone(cells["phone"])
        except ValueError as error:
            problems.append(error.args[0])
    if texts["since"] not in _NOTHING:
        try:
            row.since = parse_date(cells["since"])
        except ValueError as error:
            problems.append(error.args[0])
    if not isinstance(cells.get("name"), Fault):
        problems += _faults_of_name(texts["name"], row.name)
    problems += _faults_of_office(row, has_titles="title" in header.columns)
    problems += [
        _l("“%(column)s”超过 %(length)s 个字。", column=_LABELS[name], length=length)
        for name, length in _LONGEST.items()
        if len(getattr(row, name)) > length
    ]
    return row


def _fault(name: str, fault: Fault) -> LazyString:
    if fault is Fault.ERROR:
        return _l("“%(column)s”一格显示的是错误（如 #N/A），请改成文字。", column=_LABELS[name])
    return _l("“%(column)s”一格是公式，文件里没有它的结果：请复制后“粘贴为数值”，保存再上传。", column=_LABELS[name])


def _unit_name(text: str) -> str:
    return _BLANKS.sub("", text).translate(_WIDE)


def _person_name(text: str) -> str:
    text = _DOTS.sub("·", text)
    text = _BLANKS.sub("" if _HAN.search(text) else " ", text).strip()
    return _REMARK.sub("", text)


def _faults_of_name(text: str, name: str) -> Iterator[LazyString]:
    if not name:
        yield _l("没有写姓名。")
    elif name in _NOBODY:
        yield _l("姓名写的是“%(name)s”，这一行没有人可以导入。", name=name)
    elif re.search(r"[、,，/;；]", text) or (" " in text and all(len(_HAN.findall(part)) > 1 for part in text.split())):
        yield _l("“%(name)s”像是两个人的姓名：一行只写一个人。", name=text[:40])
    elif re.search(r"\d", name):
        yield _l("“%(name)s”不像姓名。", name=name[:40])


def _faults_of_office(row: RosterRow, has_titles: bool) -> Iterator[LazyString]:
    if has_titles and not row.title:
        yield _l("没有写职务。")
    if row.role in ("secretary", "deputy") and not row.village:
        yield _l("没有写村。")
    # A village's Party branch has a 组织委员 too; the township's acts for the whole township.
    if row.role in ("organiser", "district") and row.village:
        yield _l("“%(title)s”不是村里的职务，这一行却写了村：请核对。", title=row.title[:40])


def _fill_down(rows: list[RosterRow]) -> list[int]:
    """Fill the 镇街 and 管区 that are written once for several rows; return the lines that were filled.

    A column that repeats its value from one row to the next is written out in full, and a blank in it means blank.
    """
    filled = set()
    for unit in ("township", "area"):
        written = [getattr(row, unit) for row in rows]
        if any(above and above == below for above, below in pairwise(written)):
            continue
        township, last = "", ""
        for row in rows:
            if unit == "area" and row.township != township:
                township, last = row.township, ""
            last = getattr(row, unit) or last
            belongs = row.village if unit == "area" else row.role not in ("district", "expert")
            if last and belongs and not getattr(row, unit):
                setattr(row, unit, last)
                filled.add(row.line)
    return sorted(filled)


def _mark_shared_phones(rows: list[RosterRow]) -> None:
    first: dict[str, RosterRow] = {}
    for row in rows:
        if row.phone and (other := first.setdefault(row.phone, row)).name != row.name:
            row.problems.append(_l("手机号与第 %(line)s 行的%(name)s相同。", line=other.line, name=other.name))


def _lines(numbers: list[int]) -> str:
    """Line numbers as people list them: 3、5-9、12."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(start) if start == end else f"{start}-{end}" for start, end in runs[:20]]
    return _("、").join(shown + ["……"] * (len(runs) > 20))
