"""What the papers of a meeting say, from the rows that its pages show."""

import re
from collections.abc import Sequence
from typing import Any

from forum.clock import full_day, local, today
from forum.meetings.labels import hour, kind_label
from forum.meetings.models import Answer
from forum.meetings.papers.official import Paper
from forum.meetings.papers.sheets import workbook

NUMERALS = "一二三四五六七八九十"
ATTENDANCE_HEADERS = ("序号", "单位", "姓名", "会前回复", "到会", "签字")


def minutes_paper(
    head: Any, body: str, agenda: Sequence[Any], outcomes: Sequence[Any], attendance: Sequence[Any]
) -> bytes:
    """会议纪要. ``agenda`` and ``outcomes`` are as their reader may see them; ``attendance`` is empty for who may not see names."""
    issuer = head.township_name
    name = f"{issuer}村书记论坛会议纪要"
    on = full_day((local(head.closed_at).date()) if head.closed_at else today())
    paper = Paper(f"{name}（第{head.number}期）", issuer)
    paper.letterhead(name, f"第 {head.number} 期", issuer, on)
    paper.title(head.theme)
    parts = [
        ("会议情况", lambda: _held(paper, head)),
        ("议程", lambda: _agenda(paper, agenda)) if agenda else None,
        ("会议记录", lambda: _body(paper, body)) if body else None,
        ("议定事项", lambda: _outcomes(paper, outcomes)) if outcomes else None,
        ("到会人员", lambda: _names(paper, attendance)) if attendance else None,
    ]
    for number, (label, write) in enumerate(part for part in parts if part):
        paper.heading(f"{NUMERALS[number]}、{label}")
        write()
    paper.imprint(issuer, on)
    return paper.file()


def attendance_paper(head: Any, attendance: Sequence[Any]) -> bytes:
    """签到表, to print and to sign."""
    paper = Paper(f"第{head.number}期签到表", head.township_name)
    paper.title(_sheet_name(head))
    paper.text(f"主题：{head.theme}")
    paper.text(f"时间：{_when(head)}　地点：{head.place}")
    paper.document.add_paragraph()
    paper.table(ATTENDANCE_HEADERS, [[*row, ""] for row in _lines(attendance)], (14, 36, 26, 32, 18, 30))
    return paper.file()


def attendance_sheet(head: Any, attendance: Sequence[Any]) -> bytes:
    """签到表 as a workbook."""
    return workbook(
        _sheet_name(head), ATTENDANCE_HEADERS, [[*row, ""] for row in _lines(attendance)], (8, 24, 16, 24, 10, 20)
    )


def ledger_sheet(township: str, actions: Sequence[Any]) -> bytes:
    """落实台账: what was decided, who does it by when, and how far it is."""
    rows = [
        (
            f"{number}",
            a.what,
            a.unit_name,
            a.person_name or "",
            a.due.isoformat() if a.due else "",
            _state(a),
            local(a.done_at).date().isoformat() if a.done_at else "",
            a.note,
            a.title,
            f"第{a.number}期" if a.number else "",
        )
        for number, a in enumerate(actions, 1)
    ]
    headers = ("序号", "落实事项", "责任单位", "责任人", "期限", "状态", "办结日期", "办理情况", "来自帖子", "哪一期")
    return workbook(
        f"{township}落实台账（{full_day(today())}）", headers, rows, (6, 36, 16, 12, 13, 10, 13, 30, 30, 10)
    )


def _sheet_name(head: Any) -> str:
    return f"{head.township_name}村书记论坛第{head.number}期签到表"


def _when(head: Any) -> str:
    begins = f"{full_day(local(head.starts_at).date())}{hour(head.starts_at)}"
    return f"{begins}—{hour(head.ends_at)}" if head.ends_at else begins


def _held(paper: Paper, head: Any) -> None:
    paper.text(f"时间：{_when(head)}")
    paper.text(f"地点：{head.place}")
    for label, name in (("主持", head.chair_name), ("记录", head.note_taker_name)):
        if name:
            paper.text(f"{label}：{name}")
    if head.taken:
        paper.text(f"应到{head.expected}人，实到{head.came}人，请假{head.leave}人。")


def _agenda(paper: Paper, agenda: Sequence[Any]) -> None:
    """A line whose thread is not the reader's to open says only that."""
    for number, item in enumerate(agenda, 1):
        words = item.title if item.is_readable else f"（{item.only_for or '帖子看不到了'}）"
        label = kind_label(item.kind)
        line = label if words == label else f"{label}：{words}"
        paper.text(f"{number}．{line}{f'（{item.presenter}）' if item.presenter else ''}")


def _body(paper: Paper, body: str) -> None:
    for line in body.splitlines():
        if heading := re.match(r"#{1,6} +(.+)", line):
            paper.subheading(heading[1])
        else:
            paper.text(line.replace("**", ""))


def _outcomes(paper: Paper, outcomes: Sequence[Any]) -> None:
    for number, outcome in enumerate(outcomes, 1):
        paper.subheading(f"（{NUMERALS[number - 1] if number <= len(NUMERALS) else number}）{outcome.thread_title}")
        paper.text(outcome.statement)
        for action in outcome.actions:
            due = f"，{full_day(action.due)}前" if action.due else ""
            paper.text(f"落实：{action.what}（{action.unit_name}{due}）")


def _names(paper: Paper, attendance: Sequence[Any]) -> None:
    came = [a for a in attendance if a.came]
    on_leave = [a for a in attendance if not a.came and a.answer is Answer.LEAVE]
    absent = [a for a in attendance if a.came is False and a.answer is not Answer.LEAVE]
    for label, people in (("到会", came), ("请假", on_leave), ("缺席", absent)):
        if people:
            paper.text(f"{label}：{'、'.join(f'{a.unit_name}{a.name}' for a in people)}。")


def _lines(attendance: Sequence[Any]) -> list[list[str]]:
    return [
        [f"{number}", a.unit_name, a.name, _answered(a), {True: "到", False: "未到", None: ""}[a.came]]
        for number, a in enumerate(attendance, 1)
    ]


def _answered(row: Any) -> str:
    if row.answer is Answer.LEAVE:
        return f"请假：{row.reason}" if row.reason else "请假"
    return "来" if row.answer is Answer.COMING else ""


def _state(action: Any) -> str:
    if action.done_at:
        return "已办"
    return "超期" if action.due and action.due < today() else "在办"
