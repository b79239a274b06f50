"""The notes of a trip as one paper, question by question, for an office to hand on. Its words are an office's, so they are not translated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from forum.learning.trips.models import UseResult
from forum.learning.trips.queries import Note, Use, brought_home
from forum.learning.trips.texts import days, in_full
from forum.logs import log
from forum.media.pictures import for_paper
from forum.media.store import PICTURES
from forum.word import Paper

DIGITS = ("", *"一二三四五六七八九")
MOST_PICTURES = 120  # of a paper; each note has as many as the others
RESULTS = {UseResult.USED: "用上了的", UseResult.DOING: "正在办的", UseResult.UNFIT: "试过、看过，不合适的"}


def name_of(head: Any) -> str:
    """What the paper is called."""
    return f"赴{head.destination}学习考察情况汇总"


def report_paper(
    head: Any, stops: Sequence[Any], going: Sequence[Any], notes: Sequence[Note], pictures: Mapping[int, Sequence[Any]]
) -> bytes:
    """The paper. ``notes`` and ``pictures`` are as their reader may see them."""
    paper = Paper(name_of(head), head.township_name or head.planner)
    paper.title(name_of(head))
    chapters = [
        ("去了哪里", lambda: _went(paper, head, stops, going)),
        ("看到什么", lambda: _saw(paper, notes, pictures)) if notes else None,
        ("哪条用得上，打算怎么用", lambda: _fits(paper, notes)) if any(note.uses for note in notes) else None,
        ("带回来的", lambda: _home(paper, notes)) if brought_home(notes) else None,
    ]
    for number, (label, write) in enumerate((chapter for chapter in chapters if chapter), 1):
        paper.heading(f"{_numeral(number)}、{label}")
        write()
    return paper.file()


def _went(paper: Paper, head: Any, stops: Sequence[Any], going: Sequence[Any]) -> None:
    paper.text(f"主题：{head.title}")
    paper.text(f"时间：{days(head.starts_on, head.ends_on)}")
    paper.text(f"地点：{head.destination}")
    paper.text(f"组织：{head.planner}")
    if going:
        paper.text(f"参加：{'、'.join(f'{member.unit_name}{member.name}' for member in going)}，共{len(going)}人。")
    paper.text(head.brief)
    if stops:
        paper.blank()
        paper.table(("时间", "地点", "看什么、听什么"), [(s.at, s.place, s.what) for s in stops], (28, 48, 80))
        paper.blank()


def _saw(paper: Paper, notes: Sequence[Note], pictures: Mapping[int, Sequence[Any]]) -> None:
    each = max(1, MOST_PICTURES // len(notes))
    for number, note in enumerate(notes, 1):
        paper.subheading(_by(number, note))
        paper.text(note.row.saw)
        paper.pictures(_files(pictures.get(note.row.post_id, ())[:each]))


def _fits(paper: Paper, notes: Sequence[Note]) -> None:
    for number, note in enumerate((note for note in notes if note.uses), 1):
        paper.subheading(_by(number, note))
        for place, use in enumerate(note.uses, 1):
            paper.text(f"{place}．{_ended(use.row.what)}打算：{_ended(use.row.plan)}{_who(use)}")


def _home(paper: Paper, notes: Sequence[Note]) -> None:
    for number, (result, found) in enumerate(brought_home(notes).items(), 1):
        paper.subheading(f"（{_numeral(number)}）{RESULTS[result]}")
        for note, use in found:
            words = f"{_ended(use.row.what)}{_ended(use.words)}"
            again = f"{in_full(use.row.due)}再问。" if result is UseResult.DOING else ""
            paper.text(f"{note.row.unit_name}：{words}{again}")


def _by(number: int, note: Note) -> str:
    return f"（{_numeral(number)}）{note.row.unit_name} {note.row.name}"


def _numeral(number: int) -> str:
    """A number up to ninety-nine in words: ``十二``; beyond, in digits."""
    tens, ones = divmod(number, 10)
    if number >= 100:
        return f"{number}"
    return f"{DIGITS[tens] if tens > 1 else ''}{'十' if tens else ''}{DIGITS[ones]}"


def _who(use: Use) -> str:
    parts = [
        f"{use.row.who}办" if use.row.who else "",
        f"{in_full(use.row.due)}前用上" if use.row.result is None else "",
    ]
    said = "，".join(part for part in parts if part)
    return f"（{said}）" if said else ""


def _ended(text: str) -> str:
    """A text on one line that ends as a sentence does."""
    line = " ".join(text.split())
    return line if not line or line[-1] in "。！？；.!?" else f"{line}。"


def _files(rows: Iterable[Any]) -> Iterator[bytes]:
    for row in rows:
        try:
            yield for_paper(PICTURES.path_of(row.id))
        except OSError:
            log.error("picture file is missing", picture=row.id)
