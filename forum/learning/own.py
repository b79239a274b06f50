"""What this room holds of a person: lectures and trips that he announced, where he went along, and what he brought home."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, case, null

from forum.belongings import Via, belongs, of_office
from forum.learning.lectures.models import Expert, Lecture, LectureAnswered
from forum.learning.lectures.policies import visible_lectures
from forum.learning.trips.models import StudyTrip, TripAnswer, TripMember, TripNote, TripUse
from forum.learning.trips.policies import visible_trips
from forum.units.actors import Actor


def _trip(actor: Actor) -> ColumnElement[str | None]:
    may_read = StudyTrip.id.in_(visible_trips(actor).with_only_columns(StudyTrip.id))
    return case((may_read, StudyTrip.title), else_=null()).label("title")


def _lecture(actor: Actor) -> ColumnElement[str | None]:
    may_read = Lecture.id.in_(visible_lectures(actor).with_only_columns(Lecture.id))
    return case((may_read, Lecture.title), else_=null()).label("title")


belongs(
    "expert",
    _l("专家名录里的我"),
    Expert.person_id,
    Expert.created_at,
    Expert.name,
    Expert.workplace,
    Expert.about,
    Expert.contact,
)
belongs(
    "lectures",
    _l("我发的授课通知"),
    Lecture.created_by_id,
    Lecture.starts_at,
    Lecture.title,
    Lecture.brief,
    Lecture.place,
)
belongs(
    "lectures_answered",
    _l("我答过三个小问题的课（答了什么不记名）"),
    LectureAnswered.person_id,
    Lecture.starts_at,
    _lecture,
    via=Via(LectureAnswered, ((Lecture, Lecture.id == LectureAnswered.lecture_id),)),
)
belongs(
    "trips",
    _l("我安排的外出学习"),
    StudyTrip.created_by_id,
    StudyTrip.created_at,
    StudyTrip.title,
    StudyTrip.destination,
    StudyTrip.brief,
    StudyTrip.reason,
)
belongs(
    "trips_joined",
    _l("我报名的外出学习"),
    TripMember.person_id,
    TripMember.joined_at,
    _trip,
    via=Via(TripMember, ((StudyTrip, StudyTrip.id == TripMember.trip_id),)),
)
belongs(
    "trip_notes",
    _l("外出学习看到什么"),
    TripNote.person_id,
    _trip,
    TripNote.saw,
    via=Via(TripNote, ((StudyTrip, StudyTrip.id == TripNote.trip_id),)),
)
belongs(
    "trip_uses",
    _l("哪条我们村用得上"),
    TripNote.person_id,
    TripUse.what,
    TripUse.plan,
    TripUse.who,
    TripUse.due,
    via=Via(TripUse, ((TripNote, TripNote.post_id == TripUse.note_id),)),
)
belongs(
    "trip_answers",
    _l("用上了吗，我怎么说的"),
    TripAnswer.person_id,
    TripAnswer.answered_at,
    TripUse.what,
    TripAnswer.result,
    TripAnswer.words,
    via=Via(TripAnswer, ((TripUse, TripUse.id == TripAnswer.use_id),)),
)
of_office(Expert.created_by_id, TripMember.entered_by_id, TripAnswer.entered_by_id)
