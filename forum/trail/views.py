"""操作记录: who did what and when, looked through by name, kind of work, township, thread and days; taken away as a workbook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.audit.models import AuditEntry
from forum.clock import local, today
from forum.downloads import download
from forum.extensions import db
from forum.meetings.papers.sheets import XLSX, workbook
from forum.paging import keyset_page
from forum.trail.actions import note_export
from forum.trail.forms import ExportForm, as_arguments, wanted_from
from forum.trail.policies import can_read_trail
from forum.trail.queries import Subject, deed_rows, subjects_of, townships_to_choose
from forum.trail.words import WORK_LABELS, words_of
from forum.units.actors import Actor
from forum.units.labels import ROLE_LABELS

MOST = 3000  # deeds in one workbook: more is a matter of two periods

bp = Blueprint("trail", __name__)

_PAGES = {
    "thread": ("threads.show", "thread_id"),
    "post": ("threads.post", "post_id"),
    "meeting": ("meetings.show", "meeting_id"),
    "card": ("library.show", "card_id"),
    "trip": ("trips.show", "trip_id"),
    "person": ("people.person", "person_id"),
}


@dataclass(frozen=True)
class Line:
    """A deed as it is read."""

    at: Any
    who: str
    what: str
    subject: str
    url: str | None
    thread_id: int | None
    why: str
    township: str


@bp.get("/trail")
def index() -> ResponseReturnValue:
    """The deeds in the reader's care, the newest first."""
    require(can_read_trail(me()))
    return _page(ExportForm())


@bp.post("/trail/export")
def export() -> ResponseReturnValue:
    """What the page shows as a workbook, the newest first; that it was taken away is written down, every time."""
    actor, form, wanted = me(), ExportForm(), wanted_from(request.args)
    require(can_read_trail(actor))
    if not form.validate():
        return _page(form), 422
    newest_first = deed_rows(actor, wanted).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST)
    deeds = db.session.execute(newest_first).all()
    rows = [
        [f"{local(line.at):%Y-%m-%d %H:%M:%S}", line.who, line.what, line.subject, line.why, line.township]
        for line in _lines(actor, deeds)
    ]
    note_export(actor, len(rows))
    db.session.commit()
    title = _("操作记录 %(day)s", day=today().isoformat())
    headers = [_("时间"), _("谁"), _("做了什么"), _("对什么"), _("说明"), _("镇")]
    return download(workbook(title, headers, rows, (21, 28, 26, 36, 30, 14)), XLSX, f"{title}.xlsx")


def _page(form: ExportForm) -> str:
    actor, wanted = me(), wanted_from(request.args)
    page = keyset_page(deed_rows(actor, wanted), AuditEntry.at, AuditEntry.id, request.args.get("at"))
    arguments: dict[str, Any] = as_arguments(wanted)

    def at(cursor: str | None) -> str | None:
        return url_for(".index", **arguments, at=cursor) if cursor else None

    return render_template(
        "trail/index.html",
        lines=_lines(actor, page.rows),
        newer_url=at(page.newer),
        older_url=at(page.older),
        wanted=wanted,
        arguments=arguments,
        works=WORK_LABELS,
        townships=townships_to_choose(actor),
        export_form=form,
        most=MOST,
    )


def _lines(actor: Actor, deeds: Iterable[Any]) -> list[Line]:
    deeds = list(deeds)
    subjects = subjects_of(actor, deeds)
    return [_line(deed, subjects.get((deed.subject_kind, deed.subject_id))) for deed in deeds]


def _line(deed: Any, subject: Subject | None) -> Line:
    if (deed.subject_kind, deed.subject_id) == ("person", deed.actor_id):
        subject = None  # that it was his own is said already
    is_closed = subject is None and deed.subject_kind in ("thread", "post", "card", "meeting", "trip", "lecture")
    return Line(
        at=deed.at,
        who=_who(deed),
        what=words_of(deed.action),
        subject=subject.name if subject else _("（您看不到它）") if is_closed else "",
        url=_url(deed, subject),
        thread_id=subject.thread_id if subject else None,
        why="" if is_closed else _why(deed.detail),
        township=deed.township or "",
    )


def _url(deed: Any, subject: Subject | None) -> str | None:
    if subject is None:
        return None
    if deed.subject_kind in _PAGES:
        endpoint, name = _PAGES[deed.subject_kind]
        return url_for(endpoint, **{name: deed.subject_id})
    return url_for("threads.show", thread_id=subject.thread_id) if subject.thread_id else None


def _who(deed: Any) -> str:
    if deed.name is None:
        return _("系统命令")
    if deed.role is None:
        return str(deed.name)
    return f"{deed.unit_name} {deed.title or ROLE_LABELS[deed.role]} {deed.name}"


def _why(detail: Mapping[str, Any]) -> str:
    """What was noted with the deed and says something to a reader: a reason, a name before and after, a word, how many."""
    parts = []
    if detail.get("reason"):
        parts.append(_("原因：%(reason)s", reason=detail["reason"]))
    after = detail.get("after", detail.get("name"))
    if detail.get("before") and after:
        parts.append(_("“%(before)s”改成“%(after)s”", before=detail["before"], after=after))
    if detail.get("word"):
        parts.append(f"“{detail['word']}”")
    if detail.get("rows") is not None:
        parts.append(_("%(num)s 条", num=detail["rows"]))
    return " · ".join(parts)
