"""How results are shown: what an address asks for, and rows turned into what the page draws."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from forum.clock import day, today
from forum.library.adoptions.travel import travelled
from forum.library.models import CardState
from forum.markup import highlight
from forum.paging import id_from
from forum.search.documents import Filters, Hit
from forum.search.queries import card_results, find, sight_of, thread_results
from forum.search.terms import match_spans, part_with, snippet
from forum.search.texts import card_text
from forum.tags.queries import ids_under
from forum.threads.lists import kind_label, reach_label, stage_of, tags_of
from forum.threads.models import ThreadKind
from forum.units.actors import Actor

# (what was searched for in vain) → something else to do about it: its label and address. Higher rooms register.
WHEN_NOTHING: list[Callable[[str], tuple[Any, str]]] = []
PAGE = 20
LAST_PAGE = 10
LONGEST_QUERY = 2000
SNIPPET = 80
CARDS = "card"
OLDEST_YEAR = 1949


@dataclass(frozen=True)
class Asked:
    """What the reader asks for. Everything unreadable is as if it were not there."""

    text: str = ""
    kind: str = ""  # "card", a kind of thread, or all
    tag: str = ""
    township: int | None = None
    year: int | None = None
    answered: str = ""  # "yes", "no", or all
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Asked":
        """From the query of an address; a longer text is asked by its beginning."""
        kind, answered = args.get("kind", ""), args.get("answered", "")
        return cls(
            text=args.get("q", "")[:LONGEST_QUERY].strip(),
            kind=kind if kind == CARDS or kind in set(ThreadKind) else "",
            tag=args.get("tag", "")[:40],
            township=id_from(args.get("township")),
            year=_number(args.get("year", ""), OLDEST_YEAR, today().year),
            answered=answered if answered in ("yes", "no") else "",
            page=_number(args.get("page", ""), 1, LAST_PAGE) or 1,
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.tag or self.township or self.year or self.answered)

    def url(self, page: int | None = None) -> str:
        """The address of another page of the same search."""
        return url_for(
            "search.index",
            q=self.text,
            kind=self.kind or None,
            tag=self.tag or None,
            township=self.township,
            year=self.year,
            answered=self.answered or None,
            page=page,
        )

    def filters(self) -> Filters:
        """As the index wants them. A tag that does not exist narrows to nothing."""
        is_thread = self.kind not in ("", CARDS)
        return Filters(
            kinds=("thread", "post") if is_thread else (CARDS,) if self.kind else (),
            thread_kinds=(self.kind,) if is_thread else (),
            tags=(ids_under(self.tag) or [0]) if self.tag else (),
            townships=(self.township,) if self.township else (),
            years=(self.year,) if self.year else (),
            answered={"yes": True, "no": False}.get(self.answered),
        )


@dataclass(frozen=True)
class Result:
    """One thread or card as the page draws it."""

    hit: Hit
    url: str
    title: Markup
    label: str
    stage: Any
    meta: Sequence[str]
    tags: Sequence[Any]
    text: Markup
    text_url: str | None = None  # where the reply stands whose words are shown
    text_by: str | None = None
    words: frozenset[str] = (
        frozenset()
    )  # of the query, as they stand in the title and the part shown: no single characters


def results(actor: Actor, asked: Asked) -> tuple[list[Result], bool]:
    """One page of results, and whether there is a next one; three statements, and one more for a tag. Raises IndexUnavailable."""
    upto = asked.page * PAGE
    hits = find(sight_of(actor), asked.text, asked.filters(), upto + 1)
    return drawn(actor, hits[upto - PAGE : upto], asked.text), len(hits) > upto and asked.page < LAST_PAGE


def drawn(actor: Actor, hits: Sequence[Hit], query: str) -> list[Result]:
    """What was found, as it is shown, but for what was deleted this very moment; two statements."""
    threads, cards = thread_results(actor, hits), card_results(actor, hits)
    return [
        _card(cards[hit.id], hit, query) if hit.kind == CARDS else _thread(threads[hit.group], hit, query)
        for hit in hits
        if (cards if hit.kind == CARDS else threads).get(hit.group)
    ]


def _thread(row: Any, hit: Hit, query: str) -> Result:
    # A reply may have matched by its thread's title alone: then the opening says more.
    in_title = _has_words(row.title, query)
    reply = part_with(row.reply_body or "", query)
    says_it = hit.kind == "post" and bool(match_spans(reply, query, characters=not in_title))
    title, text, words = _marked(row.title, reply if says_it else part_with(row.opening_body, query), query)
    return Result(
        hit=hit,
        url=url_for("threads.show", thread_id=row.id),
        title=title,
        label=kind_label(row.kind),
        stage=stage_of(row),
        meta=[f"{row.unit_name} {row.author_name}", day(row.created_at)],
        tags=tags_of(row),
        text=text,
        words=words,
        text_url=url_for("threads.post", post_id=row.reply_id) if says_it else None,
        text_by=_("%(village)s %(name)s回复", village=row.answerer_unit, name=row.answerer_name) if says_it else None,
    )


def _card(row: Any, hit: Hit, query: str) -> Result:
    title, text, words = _marked(row.title, part_with(card_text(row), query), query)
    return Result(
        hit=hit,
        url=url_for("library.show", card_id=row.id),
        title=title,
        label=_("经验卡"),
        stage=_stage_of_card(row),
        meta=[row.unit_name, day(row.dated), travelled(row), _("全区推广") if row.promoted_at else ""],
        tags=tags_of(row),
        text=text,
        words=words,
    )


def _marked(title: str, text: str, query: str) -> tuple[Markup, Markup, frozenset[str]]:
    """The title and a part of the text, highlighted, and the words that are: single characters only where neither shows more of the query."""
    characters = not (_has_words(title, query) or _has_words(text, query))
    part, spans = snippet(text, query, SNIPPET, characters=characters)
    in_title = match_spans(title, query, characters=characters)
    words = {of[a:b].lower() for of, found in ((title, in_title), (part, spans)) for a, b in found}
    return highlight(title, in_title), highlight(part, spans), frozenset(() if characters else words)


def _has_words(text: str, query: str) -> bool:
    return bool(match_spans(text, query, characters=False))


def _stage_of_card(row: Any) -> dict[str, str] | None:
    if row.retired_at is not None:
        return {"label": _("停用"), "kind": "wait"}
    if row.state is CardState.DRAFT:
        return {"label": _("草稿"), "kind": "wait"}
    if row.state is CardState.NOMINATED:
        return {"label": _("等镇里发布"), "kind": "wait"}
    return {"label": reach_label(row.reach), "kind": "wait"} if row.reach.is_narrow else None


def _number(value: str, least: int, most: int) -> int | None:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 11 else least - 1
    return number if least <= number <= most else None
