"""Which row of a sheet is its header, and which column holds what."""

import re
import unicodedata
from dataclasses import dataclass

from forum.units.grid import Grid

HEADER_WITHIN = 40
"""The filled rows of a sheet in which its header is looked for: above it stand titles and instructions."""

# What offices call the columns; of two columns for one field the name that stands first here wins.
_NAMES = {
    "township": "镇街 镇街道 乡镇街道 镇乡街道 乡镇 街镇 镇办 乡镇办 镇街办 镇 街道 乡 镇名 街道办事处",
    "area": "管区 管理区 工作片区 片区 工作片 片 党建片区 管区片区 管理片区",
    "village": "村 村居 村社区 村名 行政村 建制村 村庄 社区 行政村社区 村居社区 村别",
    "name": "姓名 书记姓名 村书记姓名 支部书记姓名 党支部书记姓名 党组织书记姓名 村党组织书记姓名 负责人姓名 人员姓名"
    " 名字 书记 村书记 支部书记 党支部书记 党组织书记 村党组织书记 现任书记 负责人",
    "phone": "手机 手机号 手机号码 移动电话 手机电话 电话手机 联系手机 本人手机 联系电话 联系方式 电话 电话号码 联系号码",
    "title": "职务 职务名称 现任职务 担任职务 现职务 党内职务 村内职务 岗位 职位",
    "since": "任现职时间 任现职日期 任现职年月 任现职务时间 任书记时间 任村书记时间 任党组织书记时间 任支部书记时间"
    " 任职时间 任职日期 任职年月 任职起始时间 任职开始时间 开始任职时间 上任时间 到任时间 就任时间 当选时间",
}
_FIELD_OF = {name: (field, rank) for field, names in _NAMES.items() for rank, name in enumerate(names.split())}
_REMARK = re.compile(r"\([^()]*\)")
_ASIDE = re.compile(r"[\W_]+")
_WORDING = re.compile(r"^(?:所属|所在|隶属|归属)|(?:名称|全称)$")


@dataclass(frozen=True)
class Header:
    """Where a sheet's columns are: field → column number, with the row in which the header ends."""

    row: int
    columns: dict[str, int]
    ignored: list[str]
    says_secretary: bool
    """There is no column for titles, and that of the names is headed 书记."""

    def is_repeated_in(self, labels: dict[str, str]) -> bool:
        """Whether a row, given as field → text, says the header once more, as printed pages do."""
        return sum(_field_and_rank(text)[0] == field for field, text in labels.items() if text) >= 2


def find_header(grid: Grid) -> Header | None:
    """The header among the first rows of a sheet, of one or two rows; None where no row names people and their places."""
    found = []
    for row in sorted(grid.rows)[:HEADER_WITHIN]:
        upper, lower = grid.labels(row), grid.labels(row + 1)
        finer = {column: text for column, text in lower.items() if _field_and_rank(text)[0]}
        for last, labels in ((row, upper), (row + 1, upper | finer)):
            columns = _columns(labels)
            if "name" in columns and ("village" in columns or len(columns) >= 3):
                found.append((len(columns), last == row, last, columns, labels))
    if not found:
        return None
    # Of equals the first: max() keeps it. One row before two: any row under a title would make a pair with it.
    _count, _single, last, columns, labels = max(found, key=lambda each: each[:2])
    group = grid.labels(last - 1).get(columns["name"], "")
    of_names = labels[columns["name"]] + (group if _field_and_rank(group)[0] == "name" else "")
    return Header(
        row=last,
        columns=columns,
        ignored=list(
            dict.fromkeys(text for column, text in sorted(labels.items()) if text and column not in columns.values())
        ),
        says_secretary="title" not in columns and "书记" in of_names and "副书记" not in of_names,
    )


def _columns(labels: dict[int, str]) -> dict[str, int]:
    best: dict[str, tuple[int, int]] = {}
    for column, text in labels.items():
        field, rank = _field_and_rank(text)
        if field:
            best[field] = min(best.get(field, (rank, column)), (rank, column))
    return {field: column for field, (_rank, column) in best.items()}


def _field_and_rank(label: str) -> tuple[str | None, int]:
    text = unicodedata.normalize("NFKC", label[:60])
    for reading in (_REMARK.sub("", text), text):  # 村（居）, 手机（必填）; but (镇街)
        name = _ASIDE.sub("", reading)
        for candidate in (name, _WORDING.sub("", name)):
            if candidate in _FIELD_OF:
                return _FIELD_OF[candidate]
    return None, 0
