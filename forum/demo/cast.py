"""The demo's units and people by name, and who held which office on a day."""

from datetime import date

from forum.units.models import Person, Posting, Unit


class Cast:
    """Units and people of the data are referred to by name."""

    def __init__(self) -> None:
        self._units: dict[str, Unit] = {}
        self._by_id: dict[int, Unit] = {}
        self._people: dict[str, Person] = {}
        self._postings: dict[int, list[Posting]] = {}
        self.password_hash = ""

    def add_unit(self, unit: Unit) -> None:
        """Remember a unit."""
        self._units[unit.name] = self._by_id[unit.id] = unit

    def add_person(self, person: Person, postings: list[Posting]) -> None:
        """Remember a person with his offices."""
        self._people[person.name] = person
        self._postings[person.id] = postings

    def unit(self, name: str) -> Unit:
        """The unit of that name."""
        return self._units[name]

    def unit_of(self, posting: Posting) -> Unit:
        """The unit of a posting."""
        return self._by_id[posting.unit_id]

    def person(self, name: str) -> Person:
        """The person of that name."""
        return self._people[name]

    def posting(self, name: str, on: date, unit: str | None = None) -> Posting:
        """The office somebody held on a day (in the unit named, when he held several)."""
        held = self._holds(name, on)
        if unit is not None:
            held = [p for p in held if p.unit_id == self._units[unit].id]
        return held[0]

    def held_by(self, name: str, on: date) -> Posting | None:
        """The first of the offices that somebody of the demo held on a day; None for strangers."""
        return self.posting(name, on) if name in self._people and self._holds(name, on) else None

    def latest_posting(self, name: str) -> Posting:
        """The office somebody took up last."""
        return max(self._postings[self._people[name].id], key=lambda p: p.since)

    def _holds(self, name: str, on: date) -> list[Posting]:
        return [
            p for p in self._postings[self._people[name].id] if p.since <= on and (p.until is None or p.until >= on)
        ]

    def secretaries(self, township: str, on: date) -> list[tuple[Person, Posting]]:
        """Who led a village of the township on a day."""
        town = self._units[township].id
        return [
            (person, posting)
            for person in self._people.values()
            for posting in self._postings[person.id]
            if posting.role == "secretary"
            and self._by_id[posting.unit_id].township_id == town
            and posting.since <= on
            and (posting.until is None or posting.until >= on)
        ]

    def organiser(self, township: Unit) -> Posting:
        """Who organises the township's forum."""
        return next(
            posting
            for postings in self._postings.values()
            for posting in postings
            if posting.role == "organiser" and posting.unit_id == township.id
        )
