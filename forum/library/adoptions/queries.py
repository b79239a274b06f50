"""What the pages about adoptions load."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.library.adoptions.actions import LEADERS, Speaker
from forum.library.adoptions.models import Adoption, AdoptionResult, AdoptionRevision
from forum.library.adoptions.policies import in_care, may_adopt, readable_adoptions
from forum.library.models import Experience
from forum.paging import Page, keyset_page
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Unit, VillageFacts
from forum.units.village_facts import fact_columns, facts_in_words

# The latest news first: failures stand among the rest.
LATEST = (func.coalesce(Adoption.result_at, Adoption.created_at).desc(), Adoption.id.desc())
SHOWN = 20  # in full on a card's page; earlier ones in one line each


def adoption_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Adoptions of cards the actor may open, with everything that is said of one."""
    writer, reporter, reporting = aliased(Person), aliased(Person), aliased(Posting)
    corrected = exists().where(AdoptionRevision.adoption_id == Adoption.id)
    return (
        select(
            Adoption.id,
            Adoption.experience_id,
            Adoption.unit_id,
            Adoption.person_id,
            Adoption.change,
            Adoption.due,
            Adoption.created_at,
            Adoption.result,
            Adoption.result_at,
            Adoption.why,
            Adoption.caution,
            Adoption.withdrawn_at,
            Adoption.version,
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
            Person.name.label("person_name"),
            writer.name.label("entered_by"),
            reporter.name.label("result_by"),
            (reporting.unit_id != Adoption.unit_id).label("result_is_entered"),
            corrected.label("is_corrected"),
            *fact_columns(),
        )
        .join(Experience, Experience.id == Adoption.experience_id)
        .join(Unit, Unit.id == Adoption.unit_id)
        .join(Person, Person.id == Adoption.person_id)
        .outerjoin(writer, writer.id == Adoption.entered_by_id)
        .outerjoin(reporter, reporter.id == Adoption.result_by_id)
        .outerjoin(reporting, reporting.id == Adoption.result_posting_id)
        .outerjoin(VillageFacts, VillageFacts.unit_id == Adoption.unit_id)
        .where(readable_adoptions(actor))
    )


def adoptions_of(actor: Actor, card_id: int) -> Sequence[Any]:
    """Who tried a card, as far as the actor may open it; failures stand among the rest, by date."""
    return db.session.execute(adoption_rows(actor).where(Adoption.experience_id == card_id).order_by(*LATEST)).all()


def tries(actor: Actor, *, is_told: bool, cursor: str | None) -> Page:
    """What villages in the actor's care try now, or tried, with the titles of the cards; newest first."""
    query = adoption_rows(actor).add_columns(Experience.title).where(in_care(actor))
    if is_told:
        return keyset_page(query.where(Adoption.result.is_not(None)), Adoption.result_at, Adoption.id, cursor)
    return keyset_page(query.where(Adoption.result.is_(None)), Adoption.created_at, Adoption.id, cursor)


def adoption_page(actor: Actor, adoption_id: int) -> Any | None:
    """One adoption with its card's title; None when it is not the actor's to see."""
    query = adoption_rows(actor).add_columns(Experience.title).where(Adoption.id == adoption_id)
    return db.session.execute(query).one_or_none()


def earlier_results(adoption_id: int) -> Sequence[Any]:
    """What was said before a result was corrected, the latest first."""
    return db.session.execute(
        select(
            AdoptionRevision.result,
            AdoptionRevision.result_at,
            AdoptionRevision.why,
            AdoptionRevision.caution,
            Person.name.label("result_by"),
        )
        .join(Person, Person.id == AdoptionRevision.result_by_id)
        .where(AdoptionRevision.adoption_id == adoption_id)
        .order_by(AdoptionRevision.id.desc())
    ).all()


@dataclass(frozen=True)
class Choice:
    """A leader for whose village the actor may say that it tries a card."""

    speaker: Speaker
    label: str


def speakers(actor: Actor, card: Experience) -> dict[int, Choice]:
    """The leaders of villages that are not at it yet, by posting; of a village's several its secretary stands first."""
    trying = exists().where(
        Adoption.experience_id == card.id,
        Adoption.unit_id == Unit.id,
        Adoption.result.is_(None),
        Adoption.withdrawn_at.is_(None),
    )
    township = aliased(Unit)
    rows = db.session.execute(
        select(
            Posting.id,
            Posting.person_id,
            Posting.role,
            Posting.title,
            Person.name,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Unit.township_id,
            Unit.district_id,
        )
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(township, township.id == Unit.township_id)
        .where(may_adopt(actor, card), Posting.role.in_(LEADERS), in_force(), ~trying)
        .order_by(township.position, township.name, Unit.position, Unit.name, Posting.role.desc(), Posting.id)
    ).all()
    if actor.leads_village and actor.posting:
        rows = [row for row in rows if row.id == actor.posting.id]
    return {
        row.id: Choice(
            Speaker(row.person_id, row.id, row.unit_id, row.township_id, row.district_id),
            " ".join(part for part in (row.unit_name, row.name, row.title) if part),
        )
        for row in rows
    }


@dataclass(frozen=True)
class Fit:
    """What the villages with one result are like: each fact in words with how many villages, the most frequent first."""

    result: AdoptionResult
    villages: int
    facts: tuple[tuple[Any, int], ...]


def fits(adoptions: Iterable[Any]) -> list[Fit]:
    """Where a card worked and where it did not, by each village's last result; only villages of which something is known."""
    last: dict[int, Any] = {}
    for row in sorted((a for a in adoptions if a.result is not None), key=lambda a: a.id):
        last[row.unit_id] = row
    found = []
    for result in AdoptionResult:
        villages = [row for row in last.values() if row.result is result]
        known = Counter(str(word) for row in villages for word in facts_in_words(row))
        if known:
            found.append(Fit(result, len(villages), tuple(known.most_common())))
    return found


def own_open(actor: Actor, adoptions: Iterable[Any]) -> Any | None:
    """What the actor's own village is trying right now, if anything."""
    trying = (a for a in adoptions if a.unit_id == actor.unit_id and a.result is None)
    return next(trying, None) if actor.leads_village else None
