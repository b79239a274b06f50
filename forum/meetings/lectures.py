"""Where a lecture stands on the agenda of a meeting, and whether the reader was there: shown on the lecture's page."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from forum.extensions import db
from forum.learning.lectures.panels import AGENDAS, OnAgenda
from forum.meetings.models import AgendaItem, Attendance, Meeting, MeetingState
from forum.meetings.policies import seen_meetings
from forum.units.actors import Actor
from forum.units.models import Unit

PUBLIC = (MeetingState.HELD, MeetingState.CLOSED)  # before that an agenda may not be published yet


def agendas_with(actor: Actor, thread_id: int) -> list[OnAgenda]:
    """The meetings the actor may open that take the lecture up, the latest first. Who was at any of its sittings was there."""
    attended = (
        select(Attendance).where(Attendance.meeting_id == Meeting.id, Attendance.came.is_(True)).correlate(Meeting)
    )
    on_agenda = select(AgendaItem.id).where(AgendaItem.meeting_id == Meeting.id, AgendaItem.thread_id == thread_id)
    care = Meeting.township_id == actor.township_id if actor.is_organiser else Meeting.state.in_(PUBLIC)
    rows = db.session.execute(
        select(
            Meeting.id,
            Meeting.month,
            Meeting.number,
            Unit.name,
            attended.exists().label("was_taken"),
            attended.where(Attendance.person_id == actor.id).exists().label("came"),
        )
        .join(Unit, Unit.id == Meeting.township_id)
        .where(seen_meetings(actor), on_agenda.correlate(Meeting).exists(), or_(care, Meeting.state.in_(PUBLIC)))
        .order_by(Meeting.month.desc(), Meeting.id.desc())
    )
    return [
        OnAgenda(
            _("%(township)s第 %(number)s 期村书记论坛", township=row.name, number=row.number),
            url_for("meetings.show", meeting_id=row.id),
            row.came if row.was_taken else None,
        )
        for row in rows
    ]


AGENDAS.append(agendas_with)
