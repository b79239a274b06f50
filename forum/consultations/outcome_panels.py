"""What a thread's page shows of its outcomes and rounds, and how far the thread has come with them."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.clock import day, today
from forum.consultations import labels
from forum.consultations.models import Outcome
from forum.consultations.policies import can_conclude, can_report
from forum.consultations.queries import OutcomeRow, outcomes
from forum.threads.models import ASKED
from forum.threads.panels import PANELS, Panel, Step
from forum.units.actors import Actor


def outcome_panel(actor: Actor, head: Any) -> Panel:
    """The outcome in force with its actions and follow-ups, what stood before it, and the rounds before this one."""
    may_conclude = can_conclude(actor, head)
    conclude = url_for("consultations.conclude", thread_id=head.id)
    if head.concluded_at is None and head.round == 1:
        # An outcome always concludes its thread: most threads need no question to the database.
        return Panel(steps=_steps_to_come(head), links=((_("写结论"), conclude),) if may_conclude else ())
    found = outcomes(actor, Outcome.thread_id == head.id)
    now = next((o for o in found if o.round == head.round and o.replaced_at is None), None)
    values = {
        "now": now,
        "before": [o for o in found if o.round == head.round and o.replaced_at is not None],
        "rounds": [_round(found, number) for number in range(head.round - 1, 0, -1)],
        "round": head.round,
        "is_due": head.followup_due is not None and head.followup_due <= today(),
        "is_solved": head.solved_at is not None,
        "may_report": now is not None and can_report(actor, head, now.asker_left),
        "labels": labels,
    }
    marks = {
        f.post_id: _("回头看：%(result)s", result=labels.result_label(f.result))
        for o in found
        for f in o.follow_ups
        if f.result is not None and f.post_id is not None
    }
    label = _("补充、改正结论") if now else _("写结论")
    return Panel(
        "consultations/_outcomes.html",
        values,
        _steps(head, now),
        links=((label, conclude),) if may_conclude else (),
        marks=marks,
    )


def _round(found: list[OutcomeRow], number: int) -> tuple[int, list[OutcomeRow]]:
    return number, [o for o in found if o.round == number]


def _steps(head: Any, now: OutcomeRow | None) -> tuple[Step, ...]:
    if now is None:
        return _steps_to_come(head)
    steps = [_doing(now, head.solved_at is not None)] if now.actions else []
    if head.solved_at is not None:
        steps.append(Step(_("回头看"), day(head.solved_at), "done"))
    elif head.followup_due is not None:
        is_now = head.followup_due <= today() and not any(step.state == "now" for step in steps)
        steps.append(Step(_("回头看"), day(head.followup_due), "now" if is_now else "next"))
    return tuple(steps)


def _steps_to_come(head: Any) -> tuple[Step, ...]:
    return (Step(_("回头看"), None, "next"),) if head.kind in ASKED else ()


def _doing(now: OutcomeRow, is_solved: bool) -> Step:
    finished = [action.done_at for action in now.actions if action.done_at is not None]
    if len(finished) == len(now.actions):
        return Step(_("落实"), day(max(finished)), "done")
    if is_solved:  # what was left undone was not needed
        return Step(_("落实"), day(max(finished)) if finished else None, "done")
    due = [action.due for action in now.actions if action.done_at is None and action.due is not None]
    return Step(_("落实"), _("%(day)s前", day=day(min(due))) if due else None, "now")


PANELS.append(outcome_panel)
