"""Training totals of a period on one page; also as a workbook."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.clock import full_day, today
from forum.downloads import download
from forum.insights.policies import sees_months
from forum.insights.training import Sum, Totals, add_up, lectures_given
from forum.language import is_english
from forum.learning.lectures.labels import manner_label
from forum.meetings.papers.sheets import XLSX, workbook

bp = Blueprint("training", __name__)


@bp.get("/insights/lectures")
def totals() -> ResponseReturnValue:
    """How many lectures, how many online, how many people, by form, subject and township."""
    first, last = _period()
    found = _totals(first, last)
    return render_template(
        "insights/training.html",
        first=first,
        last=last,
        whole=found.whole,
        headers=_headers(),
        tables=_tables(found),
    )


@bp.get("/insights/lectures.xlsx")
def totals_file() -> ResponseReturnValue:
    """The same as a workbook."""
    first, last = _period()
    found = _totals(first, last)
    rows = [[_("合计"), "", *_figures(found.whole)]]
    rows += [[kind, *row] for kind, table in _tables(found) for row in table]
    title = _("%(first)s到%(last)s专家授课", first=full_day(first), last=full_day(last))
    headers = [_("按什么算"), *_headers()]
    return download(workbook(title, headers, rows, (14, 24, 12, 12, 12, 16)), XLSX, f"{title}.xlsx")


def _totals(first: date, last: date) -> Totals:
    actor = me()
    require(sees_months(actor))
    return add_up(lectures_given(actor, first, last))


def _tables(found: Totals) -> list[tuple[str, list[list[str]]]]:
    english = is_english()
    subjects = [((en if english and en else name), part) for (name, en), part in found.subjects.items()]
    return [
        (_("按形式"), [[manner_label(manner), *_figures(part)] for manner, part in found.manners.items()]),
        (_("按内容"), [[name or _("没选标签"), *_figures(part)] for name, part in subjects]),
        (_("按镇"), [[name or _("区里组织"), *_figures(part)] for name, part in found.townships.items()]),
    ]


def _headers() -> list[str]:
    return [_("名称"), _("讲了几次"), _("其中线上"), _("来了多少人次"), _("没填人数的")]


def _figures(part: Sum) -> list[str]:
    return [str(number) for number in (part.given, part.online, part.heads, part.uncounted)]


def _period() -> tuple[date, date]:
    """The days asked for; this year until today where they cannot be read."""
    first = _day(request.args.get("first")) or today().replace(month=1, day=1)
    last = _day(request.args.get("last")) or today()
    return (first, last) if first <= last else (last, first)


def _day(typed: str | None) -> date | None:
    try:
        day = date.fromisoformat(typed or "")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
