"""What every page shows around its content: the menus, the district's name, the count of unread notices."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import func, select

from forum import clock, markup
from forum.extensions import db
from forum.language import is_english
from forum.units.models import Role, Unit, UnitKind


@dataclass(frozen=True)
class Entry:
    """One entry of a menu: pages name its ``key`` as their section."""

    key: str
    label: Any
    endpoint: str
    icon: str


_PEOPLE = Entry("people", _l("人员与名册"), "units.people", "people")
_OVERDUE = Entry("overdue", _l("催办与回头看"), "consultations.overdue", "clock")
_MONTHS = Entry("months", _l("各月论坛"), "insights.months", "calendar")
_REPORTS = Entry("moderation", _l("意见与举报"), "moderation.index", "flag")
_MISSED = Entry("missed", _l("搜了没找到的"), "search.missed", "search")
_TRAIL = Entry("trail", _l("操作记录"), "trail.index", "check")
_ROBOTS = Entry("robots", _l("群机器人"), "notices.robots", "bell")

BAR = (
    Entry("home", _l("首页"), "home.index", "home"),
    Entry("threads", _l("论坛"), "threads.index", "talk"),
    Entry("ask", _l("提问题"), "threads.ask", "plus"),
    Entry("library", _l("经验库"), "library.index", "book"),
    Entry("me", _l("我的"), "accounts.me", "person"),
)
MENU = (
    Entry("home", _l("首页"), "home.index", "home"),
    Entry("meetings", _l("本月论坛"), "meetings.index", "calendar"),
    Entry("threads", _l("提问与会诊"), "threads.index", "talk"),
    Entry("lectures", _l("专家授课"), "lectures.index", "lecture"),
    Entry("trips", _l("外出学习"), "trips.index", "trip"),
    Entry("library", _l("经验库"), "library.index", "book"),
    Entry("search", _l("搜一搜"), "search.index", "search"),
    Entry("me", _l("我的"), "accounts.me", "person"),
)

# What those who look after others have besides, by role.
DESK = {
    Role.ORGANISER: (_OVERDUE, _MONTHS, _PEOPLE, _REPORTS, _MISSED, _ROBOTS, _TRAIL),
    Role.DISTRICT: (_OVERDUE, _MONTHS, _PEOPLE, _REPORTS, _MISSED, _TRAIL),
    Role.ADMIN: (_PEOPLE,),
}


def init_app(app: Flask) -> None:
    """Give the templates their globals and filters."""
    app.context_processor(_around)
    app.add_template_filter(markup.stored, "stored")
    app.add_template_filter(markup.excerpt, "excerpt")
    app.add_template_filter(clock.day, "day")
    app.add_template_filter(clock.moment, "moment")


def _around() -> dict[str, Any]:
    desk = DESK.get(current_user.role, ()) if current_user.is_authenticated else ()
    return {
        "bar": BAR,
        "menu": MENU + desk,
        "desk": desk,
        "large_type": request.cookies.get("type_size") == "large",
        "lang": "en" if is_english() else "zh-Hans",
        "district_name": _district_name,
        "unread_count": _unread_count,
        "is_demo": _is_demo,
    }


def _district_name() -> str:
    if current_user.posting:
        return str(current_user.posting.district_name)
    names = db.session.scalars(select(Unit.name).where(Unit.kind == UnitKind.DISTRICT).limit(2)).all()
    return names[0] if len(names) == 1 else ""


def _is_demo() -> bool:
    if current_user.posting:
        return bool(current_user.posting.is_demo)
    return bool(db.session.scalar(select(func.count()).select_from(Unit).where(Unit.is_demo)))


def _unread_count() -> int:
    """As it was when the request began; it came with the session."""
    return g.get("unread_count", 0) if current_user.is_authenticated else 0
