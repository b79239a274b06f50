"""What is asked of the search: an address is read, and together with what the text itself says understood."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.clock import day, from_local, today
from forum.paging import id_from
from forum.search.documents import EVERYTHING, Filters
from forum.search.language import OLDEST_YEAR, Piece, read
from forum.search.naming import Named, cut_out, is_called, named_in, people_in, places_in
from forum.tags.queries import ids_under
from forum.threads.lists import kind_label
from forum.threads.models import ThreadKind
from forum.units.actors import Actor

LAST_PAGE = 10
LONGEST_QUERY = 2000
MOST_PAGES = 3
CARDS = "card"


@dataclass(frozen=True)
class Asked:
    """What the reader asks for. Everything unreadable is as if it were not there."""

    text: str = ""
    kind: str = ""  # "card", a kind of thread, or all
    tag: str = ""
    township: int | None = None
    unit: int | None = None
    author: int | None = None
    year: int | None = None
    answered: str = ""  # "yes", "no", or all
    since: date | None = None
    whole: bool = False  # names in the text are words like others
    narrow: bool = False  # what can be narrowed to is shown
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
            unit=id_from(args.get("unit")),
            author=id_from(args.get("author")),
            year=_number(args.get("year", ""), OLDEST_YEAR, today().year),
            answered=answered if answered in ("yes", "no") else "",
            since=_date(args.get("since", "")),
            whole=args.get("whole") == "1",
            narrow=args.get("narrow") == "1",
            page=_number(args.get("page", ""), 1, LAST_PAGE) or 1,
        )

    def url(self, **changes: Any) -> str:
        """The address of the same search with some of it changed; a changed search begins at its first page."""
        return url_for("search.index", **replace(self, **{"page": 1, **changes}).arguments())

    def arguments(self) -> dict[str, Any]:
        """What stands in the address, nothing for what is not asked."""
        return {
            "q": self.text or None,
            "kind": self.kind or None,
            "tag": self.tag or None,
            "township": self.township,
            "unit": self.unit,
            "author": self.author,
            "year": self.year,
            "answered": self.answered or None,
            "since": self.since.isoformat() if self.since else None,
            "whole": 1 if self.whole else None,
            "narrow": 1 if self.narrow else None,
            "page": self.page if self.page > 1 else None,
        }


@dataclass(frozen=True)
class Chip:
    """One thing the search is narrowed to, with an address: of the search without it, or of its own page."""

    label: str
    url: str


@dataclass(frozen=True)
class Understood:
    """A question as the index wants it: words and filters, and what the reader is told of the latter."""

    words: str
    plain: str = ""  # the same with the names that narrow: what somebody would ask
    filters: Filters = EVERYTHING
    chips: Sequence[Chip] = ()
    pages: Sequence[Chip] = ()  # of the places and people it is narrowed to

    @property
    def is_empty(self) -> bool:
        """Nothing is asked for."""
        return not self.words and self.filters == EVERYTHING


def understand(actor: Actor, asked: Asked) -> Understood:
    """Read a question as its asker meant it; two statements at most, none for an empty one.

    What was tapped counts more than what the text says of the same. A place or person named in the text narrows, unless it is
    to be searched as a `whole`.
    """
    reading = _Reading(actor, asked)
    for read_part in (reading.kind, reading.tag, reading.place, reading.author, reading.year, reading.answered):
        read_part()
    reading.since()
    return reading.understood()


class _Reading:
    """The parts of a question, one after the other; each adds filters, chips, and says what of the text it took."""

    def __init__(self, actor: Actor, asked: Asked) -> None:
        self.actor, self.asked, self.said = actor, asked, read(asked.text)
        self.plain = "" if asked.whole else self.said.words
        ids = {"units": (asked.township, asked.unit), "person": asked.author, "tag": asked.tag}
        needed = self.plain or self.said.pieces or any((*ids["units"], asked.author, asked.tag))  # type: ignore[misc]
        self.named = named_in(actor, self.plain, self.said, **ids) if needed else []  # type: ignore[arg-type]
        self.filters: dict[str, Any] = {}
        self.chips: list[Chip] = []
        self.taken: list[Piece] = []
        self.names: set[str] = set()

    def understood(self) -> Understood:
        unknown = [piece for piece in self.said.pieces if piece not in self.taken]
        plain = self.said.without(self.taken, unknown)
        return Understood(cut_out(plain, self.names), plain, Filters(**self.filters), self.chips, self._pages())

    def _pages(self) -> list[Chip]:
        """Where the places and people are themselves to be found, the first few."""
        authors = self.filters.get("authors", ())
        places = (*self.filters.get("units", ()), *self.filters.get("townships", ()))
        pages = []
        for one in self.named:
            if one.what == "person" and one.id in authors:
                pages.append(Chip(one.name, url_for("people.person", person_id=one.id)))
            elif one.what not in ("person", "tag") and one.id in places:
                pages.append(Chip(one.name, url_for("people.place", place_id=one.id)))
        return pages[:MOST_PAGES]

    def kind(self) -> None:
        kind = self.asked.kind or self._said("kind")
        if kind == CARDS:
            self.filters["kinds"] = (CARDS,)
        elif kind:
            self.filters |= {"kinds": ("thread", "post"), "thread_kinds": (kind,)}
        if kind:
            self._chip(_("经验卡") if kind == CARDS else kind_label(ThreadKind(kind)), "kind", kind="")

    def tag(self) -> None:
        code = self.asked.tag
        tags = [one for one in self.named if one.what == "tag"]
        if not code:
            pieces = self._pieces("tag")
            tags = tags if pieces else []
            if tags:  # the shortest name is the plainest tag for the word
                code = min(tags, key=lambda one: (one.name != pieces[0].value, len(one.name), one.id)).kind
                self.taken += pieces
        else:
            self.taken += self._pieces("tag")
        if code:
            self.filters["tags"] = ids_under(code) or [0]  # a tag that does not exist narrows to nothing
            name = next((one.name for one in tags if one.kind == code), code)
            self._chip(_("标签：%(name)s", name=name), "tag", tag="")

    def place(self) -> None:
        units = [one for one in self.named if one.what == "unit"]
        if self.asked.unit or self.asked.township:
            self.taken += self._pieces("place")
            for column, number in (("unit", self.asked.unit), ("township", self.asked.township)):
                if number:
                    self.filters["units" if column == "unit" else "townships"] = (number,)
                    name = next((one.name for one in units if one.id == number), _("一个地方"))
                    self.chips.append(Chip(_("只看 %(name)s", name=name), self.asked.url(**{column: None})))
            return
        pieces = [piece for piece in self._pieces("place") if any(is_called(one.name, piece.value) for one in units)]
        if pieces:
            self.taken += pieces
            places = [one for one in units if any(is_called(one.name, piece.value) for piece in pieces)]
            self._at(places, self.asked.url(text=self.said.without(pieces)))
        elif places := places_in(self.plain, units):
            self.names |= {one.name for one in places}
            # “我们神堂村的路灯坏了” says where he is from: he wants to hear of others.
            elsewhere = [one for one in places if one.id not in (self.actor.unit_id, self.actor.township_id)]
            if elsewhere or not cut_out(self.plain, self.names):
                self._at(elsewhere or places, self.asked.url(whole=True))

    def _at(self, places: Collection[Named], url: str) -> None:
        towns = {one.id for one in places if one.is_township}
        villages = [one for one in places if not one.is_township]
        near = [one for one in villages if one.township_id in towns]  # 六户镇神堂村: that one, not its namesakes
        villages = near or villages
        if villages:
            self.filters["units"] = sorted(one.id for one in villages)
        else:
            self.filters["townships"] = sorted(towns)
        names = dict.fromkeys(one.name for one in villages or places)
        self.chips.append(Chip(_("只看 %(name)s", name=_("、").join(names)), url))

    def author(self) -> None:
        people = [one for one in self.named if one.what == "person"]
        pieces = self._pieces("person")
        if self.asked.author:
            self.taken += pieces
            people, url = [one for one in people if one.id == self.asked.author], self.asked.url(author=None)
            self.filters["authors"] = (self.asked.author,)
        elif pieces and (said := [one for one in people if one.name in {piece.value for piece in pieces}]):
            self.taken += pieces
            people, url = said, self.asked.url(text=self.said.without(pieces))
        else:
            people, url = people_in(self.plain, people), self.asked.url(whole=True)
            self.names |= {one.name for one in people}
        if people:
            self.filters["authors"] = sorted(one.id for one in people)
            names = dict.fromkeys(one.name for one in people)
            self.chips.append(Chip(_("%(name)s写的", name=_("、").join(names)), url))

    def year(self) -> None:
        said = self._said("year")
        year = self.asked.year or (int(said) if said else None)
        if year:
            self.filters["years"] = (year,)
            self._chip(_("%(year)s年", year=year), "year", year=None)

    def answered(self) -> None:
        answered = self.asked.answered or self._said("answered")
        if answered:
            self.filters["answered"] = answered == "yes"
            label = _("有结论或管用的办法") if answered == "yes" else _("还没有结论")
            self._chip(label, "answered", answered="")

    def since(self) -> None:
        if self.asked.since:
            begins = from_local(datetime.combine(self.asked.since, time()))
            self.filters["since"] = int(begins.timestamp())
            self._chip(_("%(day)s以后的", day=day(self.asked.since)), "since", since=None)

    def _pieces(self, what: str) -> list[Piece]:
        return [piece for piece in self.said.pieces if piece.what == what]

    def _said(self, what: str) -> str:
        """What the text says of it, the last word counts; all of it is taken."""
        pieces = self._pieces(what)
        self.taken += pieces
        return pieces[-1].value if pieces else ""

    def _chip(self, label: str, what: str, **without: Any) -> None:
        text = self.said.without(self._pieces(what)) if self._pieces(what) else self.asked.text
        self.chips.append(Chip(label, self.asked.url(text=text, **without)))


def _number(value: str, least: int, most: int) -> int | None:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 11 else least - 1
    return number if least <= number <= most else None


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None
