"""What this room holds of a person: whom he called and why, what he concluded, how things went, what he did."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, null

from forum.belongings import Via, belongs, of_office
from forum.consultations.models import ActionItem, ActionUndoing, Consultation, FollowUp, Invitation, Outcome
from forum.consultations.policies import visible_actions
from forum.threads.models import Thread
from forum.threads.own import title_of
from forum.units.actors import Actor


def _of(model: type[Outcome] | type[FollowUp] | type[Consultation]) -> Via:
    return Via(model, ((Thread, Thread.id == model.thread_id),))


def _what(actor: Actor) -> ColumnElement[str | None]:
    may_read = ActionItem.id.in_(visible_actions(actor).with_only_columns(ActionItem.id))
    return case((may_read, ActionItem.what), else_=null()).label("what")


belongs(
    "panels",
    _l("我请人会诊"),
    Consultation.called_by_id,
    Consultation.called_at,
    title_of,
    Consultation.note,
    Consultation.due,
    via=_of(Consultation),
)
belongs(
    "invitations",
    _l("请我会诊，我怎么答的"),
    Invitation.person_id,
    Invitation.invited_at,
    title_of,
    Invitation.declined_at,
    Invitation.decline_note,
    via=Via(
        Invitation,
        ((Consultation, Consultation.id == Invitation.consultation_id), (Thread, Thread.id == Consultation.thread_id)),
    ),
)
belongs(
    "outcomes",
    _l("我写的结论"),
    Outcome.concluded_by_id,
    Outcome.concluded_at,
    title_of,
    Outcome.statement,
    via=_of(Outcome),
)
belongs(
    "follow_ups",
    _l("回头看，我说的后来怎样"),
    FollowUp.answered_by_id,
    FollowUp.answered_at,
    title_of,
    FollowUp.result,
    FollowUp.sentence,
    via=_of(FollowUp),
)
belongs(
    "actions_done",
    _l("我办好的事"),
    ActionItem.done_by_id,
    ActionItem.done_at,
    _what,
    ActionItem.note,
)
belongs(
    "actions_done_before",
    _l("我说过办好、后来收回的"),
    ActionUndoing.done_by_id,
    ActionUndoing.done_at,
    ActionUndoing.note,
)
belongs(
    "actions_undone",
    _l("我收回“办好了”的原因"),
    ActionUndoing.undone_by_id,
    ActionUndoing.undone_at,
    ActionUndoing.reason,
)
of_office(ActionItem.person_id, FollowUp.entered_by_id)
