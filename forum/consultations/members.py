"""Who is on a thread's panels, what each has said, and whom one may call."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from forum.clock import today
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.threads.models import Post, Reach, Reaction, ReactionKind, Thread
from forum.threads.queries import Rows, thread_rows
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit, UnitKind

CALLABLE = (Role.SECRETARY, Role.DEPUTY, Role.EXPERT)
MOST_OFFERED = 60  # people in one list to choose from


def answering(thread_id: Any, person_id: Any, since: Any) -> tuple[ColumnElement[bool], ...]:
    """The conditions for replies with which somebody answered a call: shown ones, written after it."""
    return (
        Post.thread_id == thread_id,
        Post.author_id == person_id,
        Post.created_at >= since,
        Post.is_opening.is_(False),
        Post.hidden_at.is_(None),
    )


@dataclass(frozen=True)
class Member:
    """Somebody called to a panel; ``answer_id`` is the first reply he gave."""

    id: int
    person_id: int
    who: str
    office: str
    answer_id: int | None
    declined_at: datetime | None
    decline_note: str

    @property
    def is_waited_for(self) -> bool:
        return self.answer_id is None and self.declined_at is None


@dataclass(frozen=True)
class PanelRow:
    """A panel with its members, those who answered first."""

    id: int
    round: int
    due: date
    note: str
    called_at: datetime
    closed_at: datetime | None
    called_by: str
    members: tuple[Member, ...]

    @property
    def is_late(self) -> bool:
        return self.closed_at is None and self.due < today()

    @property
    def answered(self) -> list[Member]:
        return [member for member in self.members if member.answer_id is not None]

    @property
    def declined(self) -> list[Member]:
        return [member for member in self.members if member.answer_id is None and member.declined_at is not None]

    @property
    def waited_for(self) -> list[Member]:
        return [member for member in self.members if member.is_waited_for]


def panels_of(thread_id: int) -> list[PanelRow]:
    """The panels of a thread, the latest first; the caller has asked whether the thread may be read. One statement."""
    caller, calling, place = aliased(Person), aliased(Posting), aliased(Unit)
    answer = (
        select(func.min(Post.id))
        .where(
            *answering(Consultation.thread_id, Invitation.person_id, Invitation.invited_at),
            or_(Consultation.closed_at.is_(None), Post.created_at <= Consultation.closed_at),
        )
        .correlate(Consultation, Invitation)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Consultation.id,
            Consultation.round,
            Consultation.due,
            Consultation.note,
            Consultation.called_at,
            Consultation.closed_at,
            caller.name.label("caller_name"),
            place.name.label("caller_unit"),
            Invitation.id.label("invitation_id"),
            Invitation.person_id,
            Invitation.declined_at,
            Invitation.decline_note,
            Person.name,
            Unit.name.label("unit_name"),
            Posting.title.label("office"),
            answer.label("answer_id"),
        )
        .select_from(Consultation)
        .join(caller, caller.id == Consultation.called_by_id)
        .outerjoin(calling, calling.id == Consultation.posting_id)
        .outerjoin(place, place.id == calling.unit_id)
        .outerjoin(Invitation, Invitation.consultation_id == Consultation.id)
        .outerjoin(Person, Person.id == Invitation.person_id)
        .outerjoin(Unit, Unit.id == Invitation.unit_id)
        .outerjoin(Posting, Posting.id == Invitation.posting_id)
        .where(Consultation.thread_id == thread_id)
        .order_by(Consultation.round.desc(), Unit.position, Unit.name, Invitation.id)
    ).all()
    of_panel: dict[int, list[Any]] = {}
    for row in rows:
        of_panel.setdefault(row.id, []).append(row)
    return [_panel_row(group) for group in of_panel.values()]


def _panel_row(rows: Sequence[Any]) -> PanelRow:
    first = rows[0]
    return PanelRow(
        id=first.id,
        round=first.round,
        due=first.due,
        note=first.note,
        called_at=first.called_at,
        closed_at=first.closed_at,
        called_by=f"{first.caller_unit} {first.caller_name}" if first.caller_unit else first.caller_name,
        members=tuple(_member(row) for row in rows if row.invitation_id is not None),
    )


def _member(row: Any) -> Member:
    return Member(
        id=row.invitation_id,
        person_id=row.person_id,
        who=f"{row.unit_name} {row.name}",
        office=row.office or "",
        answer_id=row.answer_id,
        declined_at=row.declined_at,
        decline_note=row.decline_note,
    )


def called_to(actor: Actor) -> Rows:
    """The threads in which the actor is called to help and has neither answered nor declined."""
    waits = (
        select(Invitation.id)
        .join(Consultation, Consultation.id == Invitation.consultation_id)
        .where(
            Consultation.thread_id == Thread.id,
            Consultation.closed_at.is_(None),
            Invitation.person_id == actor.id,
            Invitation.declined_at.is_(None),
            ~exists().where(*answering(Consultation.thread_id, Invitation.person_id, Invitation.invited_at)),
        )
        .correlate(Thread)
    )
    return thread_rows(actor).where(Thread.locked_at.is_(None), Thread.hidden_at.is_(None), exists(waits))


def panel_in(thread: Thread) -> Consultation | None:
    """The panel called in the present round of a thread, with the thread at hand."""
    panel = select(Consultation).where(Consultation.thread_id == thread.id, Consultation.round == thread.round)
    return db.session.scalars(
        panel.join(Consultation.thread).options(contains_eager(Consultation.thread))
    ).one_or_none()


def people_to_call(
    thread: Thread,
    *,
    words: str = "",
    chosen: Collection[int] = (),
    with_same: bool = False,
    panel_id: int | None = None,
) -> Sequence[Any]:
    """Secretaries, deputies and experts who may be asked, once each: ``id``, ``name``, ``posting_id``, ``title``, ``has_same``, and where.

    Those chosen come first; then, ``words`` given, those whose name, village or township holds them all; without words those
    whose village has the same problem, and the thread's own township. Nobody is offered who may not read the thread, whoever asked,
    and who is on ``panel_id`` already. ``with_same`` takes only the chosen and those with the same problem. One statement.
    """
    township = aliased(Unit)
    has_same = exists(
        select(Reaction.person_id)
        .join(Post, Post.id == Reaction.post_id)
        .where(
            Post.thread_id == thread.id,
            Reaction.kind == ReactionKind.SAME,
            Reaction.person_id == Person.id,
        )
        .correlate(Person)
    )
    is_chosen = Person.id.in_(list(chosen))
    near = or_(has_same, Unit.township_id == thread.township_id if thread.township_id else Unit.kind == UnitKind.BUREAU)
    found = and_(*(_holds(word, township) for word in words.split())) if words.split() else near
    wanted = has_same if with_same else found
    query = (
        select(
            Person.id,
            Person.name,
            Posting.id.label("posting_id"),
            Posting.title,
            Posting.unit_id,
            Unit.name.label("unit_name"),
            township.name.label("township_name"),
            has_same.label("has_same"),
        )
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(township, township.id == Unit.township_id)
        .where(
            in_force(),
            Person.disabled_at.is_(None),
            Posting.role.in_(CALLABLE),
            Unit.district_id == thread.district_id,
            Person.id != thread.author_id,
            or_(is_chosen, wanted),
        )
        .order_by(
            case((is_chosen, 0), (has_same, 1), (Unit.township_id == thread.township_id, 2), else_=3),
            township.position,
            township.name,
            Unit.position,
            Unit.name,
            Posting.role != Role.SECRETARY,
            Person.id,
        )
        .limit(MOST_OFFERED + len(chosen) + 1)
    )
    if thread.reach is Reach.TOWNSHIP:
        query = query.where(Unit.township_id == thread.township_id)
    if panel_id is not None:
        on_it = select(Invitation.person_id).where(Invitation.consultation_id == panel_id)
        query = query.where(Person.id.not_in(on_it))
    people: dict[int, Any] = {}
    for row in db.session.execute(query):
        people.setdefault(row.id, row)
    return list(people.values())


def _holds(word: str, township: Any) -> ColumnElement[bool]:
    return or_(*(column.contains(word, autoescape=True) for column in (Person.name, Unit.name, township.name)))
