"""A collection of cards as a Word file to print and hand out: title page, contents, each card on a page of its own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from forum.clock import full_day, local
from forum.library.adoptions.labels import RESULTS
from forum.library.adoptions.travel import travelled
from forum.word import Paper


def booklet(title: str, issuer: str, on: date, cards: Sequence[Any], adoptions: Mapping[int, Sequence[Any]]) -> bytes:
    """The file. ``cards`` have the columns of ``cards_in_full``, ``adoptions`` are by card."""
    paper = Paper(title, issuer, has_cover=True)
    paper.cover(title, "", _("共 %(num)s 条经验", num=len(cards)), "", "", issuer, full_day(on))
    titles = [f"{number}. {card.title}" for number, card in enumerate(cards, 1)]
    notes = [_("（%(village)s）", village=card.unit_name) for card in cards]
    paper.contents(_("目录"), list(zip(titles, notes, strict=True)))
    for heading, card in zip(titles, cards, strict=True):
        paper.chapter(heading)
        write_card(paper, card, adoptions.get(card.id, ()))
    return paper.file()


def write_card(paper: Paper, card: Any, adoptions: Sequence[Any]) -> None:
    """Whose it is, what it says part by part, and how other villages fared."""
    where = [
        card.township_name,
        card.unit_name,
        _("%(day)s发布", day=full_day(local(card.published_at).date())),
        travelled(card),
    ]
    paper.line(" · ".join(str(part) for part in where if part))
    for label, text in (
        (_("遇到的问题"), card.problem),
        (_("怎么做的"), card.practice),
        (_("成效"), card.result),
        (_("什么样的村合适"), card.suitable),
        (_("要当心"), card.caution),
        (_("花了多少"), card.cost),
    ):
        if text:
            paper.heading(label)
            paper.text(text)
    if adoptions:
        paper.heading(_("别的村试得怎么样"))
        for adoption in adoptions:
            paper.text(_tried(adoption))


def _tried(adoption: Any) -> str:
    said = {"village": adoption.unit_name, "result": RESULTS[adoption.result], "why": adoption.why}
    words = [_("%(village)s：%(result)s。%(why)s", **said)]
    if adoption.caution:
        words.append(_("要当心：%(text)s", text=adoption.caution))
    return " ".join(" ".join(words).split("\n"))
