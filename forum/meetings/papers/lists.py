"""Lists on paper and in workbooks: who came, and what was decided."""

from collections.abc import Sequence
from typing import Any

from forum.clock import full_day, local, today
from forum.meetings.models import Answer
from forum.meetings.papers.sheets import workbook
from forum.meetings.papers.writing import place_of, time_of
from forum.word import Paper

ATTENDANCE_HEADERS = ("序号", "单位", "姓名", "会前回复", "到会", "签字")
LEDGER_HEADERS = (
    "序号",
    "落实事项",
    "责任单位",
    "责任人",
    "期限",
    "状态",
    "办结日期",
    "办理情况",
    "来自帖子",
    "哪一期",
)


def attendance_paper(head: Any, sittings: Sequence[Any], attendance: Sequence[Any]) -> bytes:
    """签到表, to print and to sign; each sitting has its own sheet."""
    paper = Paper(f"第{head.number}期签到表", head.township_name)
    for number, sitting in enumerate(sittings):
        paper.title(_sheet_name(head), on_new_page=number > 0)
        paper.text(f"主题：{head.theme}")
        paper.text(f"时间：{time_of(sitting)}")
        paper.text(f"地点：{place_of(sitting)}")
        paper.blank()
        rows = _lines([a for a in attendance if a.sitting_id == sitting.id])
        paper.table(ATTENDANCE_HEADERS, [[*row, ""] for row in rows], (14, 36, 26, 32, 18, 30))
    return paper.file()


def attendance_sheet(head: Any, attendance: Sequence[Any]) -> bytes:
    """签到表 as a workbook."""
    headers, widths = list(ATTENDANCE_HEADERS), [8, 24, 16, 24, 10, 20]
    rows = [[*row, ""] for row in _lines(attendance)]
    if head.sitting_count > 1:
        headers.insert(1, "会场")
        widths.insert(1, 20)
        rows = [[row[0], a.sitting_name or a.place, *row[1:]] for row, a in zip(rows, attendance, strict=True)]
    return workbook(_sheet_name(head), headers, rows, widths)


def ledger_sheet(township: str, actions: Sequence[Any]) -> bytes:
    """落实台账: what was decided, who does it by when, and how far it is."""
    rows = [
        (
            f"{number}",
            a.what,
            a.unit_name,
            a.person_name or "",
            a.due.isoformat() if a.due else "",
            state_of(a),
            local(a.done_at).date().isoformat() if a.done_at else "",
            a.note,
            a.title or "",
            f"第{a.number}期" if a.number else "",
        )
        for number, a in enumerate(actions, 1)
    ]
    title = f"{township}落实台账（{full_day(today())}）"
    return workbook(title, LEDGER_HEADERS, rows, (6, 36, 16, 12, 13, 10, 13, 30, 30, 10))


def state_of(action: Any) -> str:
    """How an action stands, in a word."""
    if action.done_at:
        return "已办"
    return "超期" if action.due and action.due < today() else "在办"


def _sheet_name(head: Any) -> str:
    return f"{head.township_name}村书记论坛第{head.number}期签到表"


def _lines(attendance: Sequence[Any]) -> list[list[str]]:
    return [
        [f"{number}", a.unit_name, a.name, _answered(a), {True: "到", False: "未到", None: ""}[a.came]]
        for number, a in enumerate(attendance, 1)
    ]


def _answered(row: Any) -> str:
    if row.answer is Answer.LEAVE:
        return f"请假：{row.reason}" if row.reason else "请假"
    if row.answer is Answer.SUBSTITUTE:
        return f"{row.substitute}代"
    return "来" if row.answer is Answer.COMING else ""
