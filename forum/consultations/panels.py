"""What a thread's page shows of its outcomes, and how far the thread has come with them."""

from typing import Any

from flask_babel import gettext as _

from forum.clock import day
from forum.consultations.models import Outcome
from forum.consultations.queries import OutcomeRow, outcomes
from forum.threads.panels import PANELS, Panel, Step
from forum.units.actors import Actor


def outcome_panel(actor: Actor, head: Any) -> Panel:
    """The outcomes of a thread with their actions; nothing for a thread without."""
    if (
        head.concluded_at is None
    ):  # an outcome always concludes its thread: most threads need no question to the database
        return Panel()
    found = outcomes(actor, Outcome.thread_id == head.id)
    if not found:
        return Panel()
    return Panel("consultations/_outcomes.html", {"outcomes": found}, _steps(found))


def _steps(found: list[OutcomeRow]) -> tuple[Step, ...]:
    actions = [action for outcome in found for action in outcome.actions]
    if not actions:
        return ()
    finished = [action.done_at for action in actions if action.done_at is not None]
    if len(finished) == len(actions):
        return (Step(_("落实"), day(max(finished)), "done"),)
    due = [action.due for action in actions if action.done_at is None and action.due is not None]
    return (Step(_("落实"), _("%(day)s前", day=day(min(due))) if due else None, "now"),)


PANELS.append(outcome_panel)
