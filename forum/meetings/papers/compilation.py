"""A year's meetings in one document: each with its theme, what it found, what became of that, and the cards that came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forum.clock import full_day, local, today
from forum.consultations.labels import result_label
from forum.meetings.labels import kind_label
from forum.meetings.papers.lists import state_of
from forum.meetings.papers.writing import numeral, time_of, write_parts
from forum.word import Paper

OVERVIEW_HEADERS = ("期数", "日期", "主题", "应到", "实到", "落实")
OVERVIEW_WIDTHS = (14, 30, 68, 14, 14, 16)
ACTION_HEADERS = ("落实事项", "责任单位", "期限", "结果")
ACTION_WIDTHS = (54, 30, 30, 42)


@dataclass(frozen=True)
class Year:
    """What goes into the compilation, as its reader may see it; the mappings are by meeting."""

    township: str
    year: int
    issuer: str
    meetings: Sequence[Any]
    agendas: Mapping[int, Sequence[Any]]
    outcomes: Mapping[int, Sequence[Any]]
    cards: Mapping[int, Sequence[Any]]

    def actions_of(self, meeting_id: int) -> list[Any]:
        """What a meeting gave people to do."""
        return [action for outcome in self.outcomes.get(meeting_id, ()) for action in outcome.actions]


def compilation_paper(facts: Year) -> bytes:
    """汇编: title page, contents, the year on one page, and a chapter for each meeting."""
    name = f"{facts.township}村书记论坛{facts.year}年汇编"
    paper = Paper(name, facts.issuer, has_cover=True)
    paper.cover(
        f"{facts.township}村书记论坛\n{facts.year}年汇编",
        "",
        f"共{len(facts.meetings)}期",
        "",
        "",
        facts.issuer,
        full_day(today()),
    )
    titles = [f"第{meeting.number}期　{meeting.theme}" for meeting in facts.meetings]
    notes = [f"（{meeting.month.month}月）" for meeting in facts.meetings]
    paper.contents("目录", [("全年概览", ""), *zip(titles, notes, strict=True)])
    paper.chapter("全年概览")
    _overview(paper, facts)
    for title, meeting in zip(titles, facts.meetings, strict=True):
        paper.chapter(title)
        _meeting(paper, facts, meeting)
    return paper.file()


def _overview(paper: Paper, facts: Year) -> None:
    actions = [action for meeting in facts.meetings for action in facts.actions_of(meeting.id)]
    done = sum(action.done_at is not None for action in actions)
    cards = {(card.title, card.unit_name) for found in facts.cards.values() for card in found}
    paper.text(
        f"全年办结{len(facts.meetings)}期，议定落实事项{len(actions)}件，已办{done}件，做成经验卡{len(cards)}张。"
    )
    rows = []
    for meeting in facts.meetings:
        own = facts.actions_of(meeting.id)
        rows.append(
            (
                f"{meeting.number}",
                f"{local(meeting.starts_at).month}月{local(meeting.starts_at).day}日",
                meeting.theme,
                f"{meeting.expected}",
                f"{meeting.came}",
                f"{sum(a.done_at is not None for a in own)}/{len(own)}" if own else "",
            )
        )
    paper.table(OVERVIEW_HEADERS, rows, OVERVIEW_WIDTHS, sentences=(2,))


def _meeting(paper: Paper, facts: Year, meeting: Any) -> None:
    agenda = facts.agendas.get(meeting.id, ())
    outcomes, cards = facts.outcomes.get(meeting.id, ()), facts.cards.get(meeting.id, ())
    actions = facts.actions_of(meeting.id)
    paper.text(f"时间：{time_of(meeting)}")
    others = f"等{meeting.sitting_count}处" if meeting.sitting_count > 1 else ""
    paper.text(f"地点：{meeting.place}{others}")
    paper.text(f"应到{meeting.expected}人，实到{meeting.came}人。")
    write_parts(
        paper,
        [
            ("议了什么", lambda: _agenda(paper, agenda)) if agenda else None,
            ("定了什么", lambda: _outcomes(paper, outcomes)) if outcomes else None,
            ("落实得怎么样", lambda: _actions(paper, actions)) if actions else None,
            ("做成的经验卡", lambda: _cards(paper, cards)) if cards else None,
        ],
    )


def _agenda(paper: Paper, agenda: Sequence[Any]) -> None:
    for number, item in enumerate(agenda, 1):
        label = kind_label(item.kind)
        line = label if item.title == label else f"{label}：{item.title}"
        paper.text(f"{number}．{line}{f'（{item.presenter}）' if item.presenter else ''}")


def _outcomes(paper: Paper, outcomes: Sequence[Any]) -> None:
    for number, outcome in enumerate(outcomes, 1):
        paper.subheading(f"（{numeral(number)}）{outcome.thread_title}")
        paper.text(outcome.statement)
        for look in outcome.follow_ups:
            if look.result is not None and look.answered_at is not None:
                on = full_day(local(look.answered_at).date())
                paper.text(f"回头看（{on}）：{result_label(look.result)}。{look.sentence}")


def _actions(paper: Paper, actions: Sequence[Any]) -> None:
    rows = [
        (
            action.what,
            action.unit_name,
            action.due.isoformat() if action.due else "",
            f"{state_of(action)}。{action.note}" if action.note else state_of(action),
        )
        for action in actions
    ]
    paper.table(ACTION_HEADERS, rows, ACTION_WIDTHS, sentences=(0, 3))


def _cards(paper: Paper, cards: Sequence[Any]) -> None:
    for card in cards:
        paper.text(f"《{card.title}》（{card.unit_name}）")
