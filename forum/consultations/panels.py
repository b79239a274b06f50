"""What a thread's page shows of those called to help with it."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.consultations.members import panels_of
from forum.consultations.policies import can_call, leads_panel
from forum.threads.models import Reach
from forum.threads.panels import PANELS, Panel
from forum.units.actors import Actor


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


PANELS.append(called_panel)
