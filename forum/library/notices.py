"""How notices about cards read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from forum.extensions import db
from forum.library.models import CardState, Experience
from forum.library.policies import readable_cards
from forum.notices.kinds import Shown, Topic, register_notice
from forum.notices.robots.announcements import register_announcement
from forum.threads.models import Reach
from forum.units.actors import Actor
from forum.units.models import Unit


def load_cards(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    rows = db.session.execute(
        select(Experience.id, Experience.title, Experience.returned_reason, Experience.retired_reason).where(
            Experience.id.in_(ids), readable_cards(actor)
        )
    )
    return {row.id: row for row in rows}


def _cards_of(township_id: int, ids: Collection[int]) -> Mapping[int, Any]:
    """What a group reads: cards that are open to the whole district."""
    rows = db.session.execute(
        select(Experience.id, Experience.title, Unit.name.label("unit_name"))
        .join(Unit, Unit.id == Experience.unit_id)
        .where(
            Experience.id.in_(ids),
            Experience.township_id == township_id,
            Experience.reach == Reach.DISTRICT,
            Experience.state == CardState.PUBLISHED,
        )
    )
    return {row.id: row for row in rows}


def _new_card(row: Any) -> Shown:
    text = _("%(unit)s的经验卡发布了：“%(title)s”。看看合不合我们村。", unit=row.unit_name, title=row.title)
    return Shown(text, url_for("library.show", card_id=row.id))


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


register_notice("card.published", load_cards, _published, topic=Topic.CARDS)
register_notice("card.returned", load_cards, _returned, topic=Topic.CARDS)
register_notice("card.complete", load_cards, _to_complete, topic=Topic.CARDS)
register_notice("card.confirm", load_cards, _to_confirm, topic=Topic.CARDS)
register_notice("card.promoted", load_cards, _promoted, topic=Topic.CARDS)
register_notice("card.retired", load_cards, _retired, topic=Topic.CARDS)
register_announcement("card.published", _cards_of, _new_card)
