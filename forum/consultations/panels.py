"""What a thread's page shows of its panels and outcomes, and how far the thread has come with them."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.clock import day
from forum.consultations.members import panels_of
from forum.consultations.models import Outcome
from forum.consultations.policies import can_call, leads_panel
from forum.consultations.queries import OutcomeRow, outcomes
from forum.threads.models import Reach
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


def called_panel(actor: Actor, head: Any) -> Panel:
    """Who was called to help; to whoever asked and the organiser also who is still to answer, and who declined with which word."""
    links: tuple[tuple[Any, str], ...] = ()
    if can_call(actor, head):
        label = _("再请人、改期限") if head.panel_due else _("请人会诊")
        links = ((label, url_for("consultations.call", thread_id=head.id)),)
    if head.panel_due is None and head.round == 1:  # no panel was ever called: most threads need no question
        is_alone = head.reach is Reach.PANEL and bool(links)
        return Panel(
            "consultations/_nobody.html" if is_alone else "", {"call_url": links[0][1] if links else None}, links=links
        )
    panels = panels_of(head.id)
    if not panels:
        return Panel(links=links)
    mine = next((m for m in panels[0].members if m.person_id == actor.id), None) if not panels[0].closed_at else None
    values = {
        "panels": panels,
        "leads": leads_panel(actor, head),
        "may_change": can_call(actor, head),
        "mine": mine,
    }
    is_asked = mine is not None and mine.answer_id is None
    return Panel("consultations/_panel.html", values, links=links, asks_reader=is_asked)


def _steps(found: list[OutcomeRow]) -> tuple[Step, ...]:
    actions = [action for outcome in found for action in outcome.actions]
    if not actions:
        return ()
    finished = [action.done_at for action in actions if action.done_at is not None]
    if len(finished) == len(actions):
        return (Step(_("落实"), day(max(finished)), "done"),)
    due = [action.due for action in actions if action.done_at is None and action.due is not None]
    return (Step(_("落实"), _("%(day)s前", day=day(min(due))) if due else None, "now"),)


PANELS += [called_panel, outcome_panel]
