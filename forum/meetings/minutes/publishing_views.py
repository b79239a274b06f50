"""Published minutes: issuing them, and the versions they went through."""

from itertools import pairwise

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, require
from forum.clock import today
from forum.extensions import db
from forum.meetings.actions import WrongState
from forum.meetings.minutes.differences import changed_parts
from forum.meetings.minutes.forms import IssueForm
from forum.meetings.minutes.models import Minutes
from forum.meetings.minutes.publishing import IssuedBefore, issue
from forum.meetings.minutes.queries import readable_sources, versions_of
from forum.meetings.models import MeetingState
from forum.meetings.policies import can_schedule
from forum.meetings.queries import meeting_head
from forum.meetings.views import bp, meeting_or_404


@bp.route("/meetings/<int:meeting_id>/minutes/issue", methods=["GET", "POST"])
def issue_minutes(meeting_id: int) -> ResponseReturnValue:
    """印发: from then on the minutes change only in new versions that say what changed."""
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    form = IssueForm(about=meeting_id)
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                issue(me(), meeting, form.on.data)
                done.record(url_for(".minutes", meeting_id=meeting_id))
        db.session.commit()
        flash(_("印发了。以后再改，就是新的一版，要写明改了什么。"), "good")
        return redirect(done.url, 303)
    if not form.is_submitted():
        if meeting.state is not MeetingState.CLOSED:
            raise WrongState(meeting.state)
        if db.session.get_one(Minutes, meeting_id).issued_at is not None:
            raise IssuedBefore
        form.on.data = today()
    return render_template("meetings/issue.html", form=form, meeting=meeting), 422 if form.errors else 200


@bp.get("/meetings/<int:meeting_id>/minutes/versions")
def minutes_versions(meeting_id: int) -> ResponseReturnValue:
    """What changed from version to version, the latest first; for everybody who may open the meeting, once it is closed."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    if head.state is not MeetingState.CLOSED:
        raise WrongState(head.state)
    versions = versions_of(meeting_id)
    readable = readable_sources(me(), versions)
    steps = [(version, changed_parts(former.parts, version.parts, readable)) for former, version in pairwise(versions)]
    return render_template("meetings/minutes_versions.html", head=head, first=versions[0], steps=steps[::-1])
