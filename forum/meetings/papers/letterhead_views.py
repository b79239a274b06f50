"""For organisers: the letterhead of the township's papers, and the number of a meeting's minutes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, one_or_404, require
from forum.clock import local
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, NumberTaken, WrongState
from forum.meetings.models import MeetingState
from forum.meetings.papers.actions import next_paper_number, number_paper, set_letterhead
from forum.meetings.papers.forms import LetterheadForm, PaperNumberForm
from forum.meetings.papers.models import Letterhead, PaperNumber
from forum.meetings.policies import can_schedule, can_schedule_in, visible_townships
from forum.meetings.views import bp, meeting_or_404, to_meeting
from forum.units.models import Unit


@bp.route("/townships/<int:township_id>/letterhead", methods=["GET", "POST"])
def letterhead(township_id: int) -> ResponseReturnValue:
    """Say how the township's minutes begin and end."""
    township: Unit = one_or_404(visible_townships(me()).where(Unit.id == township_id))
    require(can_schedule_in(me(), township))
    form = LetterheadForm(about=township_id)
    now = None
    if not form.is_submitted():
        form.show(db.session.get(Letterhead, township_id))
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    set_letterhead(me(), township, form.words, version=form.version.data)
                    done.record(url_for(".letterhead", township_id=township_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            now = db.session.get_one(Letterhead, township_id)
            form.version.data = now.version
            form.refresh_token()
        else:
            flash(_("保存好了，下次导出的纪要就这样印。"), "good")
            flash(f"letterhead-{township_id}", "draft-done")
            return redirect(done.url, 303)
    page = render_template("meetings/letterhead.html", form=form, township=township, now=now)
    return page, 409 if now else 422 if form.errors else 200


@bp.route("/meetings/<int:meeting_id>/number", methods=["GET", "POST"])
def paper_number(meeting_id: int) -> ResponseReturnValue:
    """Give the minutes of a closed meeting their number; the next one is proposed."""
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    if meeting.state is not MeetingState.CLOSED or meeting.closed_at is None:
        raise WrongState(meeting.state)
    form = PaperNumberForm(about=meeting_id)
    head = db.session.get(Letterhead, meeting.township_id)
    if not form.is_submitted():
        there = db.session.get(PaperNumber, meeting_id)
        year = local(meeting.closed_at).year
        form.year.data = there.year if there else year
        form.number.data = there.number if there else next_paper_number(meeting.township_id, year)
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    number_paper(me(), meeting, form.year.data, form.number.data)
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except NumberTaken:
            db.session.rollback()
            form.number.errors = [_("%(number)s 号已经用过了，请换一个。", number=form.number.data)]
            form.refresh_token()
        else:
            flash(_("文号编好了。"), "good")
            return redirect(done.url, 303)
    page = render_template("meetings/paper_number.html", form=form, meeting=meeting, word=head and head.number_word)
    return page, 422 if form.errors else 200
