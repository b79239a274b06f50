"""The district as a roster meets it: its units, people and offices, loaded once and looked up in memory."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from forum.units.models import Role, UnitKind

# An office writes 前柳 for 前柳村 and 城南 for 城南管区: found only where one of the two names goes without its ending.
_ENDING = {
    UnitKind.TOWNSHIP: re.compile(r"(?<=.)(?:街道办事处|街道办|街道|镇|乡)$"),
    UnitKind.AREA: re.compile(r"(?<=.)(?:管理区|管区|片区|片)$"),
    UnitKind.VILLAGE: re.compile(r"(?<=.)(?:村民委员会|村委会|村)$"),
}


class UnitFact(NamedTuple):
    """A unit, in the order in which it is selected."""

    id: int
    kind: UnitKind
    name: str
    parent_id: int | None
    township_id: int | None
    is_closed: bool


class PersonFact(NamedTuple):
    """A person, in the order in which he is selected."""

    id: int
    name: str
    phone: str | None
    is_disabled: bool


class Office(NamedTuple):
    """A posting with what is asked about its unit, in the order in which it is selected."""

    id: int
    person_id: int
    unit_id: int
    unit_name: str
    township_id: int | None
    district_id: int | None
    role: Role
    title: str
    since: date
    until: date | None

    def is_over(self, on: date) -> bool:
        """Whether it ended before that day."""
        return self.until is not None and self.until < on


class Registry:
    """What is known of a district."""

    def __init__(
        self, district: UnitFact, units: Iterable[UnitFact], people: Iterable[PersonFact], offices: Iterable[Office]
    ) -> None:
        self.district = district
        self.units = {unit.id: unit for unit in units}
        self.people = {person.id: person for person in people}
        self.by_phone = {person.phone: person for person in self.people.values() if person.phone}
        self.offices = list(offices)
        self._of_person: dict[int, list[Office]] = defaultdict(list)
        self._of_unit: dict[int, list[Office]] = defaultdict(list)
        for office in self.offices:
            self._of_person[office.person_id].append(office)
            self._of_unit[office.unit_id].append(office)
        self._by_name: dict[tuple[UnitKind, int | None, str], UnitFact] = {}
        self._by_short_name: dict[tuple[UnitKind, int | None, str], list[UnitFact]] = defaultdict(list)
        for unit in self.units.values():
            scope = self._scope(unit)
            self._by_name[unit.kind, scope, unit.name] = unit
            self._by_short_name[unit.kind, scope, _shortened(unit.kind, unit.name)].append(unit)

    def find_unit(self, kind: UnitKind, scope_id: int | None, name: str) -> UnitFact | None:
        """The unit of that name in a township (in the district: for townships and bureaus), with or without its ending."""
        if kind is UnitKind.TOWNSHIP:
            name = name.removeprefix(self.district.name) or name
        for candidate in (name, _shortened(kind, name)):
            if found := self._by_name.get((kind, scope_id, candidate)):
                return found
        alike = self._by_short_name.get((kind, scope_id, name), [])
        return alike[0] if len(alike) == 1 else None

    def offices_of(self, person: PersonFact | None) -> list[Office]:
        """All offices that a person holds or held."""
        return self._of_person[person.id] if person else []

    def offices_in(self, unit: UnitFact | None) -> list[Office]:
        """All offices that are or were held in a unit."""
        return self._of_unit[unit.id] if unit else []

    def _scope(self, unit: UnitFact) -> int | None:
        return unit.township_id if unit.kind in (UnitKind.AREA, UnitKind.VILLAGE) else self.district.id


def _shortened(kind: UnitKind, name: str) -> str:
    ending = _ENDING.get(kind)
    return ending.sub("", name) if ending else name
