"""Planning the import of a roster: every row against what is known of the district. Nothing here changes anything.

The same rows and the same registry give the same plan: a plan that was shown is carried out only if it is still the one.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from forum.units.labels import ROLE_LABELS
from forum.units.models import Role
from forum.units.places import Place, find_place
from forum.units.policies import VILLAGE_ROLES, Grant
from forum.units.registry import Office, PersonFact, Registry
from forum.units.roster_compare import compare
from forum.units.roster_file import RosterRow
from forum.units.roster_plan import Fault, Plan, Planned

ONE_DAY = timedelta(days=1)


def plan_roster(
    rows: Iterable[RosterRow], titles: Mapping[str, Role | None], registry: Registry, grant: Grant, on: date
) -> Plan:
    """Say what becomes of every row on the day ``on``.

    ``titles`` tells the roles of titles that the file reader did not know; None there means: leave such rows out.
    """
    planner = _Planner(titles, registry, grant, on)
    planned = [planner.plan(row) for row in rows]
    compare(planned, registry, on)
    return Plan(planned, _missing(planned, registry, grant, on))


class _Planner:
    def __init__(self, titles: Mapping[str, Role | None], registry: Registry, grant: Grant, on: date) -> None:
        self.titles, self.registry, self.grant, self.on = titles, registry, grant, on
        self.own_township = registry.units[grant.township_id] if grant.township_id else None

    def plan(self, row: RosterRow) -> Planned:
        """One row against what is known."""
        one = Planned(row, faults=[Fault("", problem) for problem in row.problems])
        one.role = Role(row.role) if row.role else self.titles.get(row.title)
        one.is_skipped = row.role is None and row.title in self.titles and one.role is None
        if one.is_skipped or not self._may_give(one):
            return one
        assert one.role is not None
        place = find_place(row, one.role, self.registry, self.own_township, one.add_fault)
        if place is None:
            return one
        one.place, one.person = place, self._find_person(one, place)
        if one.person:
            self._check_person(one, one.person)
        if not one.faults:
            self._plan_office(one, place)
        return one

    def _may_give(self, one: Planned) -> bool:
        if one.role is None:
            if not one.faults:
                one.add_fault("title", _l("认不出职务“%(title)s”。", title=one.row.title))
        elif one.role not in self.grant.roles:
            giver = _l("系统管理员") if one.role is Role.DISTRICT else _l("镇组织员或区组织部")
            giver = _l("区组织部") if one.role in (Role.ORGANISER, Role.EXPERT) else giver
            one.add_fault("role", _l("“%(role)s”要由%(giver)s登记。", role=ROLE_LABELS[one.role], giver=giver))
        else:
            return True
        return False

    def _find_person(self, one: Planned, place: Place) -> PersonFact | None:
        row = one.row
        if row.phone and (found := self.registry.by_phone.get(row.phone)):
            if found.name != row.name:
                one.add_fault("phone", self._whose_phone(found))
            return found
        here = self.registry.offices_in(place.unit)
        in_office = {office.person_id for office in here if not office.is_over(self.on)}
        namesakes = {
            office.person_id: person
            for office in here
            if (person := self.registry.people[office.person_id]).name == row.name
        }
        among = [person for key, person in namesakes.items() if key in in_office] or list(namesakes.values())
        if len(among) > 1:
            one.add_fault("name", _l("这里有几个人都叫%(name)s，请填手机号。", name=row.name))
        return among[0] if among else None

    def _whose_phone(self, person: PersonFact) -> LazyString:
        # Who has which number is told only to those who see it anyhow.
        held = self._held(person)
        if held and self._is_in_hand(person):
            return _l("这个手机号登记的是%(unit)s的%(name)s。", unit=held[0].unit_name, name=person.name)
        return _l("这个手机号登记的是另一个人，请核对。")

    def _held(self, person: PersonFact | None) -> list[Office]:
        return [office for office in self.registry.offices_of(person) if not office.is_over(self.on)]

    def _is_in_hand(self, person: PersonFact) -> bool:
        return all(self.grant.covers(o.role, o.township_id, o.district_id) for o in self._held(person))

    def _check_person(self, one: Planned, person: PersonFact) -> None:
        if person.is_disabled:
            one.add_fault("phone", _l("%(name)s的账号已经停用。", name=person.name))
        elif person.id == self.grant.person_id:
            one.add_fault("name", _l("不能给自己登记任职。"))
        elif one.new_phone and not self._is_in_hand(person):
            # He signs in with it: whoever may change it may take the account, with the rights of all its offices.
            one.add_fault("phone", _l("%(name)s在别处还有任职，手机号要他自己改，或请上一级改。", name=person.name))

    def _plan_office(self, one: Planned, place: Place) -> None:
        mine, current = self.registry.offices_of(one.person), self._held(one.person)
        here = [office for office in current if place.unit and office.unit_id == place.unit.id]
        one.held = next((office for office in here if office.role is one.role), None)
        one.since = one.row.since or (one.held.since if one.held else self.on)
        if one.role is Role.DISTRICT and not one.held and any(o.role in (Role.ADMIN, Role.DISTRICT) for o in current):
            one.add_fault("role", _l("系统管理员和区组织部不能是同一个人，一个人也只能在一个区。"))
        if one.held is None:
            self._check_earlier_term(one, [o for o in mine if place.unit and o.unit_id == place.unit.id])
            for office in here:
                if office.role in VILLAGE_ROLES and one.role in VILLAGE_ROLES:
                    _end(one, office)
        if one.role is Role.SECRETARY and (one.held is None or one.since != one.held.since):
            self._succeed(one, place)

    def _check_earlier_term(self, one: Planned, offices: list[Office]) -> None:
        assert one.since is not None
        past = [o for o in offices if o.role is one.role and o.is_over(self.on) and o.until and o.until >= one.since]
        if past:
            until = max(office.until for office in past if office.until)
            one.add_fault(
                "since", _l("他在这里的任职到%(until)s已经结束，任职时间要在这以后。", until=until.isoformat())
            )

    def _succeed(self, one: Planned, place: Place) -> None:
        assert one.since is not None
        for office in self.registry.offices_in(place.unit):
            other = self.registry.people[office.person_id]
            if office.role is not Role.SECRETARY or other == one.person:
                continue
            if not office.is_over(self.on):
                one.predecessor = other
                _end(one, office)
            elif office.until and office.until >= one.since:
                until = office.until.isoformat()
                one.add_fault(
                    "since", _l("前任%(name)s任到%(until)s，任职时间要在这以后。", name=other.name, until=until)
                )


def _end(one: Planned, office: Office) -> None:
    """Let an office end the day before the new one begins."""
    assert one.since is not None
    since = office.since.isoformat()
    if one.since > office.since:
        one.ends.append((office, one.since - ONE_DAY))
    elif one.predecessor and office.person_id == one.predecessor.id:
        name = one.predecessor.name
        one.add_fault(
            "since",
            _l("现任%(name)s是%(since)s上任的，任职时间要在这以后：名册是不是旧的？", name=name, since=since),
        )
    else:
        title = office.title or ROLE_LABELS[office.role]
        one.add_fault("since", _l("他任%(title)s是从%(since)s起，新的任职时间要在这以后。", title=title, since=since))


def _missing(planned: list[Planned], registry: Registry, grant: Grant, on: date) -> list[tuple[Office, PersonFact]]:
    """Offices of the roles and townships that the file is about whose holders it does not name."""
    townships = {one.place.township.id for one in planned if one.place and one.place.township}
    roles = {one.role for one in planned}
    phones = {one.row.phone for one in planned if one.row.phone}
    names = {(one.row.name, one.place.name if one.place else one.row.village) for one in planned}
    relieved = {office.id for one in planned if one.is_good for office, _until in one.ends}
    named = {one.person.id for one in planned if one.person}
    found = []
    for office in registry.offices:
        person = registry.people[office.person_id]
        is_asked = office.role in roles and office.township_id in townships and not office.is_over(on)
        is_named = person.id in named or person.phone in phones or (person.name, office.unit_name) in names
        is_ours = grant.covers(office.role, office.township_id, office.district_id)
        if is_asked and is_ours and not is_named and office.id not in relieved:
            found.append((office, person))
    return sorted(found, key=lambda pair: (pair[0].township_id or 0, pair[0].unit_name, pair[1].name))
