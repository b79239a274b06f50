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
        select(Experience.id, Experience.title, Experience.returned_reason, Experience.retired_reason).where(
            Experience.id.in_(ids), readable_cards(actor)
        )
    )
    return {row.id: row for row in rows}


def _published(row: Any) -> Shown:
    return Shown(_("您的经验卡“%(title)s”发布了", title=row.title), url_for("library.show", card_id=row.id))


def _returned(row: Any) -> Shown:
    text = _("您的经验卡“%(title)s”退回来了：%(reason)s", title=row.title, reason=row.returned_reason)
    return Shown(text, url_for("library.show", card_id=row.id))


def _to_complete(row: Any) -> Shown:
    text = _("有张经验卡请您补充：“%(title)s”，打开就能改", title=row.title)
    return Shown(text, url_for("library.edit", card_id=row.id))


def _to_confirm(row: Any) -> Shown:
    text = _("有张写您村的经验卡，请看看说得对不对：“%(title)s”", title=row.title)
    return Shown(text, url_for("library.show", card_id=row.id))


def _promoted(row: Any) -> Shown:
    return Shown(_("经验卡“%(title)s”向全区推广了", title=row.title), url_for("library.show", card_id=row.id))


def _retired(row: Any) -> Shown:
    text = _("经验卡“%(title)s”停用了：%(reason)s", title=row.title, reason=row.retired_reason)
    return Shown(text, url_for("library.show", card_id=row.id))


register_notice("card.published", _cards, _published, topic=Topic.CARDS)
register_notice("card.returned", _cards, _returned, topic=Topic.CARDS)
register_notice("card.complete", _cards, _to_complete, topic=Topic.CARDS)
register_notice("card.confirm", _cards, _to_confirm, topic=Topic.CARDS)
register_notice("card.promoted", _cards, _promoted, topic=Topic.CARDS)
register_notice("card.retired", _cards, _retired, topic=Topic.CARDS)
