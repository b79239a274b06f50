"""How notices about adoptions read."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import false, select
from sqlalchemy.orm import aliased

from forum.extensions import db
from forum.library.adoptions.labels import RESULTS
from forum.library.adoptions.models import Adoption
from forum.library.adoptions.policies import readable_adoptions
from forum.library.models import Experience
from forum.notices.kinds import Shown, Topic, register_notice
from forum.units.actors import Actor
from forum.units.models import Person, Unit


def _adoptions(actor: Actor, ids: Collection[int]) -> Mapping[int, Any]:
    writer = aliased(Person)
    rows = db.session.execute(
        select(
            Adoption.id,
            Adoption.result,
            (Adoption.unit_id == actor.unit_id if actor.leads_village else false()).label("is_own"),
            Experience.title,
            Unit.name.label("unit_name"),
            writer.name.label("entered_by"),
        )
        .join(Experience, Experience.id == Adoption.experience_id)
        .join(Unit, Unit.id == Adoption.unit_id)
        .outerjoin(writer, writer.id == Adoption.entered_by_id)
        .where(Adoption.id.in_(ids), readable_adoptions(actor))
    )
    return {row.id: row for row in rows}


def _made(row: Any) -> Shown:
    text = _("%(unit)s要试试“%(title)s”", unit=row.unit_name, title=row.title)
    return Shown(text, url_for("library.adoption", adoption_id=row.id))


def _entered(row: Any) -> Shown:
    text = _("%(name)s替您村记下了：试试“%(title)s”。不对的话，请打开改。", name=row.entered_by, title=row.title)
    return Shown(text, url_for("library.adoption", adoption_id=row.id))


def _reported(row: Any) -> Shown:
    text = _("%(unit)s试了“%(title)s”：%(result)s", unit=row.unit_name, title=row.title, result=RESULTS[row.result])
    return Shown(text, url_for("library.adoption", adoption_id=row.id))


def _due(row: Any) -> Shown:
    page = "library.report_adoption" if row.is_own and row.result is None else "library.adoption"
    text = _("到日子了：“%(title)s”试得怎么样？成没成都请说一声。", title=row.title)
    return Shown(text, url_for(page, adoption_id=row.id))


register_notice("adoption.made", _adoptions, _made, topic=Topic.CARDS)
register_notice("adoption.entered", _adoptions, _entered, topic=Topic.CARDS)
register_notice("adoption.reported", _adoptions, _reported, topic=Topic.CARDS)
register_notice("adoption.due", _adoptions, _due, topic=Topic.DUE)
