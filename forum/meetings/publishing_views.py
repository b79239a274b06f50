"""Publishing an agenda anew, and what was published before."""

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError

from forum.access import me, require
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, WrongState
from forum.meetings.agenda import publish_agenda
from forum.meetings.agenda_forms import PublishForm
from forum.meetings.agenda_pages import publish_page, version_page, versions_page
from forum.meetings.models import MeetingState
from forum.meetings.policies import can_schedule
from forum.meetings.queries import meeting_head
from forum.meetings.views import bp, meeting_or_404, to_meeting


@bp.route("/meetings/<int:meeting_id>/publish", methods=["GET", "POST"])
def publish(meeting_id: int) -> ResponseReturnValue:
    """Let everybody see the agenda as it is now: what changed, and who is told of it. What was not seen does not go out."""
    meeting = meeting_or_404(meeting_id)
    require(can_schedule(me(), meeting))
    form = PublishForm(about=meeting_id)
    is_other = False
    if not form.is_submitted():
        if meeting.state is not MeetingState.ANNOUNCED:
            raise WrongState(meeting.state)
        form.version.data = meeting.version
    elif form.validate():
        try:
            with form.once() as done:
                if not done:
                    publish_agenda(me(), meeting, version=form.version.data)
                    done.record(to_meeting(meeting_id))
            db.session.commit()
        except (ChangedMeanwhile, StaleDataError):
            db.session.rollback()
            is_other = True
            meeting = meeting_or_404(meeting_id)
            form.version.data = meeting.version
            form.refresh_token()
        else:
            flash(_("发布了。改动牵涉到的人，已经告诉他们。"), "good")
            return redirect(done.url, 303)
    page = render_template("meetings/publish.html", form=form, is_other=is_other, **publish_page(me(), meeting))
    return page, 409 if is_other else 422 if form.errors else 200


@bp.get("/meetings/<int:meeting_id>/versions")
def versions(meeting_id: int) -> ResponseReturnValue:
    """What was published when, by whom, and what each time was another than before."""
    head = meeting_head(me(), meeting_id)
    if head is None:
        abort(404)
    return render_template("meetings/versions.html", head=head, versions=versions_page(me(), meeting_id))


@bp.get("/meetings/<int:meeting_id>/versions/<int:number>")
def version(meeting_id: int, number: int) -> ResponseReturnValue:
    """The programme as it was published at a time."""
    head = meeting_head(me(), meeting_id)
    page = version_page(me(), meeting_id, number) if head is not None else None
    if page is None:
        abort(404)
    return render_template("meetings/version.html", head=head, **page)
