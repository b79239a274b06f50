"""Who is asked what became of a thread, and who is told of an action."""

from sqlalchemy import exists, select

from forum.consultations.models import ActionItem, Outcome
from forum.extensions import db
from forum.threads.models import Reach, Thread, ThreadAdmission
from forum.units.actors import in_force
from forum.units.models import Person, Posting, Role, Unit

LEADERS = (Role.SECRETARY, Role.DEPUTY)


def people_to_ask(thread: Thread) -> list[int]:
    """Who is asked about a thread: whoever asked while he is in office there, else who leads his village now, else the organisers.

    Of a thread for a panel only leaders who may read it are asked: it was not confided to whoever follows in office.
    """
    held = (
        select(Posting.person_id, Posting.role, Posting.unit_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .where(
            in_force(),
            Person.disabled_at.is_(None),
            (Posting.unit_id == thread.unit_id)
            | ((Posting.role == Role.ORGANISER) & (Unit.township_id == thread.township_id)),
        )
    )
    rows = db.session.execute(held).all()
    there = [row for row in rows if row.unit_id == thread.unit_id]
    if any(row.person_id == thread.author_id for row in there):
        return [thread.author_id]
    leaders = {row.person_id for row in there if row.role in LEADERS}
    if thread.reach is Reach.PANEL:
        admitted = select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id == thread.id)
        leaders &= set(db.session.scalars(admitted))
    return sorted(leaders or {row.person_id for row in rows if row.role is Role.ORGANISER})


def leaders_of(unit_id: int) -> list[int]:
    """The people who lead a unit today: secretary and deputies of a village, the organisers of a township."""
    held = select(Posting.person_id).where(
        Posting.unit_id == unit_id, Posting.role.in_((*LEADERS, Role.ORGANISER)), in_force()
    )
    return sorted(set(db.session.scalars(held)))


def people_of(action: ActionItem) -> list[int]:
    """Who is reminded of an action: the person named as long as he is in office, else who leads the unit in charge."""
    is_in_office = select(exists().where(Posting.person_id == action.person_id, in_force()))
    if action.person_id is not None and db.session.scalar(is_in_office):
        return [action.person_id]
    return leaders_of(action.unit_id)


def told_by(action: ActionItem, what: str) -> tuple[str, int]:
    """The notice that tells of an action (``what`` is given, due, late or undone), by the page that shows it: its thread, or the
    meeting that decided it without one."""
    if action.outcome_id is None:
        assert action.meeting_id is not None
        return f"task.{what}", action.meeting_id
    return f"action.{what}", db.session.scalars(select(Outcome.thread_id).where(Outcome.id == action.outcome_id)).one()
