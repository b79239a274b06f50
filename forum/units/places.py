"""Which unit a row of a roster speaks of: one that is known, or one to be made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.units.models import Role, UnitKind
from forum.units.registry import Registry, UnitFact
from forum.units.roster_file import RosterRow

AddFault = Callable[[str, LazyString], None]


@dataclass(frozen=True)
class Place:
    """A unit by kind and name. ``unit`` is None for one to be made, ``township`` for one to be made or for none at all.

    ``area`` or ``new_area`` is where the file puts a village; ``moves`` says that a known village lies elsewhere so far.
    """

    kind: UnitKind
    name: str
    unit: UnitFact | None
    township: UnitFact | None = None
    new_township: str = ""
    area: UnitFact | None = None
    new_area: str = ""
    moves: bool = False

    @property
    def township_name(self) -> str:
        return self.township.name if self.township else self.new_township

    @property
    def key(self) -> tuple[UnitKind, str, str]:
        """Tells one place of the file from another."""
        return (self.kind, "" if self.kind is UnitKind.TOWNSHIP else self.township_name, self.name)

    def to_make(self) -> Iterator[tuple[UnitKind, str, str]]:
        """The units that are missing for it, from the top: kind, name of the township it is in, name."""
        if self.new_township:
            yield (UnitKind.TOWNSHIP, "", self.new_township)
        if self.new_area:
            yield (UnitKind.AREA, self.township_name, self.new_area)
        if self.unit is None and self.kind is not UnitKind.TOWNSHIP:
            yield self.key


def find_place(
    row: RosterRow, role: Role, registry: Registry, own_township: UnitFact | None, add_fault: AddFault
) -> Place | None:
    """The place of an office; None after saying why there is none.

    ``own_township`` binds an organiser to his township; for him a row without one means it.
    """
    district = registry.district
    if role in (Role.ORGANISER, Role.DISTRICT) and row.village:
        # The file reader says the same where it knew the title.
        if row.role is None:
            add_fault("unit", _l("“%(title)s”不是村里的职务，这一行却写了村：请核对。", title=row.title))
        return None
    if role is Role.DISTRICT:
        return Place(UnitKind.DISTRICT, district.name, district)
    if role is Role.EXPERT and not row.township and own_township is None:
        if not row.village:
            return Place(UnitKind.DISTRICT, district.name, district)
        bureau = registry.find_unit(UnitKind.BUREAU, district.id, row.village)
        return _open(Place(UnitKind.BUREAU, bureau.name if bureau else row.village, bureau), add_fault)
    name = row.township or (own_township.name if own_township else "")
    if not name:
        add_fault("unit", _l("没有写镇街。"))
        return None
    township = registry.find_unit(UnitKind.TOWNSHIP, district.id, name)
    if own_township and township != own_township:
        add_fault("unit", _l("“%(name)s”不是您的镇街，您只能导入%(own)s的。", name=name, own=own_township.name))
        return None
    in_township = {"township": township, "new_township": "" if township else name}
    if role is Role.ORGANISER or (role is Role.EXPERT and not row.village):
        place = Place(UnitKind.TOWNSHIP, township.name if township else name, township, **in_township)  # type: ignore[arg-type]
        return _open(place, add_fault)
    if not row.village:
        if row.role is None:
            add_fault("unit", _l("没有写村。"))
        return None
    village = registry.find_unit(UnitKind.VILLAGE, township.id, row.village) if township else None
    area = registry.find_unit(UnitKind.AREA, township.id, row.area) if township and row.area else None
    place = Place(
        UnitKind.VILLAGE,
        village.name if village else row.village,
        village,
        **in_township,  # type: ignore[arg-type]
        area=area,
        new_area=row.area if row.area and area is None else "",
        moves=bool(village and row.area and village.parent_id != (area.id if area else None)),
    )
    return _open(place, add_fault)


def _open(place: Place, add_fault: AddFault) -> Place | None:
    """The place, unless it or the units above it are closed."""
    for unit in (place.township, place.area, place.unit):
        if unit and unit.is_closed:
            add_fault("unit", _l("“%(name)s”已经撤并，请核对。", name=unit.name))
            return None
    return place
