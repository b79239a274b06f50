"""Who may read a thread: the other side of ``readable_threads``, for whoever is to be offered or told."""

from sqlalchemy import ColumnElement, and_, or_, select

from forum.threads.models import Reach, Thread, ThreadAdmission
from forum.threads.policies import ThreadFacts
from forum.units.actors import Actor, in_force
from forum.units.models import Person, Posting, Role, Unit


def may_read(thread: ThreadFacts) -> ColumnElement[bool]:
    """The condition under which a posting lets its holder read a thread; the query joins Person, Posting and Unit."""
    in_office = and_(in_force(), Person.disabled_at.is_(None), Posting.role != Role.ADMIN)
    organises = and_(Posting.role == Role.ORGANISER, Unit.township_id == thread.township_id)
    wrote = Person.id == thread.author_id
    conditions = [in_office, Unit.district_id == thread.district_id]
    if thread.reach is Reach.TOWNSHIP:
        conditions.append(or_(Unit.township_id == thread.township_id, wrote))
    elif thread.reach is Reach.PANEL:
        admitted = select(ThreadAdmission.person_id).where(ThreadAdmission.thread_id == thread.id)
        conditions.append(or_(organises, wrote, Person.id.in_(admitted)))
    if thread.hidden_at is not None:
        conditions.append(or_(organises, wrote, Posting.role == Role.DISTRICT))
    return and_(*conditions)


def about_to_begin(author: Actor, reach: Reach) -> Thread:
    """What says who will read a thread that somebody is about to begin; never to be saved."""
    district_id, township_id = author.district_id or 0, author.township_id
    return Thread(id=0, author_id=author.id, township_id=township_id, district_id=district_id, reach=reach)
