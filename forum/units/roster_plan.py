"""What an import of a roster would do, row by row: new, changed, same or wrong, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.once import digest_of
from forum.units.labels import ROLE_LABELS
from forum.units.models import Role, UnitKind
from forum.units.places import Place
from forum.units.registry import Office, PersonFact
from forum.units.roster_file import RosterRow


class State(StrEnum):
    """What becomes of a row."""

    WRONG = "wrong"
    CHANGED = "changed"
    NEW = "new"
    SAME = "same"
    SKIPPED = "skipped"


class Fault(NamedTuple):
    """Why a row cannot be taken over, and which field says so (empty: the row as a whole)."""

    field: str
    message: LazyString


@dataclass
class Planned:
    """One row: whose office it is, where, and what would change. ``ends`` are offices with the last day they are to have."""

    row: RosterRow
    role: Role | None = None
    place: Place | None = None
    person: PersonFact | None = None
    held: Office | None = None
    since: date | None = None
    ends: list[tuple[Office, date]] = field(default_factory=list)
    predecessor: PersonFact | None = None
    is_skipped: bool = False
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether the row can be taken over."""
        return not self.is_skipped and not self.faults

    @property
    def state(self) -> State:
        if self.is_skipped:
            return State.SKIPPED
        if self.faults:
            return State.WRONG
        if self.held is None:
            return State.CHANGED if self.ends else State.NEW
        return State.CHANGED if any(_changes(self)) else State.SAME

    @property
    def who(self) -> tuple[object, ...]:
        """Tells one human being of the file from another."""
        if self.person:
            return ("known", self.person.id)
        assert self.place is not None
        return ("phone", self.row.phone) if self.row.phone else ("name", self.row.name, *self.place.key)

    @property
    def title(self) -> str:
        """The title that the office is to have."""
        default = {Role.SECRETARY: "书记", Role.DEPUTY: "副书记"}.get(self.role, "") if self.role else ""
        return self.row.title or (self.held.title if self.held else default)

    @property
    def new_phone(self) -> str | None:
        """The number that a known person is to have from now on."""
        changes = self.person and self.row.phone and self.row.phone != self.person.phone
        return self.row.phone if changes else None

    def add_fault(self, field: str, message: LazyString) -> None:
        """Note why the row cannot be taken over."""
        self.faults.append(Fault(field, message))

    def facts(self) -> tuple[object, ...]:
        """All that carrying out the row depends on, without words."""
        place = self.place and (self.place.key, self.place.unit, self.place.area, self.place.new_area, self.place.moves)
        office = (self.role, self.title, self.since) if self.is_good else ()
        return (self.row.line, self.state, place, self.person, self.new_phone, self.held, office, tuple(self.ends))

    @property
    def changes(self) -> list[LazyString]:
        """What becomes different, in words."""
        return list(_changes(self)) if self.is_good else []

    @property
    def remarks(self) -> list[LazyString]:
        """What the reader should know of a row that can be taken over."""
        return list(_remarks(self)) if self.is_good else []


@dataclass
class Plan:
    """All rows in the order of the file, and who holds an office but is not in it."""

    rows: list[Planned]
    missing: list[tuple[Office, PersonFact]]

    def of(self, state: State) -> list[Planned]:
        """The rows of one state."""
        return self.groups.get(state, [])

    @cached_property
    def groups(self) -> dict[State, list[Planned]]:
        """The rows by what becomes of them."""
        return {state: [row for row in self.rows if row.state is state] for state in State}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many rows of each state."""
        return {state.value: len(rows) for state, rows in self.groups.items()}

    @property
    def changes_something(self) -> bool:
        return bool(self.of(State.NEW) or self.of(State.CHANGED))

    @property
    def good(self) -> list[Planned]:
        return [row for row in self.rows if row.is_good]

    @property
    def new_units(self) -> dict[UnitKind, list[str]]:
        """The names of the units that would be made."""
        made: dict[UnitKind, dict[tuple[str, ...], str]] = {}
        for place in (row.place for row in self.good if row.place):
            for kind, township, name in place.to_make():
                made.setdefault(kind, {})[township, name] = name
        return {kind: list(names.values()) for kind, names in made.items()}

    def digest(self) -> str:
        """The same for two plans that do the same."""
        return digest_of([(str(number), repr(row.facts())) for number, row in enumerate(self.rows)])


def _changes(one: Planned) -> Iterator[LazyString]:
    assert one.place is not None
    assert one.since is not None
    for office, until in one.ends:
        if one.predecessor and office.person_id == one.predecessor.id:
            yield _l(
                "接任：%(old)s任到%(until)s，%(new)s从%(since)s起。",
                old=one.predecessor.name,
                until=until.isoformat(),
                new=one.row.name,
                since=one.since.isoformat(),
            )
        else:
            title = office.title or ROLE_LABELS[office.role]
            yield _l("原任%(title)s，到%(until)s止。", title=title, until=until.isoformat())
    if one.new_phone and one.person:
        yield _l("手机号由%(old)s改为%(new)s。", old=one.person.phone or _l("空白"), new=one.new_phone)
    if one.held and one.title != one.held.title:
        yield _l("职务由“%(old)s”改为“%(new)s”。", old=one.held.title, new=one.title)
    if one.held and one.since != one.held.since:
        yield _l("任职时间由%(old)s改为%(new)s。", old=one.held.since.isoformat(), new=one.since.isoformat())
    if one.place.moves:
        yield _l("划到%(area)s。", area=one.place.area.name if one.place.area else one.place.new_area)


def _remarks(one: Planned) -> Iterator[LazyString]:
    if one.held is None and one.row.since is None:
        yield _l("没有写任职时间，按今天算。")
    if not one.row.phone and not (one.person and one.person.phone):
        yield _l("没有手机号，还不能登录。")
