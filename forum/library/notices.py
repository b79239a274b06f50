"""How notices about cards read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.library.models import Experience
from forum.library.policies import readable_cards
from forum.notices.kinds import Shown, Topic, register_notice
from forum.units.actors import Actor


def _cards(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Experience.id, Experience.title, Experience.returned_reason).where(
            Experience.id.in_(ids), readable_cards(actor)
        )
    )
    return {row.id: row for row in rows}


def _published(row: Any) -> Shown:
    return Shown(_("您的经验卡“%(title)s”发布了", title=row.title), url_for("library.show", card_id=row.id))


def _returned(row: Any) -> Shown:
    text = _("您的经验卡“%(title)s”退回来了：%(reason)s", title=row.title, reason=row.returned_reason)
    return Shown(text, url_for("library.show", card_id=row.id))


register_notice("card.published", _cards, _published, topic=Topic.CARDS)
register_notice("card.returned", _cards, _returned, topic=Topic.CARDS)
