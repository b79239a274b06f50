"""How results are shown: rows turned into what the page draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from forum.clock import day
from forum.library.adoptions.travel import travelled
from forum.library.models import CardState
from forum.markup import highlight
from forum.search.asked import CARDS, LAST_PAGE, Asked, Understood
from forum.search.documents import Hit
from forum.search.queries import card_results, find, sight_of, thread_results
from forum.search.terms import Span, match_spans, part_with, query_terms, snippet
from forum.search.texts import card_text
from forum.threads.lists import kind_label, reach_label, stage_of, tags_of
from forum.units.actors import Actor

# (what was searched for in vain) → something else to do about it: its label and address. Higher rooms register.
WHEN_NOTHING: list[Callable[[str], tuple[Any, str]]] = []
PAGE = 20
ENOUGH = 4  # characters that a result shares with a long question to be an answer to it; of a short one, half
MOST = 500  # results that are counted
SNIPPET = 80


@dataclass(frozen=True)
class Result:
    """One thread or card as the page draws it."""

    hit: Hit
    url: str
    title: Markup
    label: str
    stage: Any
    by: tuple[str, str, int, int | None]  # village and author, and their ids
    meta: list[str]
    tags: Sequence[Any]
    text: Markup
    text_url: str | None = None  # where the reply stands whose words are shown
    text_by: str | None = None
    # Of the query, as they stand in the title and the part shown: no single characters.
    words: frozenset[str] = frozenset()
    fits: bool = True  # by its words: what is nearest in meaning is near to any question

    @property
    def is_near(self) -> bool:
        """Found by its meaning: no word says why."""
        return self.hit.by_meaning and not self.words


@dataclass(frozen=True)
class Results:
    """One page of results, whether there is a next one, and all that were found as far as they are counted."""

    page: Sequence[Result] = ()
    has_next: bool = False
    hits: Sequence[Hit] = ()

    @property
    def fits(self) -> bool:
        """Whether one of them shares more than a chance word with what was asked."""
        return any(result.fits for result in self.page)


def results(actor: Actor, asked: Asked, meant: Understood) -> Results:
    """One page of results; three statements. Raises IndexUnavailable."""
    upto = asked.page * PAGE
    hits = find(sight_of(actor), meant.words, meant.filters, max(upto, MOST if asked.narrow else 0) + 1)
    page = drawn(actor, hits[upto - PAGE : upto], meant.words)
    return Results(page, len(hits) > upto and asked.page < LAST_PAGE, hits)


def drawn(actor: Actor, hits: Sequence[Hit], query: str) -> list[Result]:
    """What was found, as it is shown, but for what was deleted this very moment; two statements."""
    return drawn_from(thread_results(actor, hits), card_results(actor, hits), hits, query)


def drawn_from(threads: Mapping[int, Any], cards: Mapping[int, Any], hits: Sequence[Hit], query: str) -> list[Result]:
    """The same from rows at hand."""
    return [
        _card(cards[hit.id], hit, query) if hit.kind == CARDS else _thread(threads[hit.group], hit, query)
        for hit in hits
        if (cards if hit.kind == CARDS else threads).get(hit.group)
    ]


def _thread(row: Any, hit: Hit, query: str) -> Result:
    # A reply may have matched by its thread's title alone: then the opening says more.
    in_title = match_spans(row.title, query, characters=False)
    reply = part_with(row.reply_body or "", query)
    says_it = hit.kind == "post" and bool(match_spans(reply, query, characters=not in_title))
    title, text, words, fits = _marked(
        row.title, in_title, reply if says_it else part_with(row.opening_body, query), query
    )
    return Result(
        hit=hit,
        url=url_for("threads.show", thread_id=row.id),
        title=title,
        label=kind_label(row.kind),
        stage=stage_of(row),
        by=(row.unit_name, row.author_name, row.unit_id, row.author_id),
        meta=[day(row.created_at)],
        tags=tags_of(row),
        text=text,
        words=words,
        fits=fits,
        text_url=url_for("threads.post", post_id=row.reply_id) if says_it else None,
        text_by=_("%(village)s %(name)s回复", village=row.answerer_unit, name=row.answerer_name) if says_it else None,
    )


def _card(row: Any, hit: Hit, query: str) -> Result:
    in_title = match_spans(row.title, query, characters=False)
    title, text, words, fits = _marked(row.title, in_title, part_with(card_text(row), query), query)
    return Result(
        hit=hit,
        url=url_for("library.show", card_id=row.id),
        title=title,
        label=_("经验卡"),
        stage=_stage_of_card(row),
        by=(row.unit_name, "", row.unit_id, None),
        meta=[day(row.dated), travelled(row), _("全区推广") if row.promoted_at else ""],
        tags=tags_of(row),
        text=text,
        words=words,
        fits=fits,
    )


def _marked(title: str, in_title: list[Span], text: str, query: str) -> tuple[Markup, Markup, frozenset[str], bool]:
    """The title and a part of the text, highlighted, and the words that are: single characters only where neither shows more of the query."""
    in_text = match_spans(text, query, characters=False)
    characters = not (in_title or in_text)
    if characters:
        in_title, in_text = match_spans(title, query), match_spans(text, query)
    part, spans = snippet(text, in_text, SNIPPET)
    words = {of[a:b].lower() for of, found in ((title, in_title), (part, spans)) for a, b in found}
    enough = min(
        ENOUGH,
        (sum(len(term) for term in query_terms(query, others=False) if len(term) == 1 or term.isascii()) + 1) // 2,
    )
    fits = sum(map(len, words)) >= enough
    return highlight(title, in_title), highlight(part, spans), frozenset(() if characters else words), fits


def _stage_of_card(row: Any) -> dict[str, str] | None:
    if row.retired_at is not None:
        return {"label": _("停用"), "kind": "wait"}
    if row.state is CardState.DRAFT:
        return {"label": _("草稿"), "kind": "wait"}
    if row.state is CardState.NOMINATED:
        return {"label": _("等镇里发布"), "kind": "wait"}
    return {"label": reach_label(row.reach), "kind": "wait"} if row.reach.is_narrow else None
