"""Meetings in the calendar of a phone: one as a file, or all of one's own by a secret link."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from forum.access import me, public
from forum.clock import today
from forum.downloads import download
from forum.extensions import db
from forum.learning.trips.going import trips_for_calendar
from forum.meetings.calendar_links import key_of, make_link, person_behind
from forum.meetings.calendar_queries import KEPT, calendar_of, meeting_for_calendar
from forum.meetings.forms import ConfirmForm
from forum.meetings.ics import MIMETYPE, calendar
from forum.meetings.models import CalendarLink
from forum.meetings.views import bp
from forum.units.actors import load_actor


@bp.get("/meetings/<int:meeting_id>.ics")
def as_event(meeting_id: int) -> ResponseReturnValue:
    """One meeting, to be put into a calendar."""
    rows = meeting_for_calendar(me(), meeting_id)
    if not rows:
        abort(404)
    name = _("%(township)s第 %(number)s 期", township=rows[0].township_name, number=rows[0].number)
    return download(_file(name, rows), MIMETYPE, f"{name}.ics")


@bp.route("/meetings/calendar", methods=["GET", "POST"], endpoint="calendar")
def calendar_link() -> ResponseReturnValue:
    """The secret link to one's own calendar: made, shown, and replaced by another."""
    form = ConfirmForm(about="calendar")
    if form.is_submitted() and form.validate():
        with form.once() as done:
            if not done:
                make_link(me())
                done.record(url_for(".calendar"))
        db.session.commit()
        flash(_("链接好了。只给自己用，别发给别人。"), "good")
        return redirect(done.url, 303)
    link = db.session.get(CalendarLink, me().id)
    url = _public(url_for(".feed", key=key_of(link))) if link else None
    return render_template("meetings/calendar.html", form=form, link=link, url=url), 422 if form.errors else 200


@bp.get("/calendar/<key>.ics")
@public
def feed(key: str) -> ResponseReturnValue:
    """A person's meetings, and the trips in which he has a seat, opened by the link alone; what he may see is asked anew each time."""
    person_id = person_behind(key)
    person = load_actor(person_id) if person_id else None
    if person is None or person.is_former:
        abort(404)
    trips = trips_for_calendar(person, today() - KEPT)
    answer = Response(_file(_("村书记论坛"), calendar_of(person), trips), mimetype=MIMETYPE)
    answer.add_etag()
    return answer.make_conditional(request)


def _file(name: str, rows: Iterable[Any], trips: Iterable[Any] = ()) -> bytes:
    host = urlsplit(_public("")).hostname or "localhost"
    return calendar(
        name,
        host,
        [(row, _public(url_for(".show", meeting_id=row.id))) for row in rows],
        [(trip, _public(url_for("trips.show", trip_id=trip.id))) for trip in trips],
    )


def _public(path: str) -> str:
    return f"{current_app.extensions['settings'].public_url}{path}"
