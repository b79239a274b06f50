"""The months of a year, township by township; also as a workbook."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.clock import today
from forum.downloads import download
from forum.insights.policies import sees_months
from forum.insights.queries import Entry, Stage, first_year, months_of
from forum.meetings.papers.sheets import XLSX, workbook
from forum.paging import year_from

bp = Blueprint("insights", __name__)


@bp.app_context_processor
def _words() -> dict[str, object]:
    return {"stage_label": stage_label}


def stage_label(stage: str) -> str:
    """How far a township is with a month, in a word."""
    return {
        Stage.NONE: _("未排"),
        Stage.PLANNED: _("已排"),
        Stage.POSTPONED: _("推迟"),
        Stage.HELD: _("已开"),
        Stage.UNFINISHED: _("未办结"),
        Stage.CLOSED: _("已办结"),
    }[Stage(stage)]


@bp.get("/insights/months")
def months() -> ResponseReturnValue:
    """Townships and months: planned, held, closed or not. In their fixed order: nobody is ranked."""
    actor, year = me(), year_from(request.args.get("year"))
    require(sees_months(actor))
    return render_template(
        "insights/months.html",
        year=year,
        rows=months_of(actor, year),
        names=_names(),
        has_earlier=year > first_year(actor),
        has_later=year <= today().year,
    )


@bp.get("/insights/months.xlsx")
def months_file() -> ResponseReturnValue:
    """The same as a workbook."""
    actor, year = me(), year_from(request.args.get("year"))
    require(sees_months(actor))
    title = _("%(year)s年村书记论坛", year=year)
    rows = [
        [row.name, *("\n".join(map(_said, cell)) or stage_label("none") for cell in row.months)]
        for row in months_of(actor, year)
    ]
    return download(workbook(title, [_("镇"), *_names()], rows, (16, *[18] * 12)), XLSX, f"{title}.xlsx")


def _said(entry: Entry) -> str:
    meeting = entry.meeting
    came = _("应到 %(expected)s 人，实到 %(came)s 人", expected=meeting.expected, came=meeting.came)
    words = [stage_label(entry.stage), meeting.theme, came if meeting.taken else ""]
    return "\n".join(word for word in words if word)


def _names() -> list[str]:
    return [_("%(month)s月", month=month) for month in range(1, 13)]
