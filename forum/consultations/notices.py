"""How notices about panels read. Their subject is the thread, so that a page of notices asks for threads once."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from forum.clock import day
from forum.notices.kinds import Shown, Topic, register_notice
from forum.threads.notices import load_threads


def _called(row: Any) -> Shown:
    if row.panel_due is None:
        text = _("%(unit)s的“%(title)s”请您会诊过", unit=row.unit_name, title=row.title)
    else:
        text = _(
            "%(unit)s的“%(title)s”请您会诊，请在%(day)s前答；答不了也说一声。",
            unit=row.unit_name,
            title=row.title,
            day=day(row.panel_due),
        )
    return _at(row, "reply", text)


def _reminded(row: Any) -> Shown:
    if row.panel_due is None:
        return _called(row)
    text = _("“%(title)s”等您会诊，%(day)s前要答；答不了也说一声。", title=row.title, day=day(row.panel_due))
    return _at(row, "reply", text)


def _declined(row: Any) -> Shown:
    return _at(row, "panel", _("您请来会诊“%(title)s”的人，有一位说答不了，看看要不要另请", title=row.title))


def _begun(row: Any) -> Shown:
    return _at(row, "panel", _("组织员给您的“%(title)s”请了人会诊", title=row.title))


def _at(row: Any, place: str, text: str) -> Shown:
    return Shown(text, url_for("threads.show", thread_id=row.id, _anchor=place), row.id)


register_notice("panel.called", load_threads, _called, topic=Topic.PANELS)
register_notice("panel.reminded", load_threads, _reminded, topic=Topic.PANELS)
register_notice("panel.declined", load_threads, _declined, topic=Topic.PANELS)
register_notice("panel.begun", load_threads, _begun, topic=Topic.PANELS)
