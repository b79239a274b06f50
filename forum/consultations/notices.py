"""How notices about panels read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.clock import day
from forum.consultations.models import Consultation, Invitation
from forum.extensions import db
from forum.notices.kinds import Shown, register_notice
from forum.threads.models import Thread
from forum.threads.policies import readable_threads
from forum.units.actors import Actor
from forum.units.models import Person, Unit


def _invitations(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    caller = aliased(Person)
    rows = db.session.execute(
        select(
            Invitation.id,
            Invitation.decline_note,
            Consultation.due,
            Consultation.thread_id,
            Thread.title,
            Person.name,
            Unit.name.label("unit_name"),
            caller.name.label("caller_name"),
        )
        .join(Consultation, Consultation.id == Invitation.consultation_id)
        .join(Thread, Thread.id == Consultation.thread_id)
        .join(Person, Person.id == Invitation.person_id)
        .join(Unit, Unit.id == Invitation.unit_id)
        .join(caller, caller.id == Consultation.called_by_id)
        .where(Invitation.id.in_(ids), readable_threads(actor))
    )
    return {row.id: row for row in rows}


def _panels(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Consultation.id, Consultation.thread_id, Consultation.due, Thread.title, Person.name)
        .join(Thread, Thread.id == Consultation.thread_id)
        .join(Person, Person.id == Consultation.called_by_id)
        .where(Consultation.id.in_(ids), readable_threads(actor))
    )
    return {row.id: row for row in rows}


def _called(row: Any) -> Shown:
    text = _(
        "%(who)s请您会诊“%(title)s”，请在%(day)s前答；答不了也说一声。",
        who=row.caller_name,
        title=row.title,
        day=day(row.due),
    )
    return Shown(text, url_for("threads.show", thread_id=row.thread_id, _anchor="reply"), row.thread_id)


def _reminded(row: Any) -> Shown:
    text = _("“%(title)s”等您会诊，%(day)s前要答；答不了也说一声。", title=row.title, day=day(row.due))
    return Shown(text, url_for("threads.show", thread_id=row.thread_id, _anchor="reply"), row.thread_id)


def _declined(row: Any) -> Shown:
    text = _(
        "%(unit)s %(name)s 说“%(title)s”他答不了：%(note)s",
        unit=row.unit_name,
        name=row.name,
        title=row.title,
        note=row.decline_note,
    )
    return Shown(text, url_for("threads.show", thread_id=row.thread_id, _anchor="panel"), row.thread_id)


def _begun(row: Any) -> Shown:
    text = _("%(who)s给您的“%(title)s”请了人会诊，%(day)s前答。", who=row.name, title=row.title, day=day(row.due))
    return Shown(text, url_for("threads.show", thread_id=row.thread_id, _anchor="panel"), row.thread_id)


register_notice("panel.called", _invitations, _called)
register_notice("panel.reminded", _invitations, _reminded)
register_notice("panel.declined", _invitations, _declined)
register_notice("panel.begun", _panels, _begun)
