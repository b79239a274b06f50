"""Downloading the papers of a meeting and the ledger of a township."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from forum.access import me, one_or_404, require
from forum.downloads import download
from forum.meetings.agenda_lines import agenda_of
from forum.meetings.minutes.queries import minutes_of
from forum.meetings.models import MeetingState
from forum.meetings.papers.compilation import Year, compilation_paper
from forum.meetings.papers.lists import attendance_paper, attendance_sheet, ledger_sheet
from forum.meetings.papers.queries import agendas_of, cards_from, closed_in, ledger_of, letterhead_of, outcomes_of
from forum.meetings.papers.sheets import XLSX
from forum.meetings.papers.writing import MinutesFacts, minutes_paper
from forum.meetings.policies import can_run, can_schedule_in, can_write_minutes, visible_townships
from forum.meetings.queries import attendance_of, meeting_head, meeting_outcomes
from forum.meetings.sitting_queries import sittings_of
from forum.meetings.views import bp
from forum.paging import year_from
from forum.units.models import Unit
from forum.word import DOCX

CHINESE = "zh_Hans_CN"


@bp.get("/meetings/<int:meeting_id>/minutes.docx")
def minutes_file(meeting_id: int) -> ResponseReturnValue:
    """会议纪要: for everybody once the meeting is closed, before that for who writes it; names for who runs it."""
    actor, head = me(), _head(meeting_id)
    is_closed = head.state is MeetingState.CLOSED
    require(is_closed or can_write_minutes(actor, head))
    letterhead, number = letterhead_of(head.township_id, meeting_id)
    facts = MinutesFacts(
        head=head,
        sittings=sittings_of(meeting_id),
        parts=minutes_of(actor, meeting_id),
        agenda=agenda_of(actor, head),
        outcomes=meeting_outcomes(actor, meeting_id) if is_closed else [],
        attendance=attendance_of(meeting_id) if can_run(actor, head) and head.taken else [],
        letterhead=letterhead,
        number=number,
    )
    with force_locale(CHINESE):
        content = minutes_paper(facts)
    return download(content, DOCX, _named(head, "会议纪要", "docx"))


@bp.get("/meetings/<int:meeting_id>/attendance.docx")
def attendance_to_sign(meeting_id: int) -> ResponseReturnValue:
    """签到表 to print and sign."""
    head = _head(meeting_id)
    require(can_run(me(), head))
    with force_locale(CHINESE):
        content = attendance_paper(head, sittings_of(meeting_id), attendance_of(meeting_id))
    return download(content, DOCX, _named(head, "签到表", "docx"))


@bp.get("/meetings/<int:meeting_id>/attendance.xlsx")
def attendance_table(meeting_id: int) -> ResponseReturnValue:
    """签到表 as a workbook."""
    head = _head(meeting_id)
    require(can_run(me(), head))
    content = attendance_sheet(head, attendance_of(meeting_id))
    return download(content, XLSX, _named(head, "签到表", "xlsx"))


@bp.get("/townships/<int:township_id>/ledger.xlsx")
def ledger(township_id: int) -> ResponseReturnValue:
    """落实台账 of a township, for who organises there."""
    township: Unit = one_or_404(visible_townships(me()).where(Unit.id == township_id))
    require(can_schedule_in(me(), township))
    with force_locale(CHINESE):
        content = ledger_sheet(township.name, ledger_of(me(), township_id))
    return download(content, XLSX, f"{township.name}落实台账.xlsx")


@bp.get("/townships/<int:township_id>/compilation.docx")
def compilation(township_id: int) -> ResponseReturnValue:
    """A year's meetings of a township in one document: what they found, what became of it, and the cards that came of it."""
    actor = me()
    township: Unit = one_or_404(visible_townships(actor).where(Unit.id == township_id))
    year = year_from(request.args.get("year"))
    meetings = closed_in(actor, township_id, year)
    if not meetings:
        flash(
            _("%(township)s%(year)s年还没有办结的论坛，办结一期以后再来。", township=township.name, year=year), "warn"
        )
        return redirect(url_for(".index"), 303)
    ids = [meeting.id for meeting in meetings]
    facts = Year(
        township=township.name,
        year=year,
        issuer=letterhead_of(township_id)[0].issuer or township.name,
        meetings=meetings,
        agendas=agendas_of(actor, ids),
        outcomes=outcomes_of(actor, ids),
        cards=cards_from(actor, ids),
    )
    with force_locale(CHINESE):
        content = compilation_paper(facts)
    return download(content, DOCX, f"{township.name}村书记论坛{year}年汇编.docx")


def _head(meeting_id: int) -> Any:
    head = meeting_head(me(), meeting_id)
    return head if head is not None else abort(404)


def _named(head: Any, what: str, kind: str) -> str:
    return f"{head.township_name}第{head.number}期{what}.{kind}"
