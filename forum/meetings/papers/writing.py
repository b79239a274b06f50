"""What the minutes of a meeting say on paper, from the rows that its pages show."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forum.clock import full_day, local, today
from forum.meetings.labels import hour, kind_label
from forum.meetings.models import Answer
from forum.meetings.papers.models import Letterhead, PaperNumber
from forum.meetings.papers.official import OfficialPaper
from forum.word import CENTRE, KAI, Paper

NUMERALS = "一二三四五六七八九十"
ACTION_HEADERS = ("序号", "落实事项", "责任单位", "完成时限")
ACTION_WIDTHS = (14, 72, 38, 32)


@dataclass(frozen=True)
class MinutesFacts:
    """What goes onto the paper, as its reader may see it; ``attendance`` is empty for who may not see names."""

    head: Any
    sittings: Sequence[Any]
    parts: Sequence[Any] = ()
    agenda: Sequence[Any] = ()
    outcomes: Sequence[Any] = ()
    attendance: Sequence[Any] = ()
    letterhead: Letterhead = field(default_factory=Letterhead)
    number: PaperNumber | None = None


def minutes_paper(facts: MinutesFacts) -> bytes:
    """会议纪要, as an office issues it."""
    head, letterhead = facts.head, facts.letterhead
    issuer = letterhead.issuer or head.township_name
    name = letterhead.heading or f"{head.township_name}村书记论坛会议纪要"
    on = full_day(_day_of(head))
    paper = OfficialPaper(f"{name}（第{head.number}期）", issuer)
    paper.letterhead(name, _number(facts), issuer, on, letterhead.signatory or "")
    paper.title(head.theme)
    if head.minutes_number and head.minutes_number > 1:
        paper.line(f"（第{head.minutes_number}版，修改了：{head.minutes_reason}）", KAI, side=CENTRE)
        paper.blank()
    parts = [part for part in facts.parts if part.body]
    write_parts(
        paper,
        [
            ("会议情况", lambda: _held(paper, facts)),
            ("议程", lambda: write_agenda(paper, facts.agenda)) if facts.agenda else None,
            ("会议记录", lambda: _record(paper, parts)) if parts else None,
            ("议定事项", lambda: write_outcomes(paper, facts.outcomes)) if facts.outcomes else None,
            ("落实分工", lambda: _actions(paper, facts.outcomes)) if any(o.actions for o in facts.outcomes) else None,
        ],
    )
    _people(paper, facts.attendance)
    sent = [("主送", letterhead.recipients), ("抄送", letterhead.copies)]
    paper.imprint([(label, names) for label, names in sent if names], issuer, on)
    return paper.file()


def write_parts(paper: Paper, parts: Sequence[tuple[str, Callable[[], None]] | None]) -> None:
    """Parts numbered 一、二、三, those that there are."""
    for number, (label, write) in enumerate((part for part in parts if part), 1):
        paper.heading(f"{numeral(number)}、{label}")
        write()


def numeral(number: int) -> str:
    """A number as parts of a paper are counted, up to 九十九."""
    tens, ones = divmod(number, 10)
    if number <= 10:
        return NUMERALS[number - 1]
    return f"{NUMERALS[tens - 1] if tens > 1 else ''}十{NUMERALS[ones - 1] if ones else ''}"


def time_of(sitting: Any) -> str:
    """Day and hours with the year; the day again where a sitting goes on past midnight."""
    begins, ends = local(sitting.starts_at), sitting.ends_at and local(sitting.ends_at)
    said = f"{full_day(begins.date())}{hour(sitting.starts_at)}"
    if not ends:
        return said
    until = hour(sitting.ends_at)
    return f"{said}—{until}" if ends.date() == begins.date() else f"{said}至{full_day(ends.date())}{until}"


def place_of(sitting: Any) -> str:
    """Where a sitting is, with its name where it has one."""
    return f"{sitting.name}（{sitting.place}）" if sitting.name else str(sitting.place)


def write_agenda(paper: Paper, agenda: Sequence[Any]) -> None:
    """A line whose thread is not the reader's to open says only that."""
    for number, item in enumerate(agenda, 1):
        words = item.title if item.is_readable else f"（{item.only_for or '帖子看不到了'}）"
        label = kind_label(item.kind)
        line = label if words == label else f"{label}：{words}"
        paper.text(f"{number}．{line}{f'（{item.presenter}）' if item.presenter else ''}")


def write_outcomes(paper: Paper, outcomes: Sequence[Any]) -> None:
    """What was found of each thread."""
    for number, outcome in enumerate(outcomes, 1):
        paper.subheading(f"（{numeral(number)}）{outcome.thread_title}")
        paper.text(outcome.statement)


def _number(facts: MinutesFacts) -> str:
    word, number = facts.letterhead.number_word, facts.number
    return f"{word}〔{number.year}〕{number.number}号" if word and number else f"第 {facts.head.number} 期"


def _day_of(head: Any) -> date:
    """The day that stands on the paper: when it was issued, else when the meeting was closed; a corrected version bears its own."""
    if head.minutes_number and head.minutes_number > 1:
        return local(head.minutes_at).date()
    if head.issued_on:
        return head.issued_on
    return local(head.closed_at).date() if head.closed_at else today()


def _record(paper: Paper, parts: Sequence[Any]) -> None:
    """What was said line by line; where it is one text, its own headings stand alone."""
    alone = len(parts) == 1 and parts[0].item_id is None
    for number, part in enumerate(parts, 1):
        if not alone:
            paper.subheading(f"（{numeral(number)}）{part.heading}{'（继续研究）' if part.is_continued else ''}")
        for line in part.body.splitlines():
            heading = re.match(r"#{1,6} +(.+)", line)
            said = re.sub(r"^\s*(#{1,6}|[-*+>]) +", "", line).replace("**", "")
            (paper.subheading if heading and alone else paper.text)(said)


def _held(paper: Paper, facts: MinutesFacts) -> None:
    for sitting in facts.sittings:
        paper.text(f"时间：{time_of(sitting)}")
        paper.text(f"地点：{place_of(sitting)}")
        for label, name in (("主持", sitting.chair_name), ("记录", sitting.note_taker_name)):
            if name:
                paper.text(f"{label}：{name}")
    if facts.head.taken:
        paper.text(f"应到{facts.head.expected}人，实到{facts.head.came}人，请假{facts.head.leave}人。")


def _actions(paper: Paper, outcomes: Sequence[Any]) -> None:
    actions = [action for outcome in outcomes for action in outcome.actions]
    rows = [
        (f"{number}", a.what, a.unit_name, a.due.isoformat() if a.due else "") for number, a in enumerate(actions, 1)
    ]
    paper.table(ACTION_HEADERS, rows, ACTION_WIDTHS, sentences=(1,))


def _people(paper: OfficialPaper, attendance: Sequence[Any]) -> None:
    """出席、请假、缺席, each with its names."""
    if attendance:
        paper.blank()
    came = [a for a in attendance if a.came]
    on_leave = [a for a in attendance if not a.came and a.answer is Answer.LEAVE]
    absent = [a for a in attendance if a.came is False and a.answer is not Answer.LEAVE]
    for label, people in (("出席", came), ("请假", on_leave), ("缺席", absent)):
        if people:
            paper.people(label, f"{'，'.join(_name(a) for a in people)}。")


def _name(row: Any) -> str:
    """Village and name; with who came instead, where somebody did."""
    return f"{row.unit_name}{row.name}{f'（{row.substitute}代）' if row.came and row.substitute else ''}"
