"""Each row of a roster against the others of the same file."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.units.models import Role, UnitKind
from forum.units.registry import Registry
from forum.units.roster_plan import Planned


def compare(planned: list[Planned], registry: Registry, on: date) -> None:
    """Mark the rows that contradict each other."""
    _compare_entries(planned)
    _compare_phones(planned)
    _compare_areas(planned)
    seats = _by([one for one in planned if one.is_good and one.role is Role.SECRETARY], lambda one: one.place.key)  # type: ignore[union-attr]
    for rivals in seats:
        for one in rivals if len(rivals) > 1 else ():
            others = _("、").join(str(other.row.line) for other in rivals if other is not one)
            one.add_fault("unit", _l("第 %(lines)s 行也写着这个村的书记，一个村只能有一位。", lines=others))
    while _refuse_second_seats(planned, registry, on):
        pass  # a refused row relieves nobody, and so another may no longer leave his seat


def _compare_entries(planned: list[Planned]) -> None:
    namesakes: dict[tuple[object, ...], tuple[object, ...]] = {}
    first: dict[tuple[object, ...], Planned] = {}
    for one in planned:
        if not one.is_good or one.place is None:
            continue
        # Without a phone number the same name in the same place is the same person.
        spot = (one.row.name, *one.place.key)
        who = namesakes.setdefault(spot, one.who) if one.person is None and not one.row.phone else one.who
        namesakes.setdefault(spot, who)
        other = first.setdefault((who, *one.place.key), one)
        if other is not one and other.role is one.role:
            one.add_fault("", _l("与第 %(line)s 行重复。", line=other.row.line))
        elif other is not one:
            one.add_fault("title", _l("第 %(line)s 行已经写了他在这里的职务。", line=other.row.line))


def _compare_phones(planned: list[Planned]) -> None:
    owner: dict[str, Planned] = {}
    number: dict[int, Planned] = {}
    for one in planned:
        phone = one.new_phone if one.is_good else None
        if phone is None or one.person is None:
            continue
        if (other := owner.setdefault(phone, one)).who != one.who:
            one.add_fault("phone", _l("手机号与第 %(line)s 行的相同。", line=other.row.line))
        elif (other := number.setdefault(one.person.id, one)).new_phone != phone:
            one.add_fault("phone", _l("第 %(line)s 行写着他的另一个手机号。", line=other.row.line))


def _compare_areas(planned: list[Planned]) -> None:
    first: dict[tuple[object, ...], Planned] = {}
    for one in planned:
        if one.is_good and one.place and one.row.area and one.place.kind is UnitKind.VILLAGE:
            other = first.setdefault(one.place.key, one)
            if other.row.area != one.row.area:
                message = _l("第 %(line)s 行把这个村写在%(area)s。", line=other.row.line, area=other.row.area)
                one.add_fault("unit", message)


def _refuse_second_seats(planned: list[Planned], registry: Registry, on: date) -> bool:
    """Refuse those who would lead two villages; whether there were any."""
    relieved = {office.id for one in planned if one.is_good for office, _until in one.ends}
    taking = [one for one in planned if one.is_good and one.role is Role.SECRETARY]
    refused = False
    for one in taking:
        kept = [
            office
            for office in registry.offices_of(one.person)
            if office.role is Role.SECRETARY and not office.is_over(on) and office.id not in relieved
        ]
        if one.held is None and kept:
            refused = True
            one.add_fault(
                "unit",
                _l(
                    "%(name)s还是%(unit)s的书记，一个人不能当两个村的书记：请先结束那边的任职。",
                    name=one.row.name,
                    unit=kept[0].unit_name,
                ),
            )
    for double in _by([one for one in taking if one.is_good], lambda one: one.who):
        for one in double if len(double) > 1 and any(d.held is None for d in double) else ():
            refused = True
            others = _("、").join(str(other.row.line) for other in double if other is not one)
            one.add_fault("unit", _l("第 %(lines)s 行也写着他当书记，一个人不能当两个村的书记。", lines=others))
    return refused


def _by(planned: list[Planned], key: Callable[[Planned], object]) -> list[list[Planned]]:
    groups: dict[object, list[Planned]] = {}
    for one in planned:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())
