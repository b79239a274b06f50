"""How it reads when a theme is proposed."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.meetings.labels import month_label
from forum.meetings.proposals.models import ThemeProposal
from forum.meetings.proposals.policies import has_to_do_with_themes, seen_proposals
from forum.notices.kinds import Shown, Topic, register_notice
from forum.units.actors import Actor


def _proposals(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    if not has_to_do_with_themes(actor):
        return {}
    rows = db.session.execute(
        select(ThemeProposal.id, ThemeProposal.month, ThemeProposal.theme).where(
            ThemeProposal.id.in_(ids), ThemeProposal.withdrawn_at.is_(None), seen_proposals(actor)
        )
    )
    return {row.id: row for row in rows}


def _proposed(row: Any) -> Shown:
    text = _("区里建议%(month)s的论坛议“%(theme)s”，用不用请回一声。", month=month_label(row.month), theme=row.theme)
    return Shown(text, url_for("meetings.theme", proposal_id=row.id))


register_notice("theme.proposed", _proposals, _proposed, topic=Topic.MEETINGS)
