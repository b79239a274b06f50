"""Setting a township's letterhead, and numbering its minutes. The caller commits."""

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from forum.audit.actions import record
from forum.extensions import db
from forum.meetings.actions import ChangedMeanwhile, NumberTaken, WrongState, put_on_record
from forum.meetings.models import Meeting, MeetingState
from forum.meetings.papers.models import Letterhead, PaperNumber
from forum.units.actors import Actor
from forum.units.models import Unit


def set_letterhead(actor: Actor, township: Unit, words: dict[str, str], *, version: int) -> None:
    """Say how the minutes of a township begin and end; ``version`` is 0 for the first time.

    ``words`` are by column. Raises ChangedMeanwhile when somebody else set it meanwhile.
    """
    letterhead = db.session.get(Letterhead, township.id)
    if (letterhead.version if letterhead else 0) != version:
        raise ChangedMeanwhile
    if letterhead is None:
        letterhead = Letterhead(township_id=township.id)
        db.session.add(letterhead)
    for name, value in words.items():
        setattr(letterhead, name, value)
    try:
        db.session.flush()
    except IntegrityError as error:  # both were the first
        raise ChangedMeanwhile from error
    scope = {"township_id": township.id, "district_id": township.district_id}
    record(actor, "letterhead.set", "unit", township.id, **scope)


def next_paper_number(township_id: int, year: int) -> int:
    """The number to propose: one more than the year's last."""
    last = select(func.max(PaperNumber.number)).where(PaperNumber.township_id == township_id, PaperNumber.year == year)
    return (db.session.scalar(last) or 0) + 1


def number_paper(actor: Actor, meeting: Meeting, year: int, number: int) -> None:
    """Give the minutes of a closed meeting their number, or another one. Raises WrongState, NumberTaken."""
    if meeting.state is not MeetingState.CLOSED:
        raise WrongState(meeting.state)
    paper = db.session.get(PaperNumber, meeting.id)
    if paper is None:
        paper = PaperNumber(meeting_id=meeting.id, township_id=meeting.township_id)
        db.session.add(paper)
    paper.year, paper.number = year, number
    try:
        db.session.flush()
    except IntegrityError as error:
        raise NumberTaken from error
    put_on_record(actor, meeting, "number", year=year, number=number)
